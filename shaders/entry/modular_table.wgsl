// Window tables: table[i][j] = x[i]^j for j below `size`, in Montgomery form. A dispatch writes entries [step_start, step_end) of
// items [start, end), one product each; `step_start` is at least 1, and entry 0 comes with entry 1.
import constants::{BLOCKS, LANES, NUMBERS};
import package::limbs::montgomery::{lane_at, limbs, montgomery_multiply};

struct Parameters {
  start: u32,
  end: u32,
  x_start: u32,
  size: u32,
  step_start: u32,
  step_end: u32,
}

const ONE = 2u * BLOCKS;

// Blocks of n, of -1/n mod R and of R mod n.
@group(0) @binding(0) var<storage, read> number_constants: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> table: array<vec4<u32>>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

@compute @workgroup_size(LANES * NUMBERS)
fn main(@builtin(local_invocation_index) index: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = lane_at(index);
  for (var k = index; k < 2u * BLOCKS; k += LANES * NUMBERS) {
    limbs[k] = number_constants[k];
  }
  let place = parameters.start + group.x * NUMBERS + lane.number;
  let item = min(place, parameters.end - 1u);
  let base = (parameters.x_start + item) * BLOCKS;
  let row = item * parameters.size * BLOCKS;
  if (parameters.step_start == 1u) {
    let one_first = number_constants[ONE + lane.first];
    let one_second = number_constants[ONE + lane.second];
    limbs[lane.x + lane.first] = one_first;
    limbs[lane.x + lane.second] = one_second;
    if (place < parameters.end) {
      table[row + lane.first] = one_first;
      table[row + lane.second] = one_second;
    }
  } else {
    let previous = row + (parameters.step_start - 1u) * BLOCKS;
    limbs[lane.x + lane.first] = table[previous + lane.first];
    limbs[lane.x + lane.second] = table[previous + lane.second];
  }
  for (var j = parameters.step_start; j < parameters.step_end; j++) {
    limbs[lane.y + lane.first] = x[base + lane.first];
    limbs[lane.y + lane.second] = x[base + lane.second];
    workgroupBarrier();
    montgomery_multiply(lane, lane.y);
    if (place < parameters.end) {
      let entry = row + j * BLOCKS;
      table[entry + lane.first] = limbs[lane.x + lane.first];
      table[entry + lane.second] = limbs[lane.x + lane.second];
    }
  }
}
