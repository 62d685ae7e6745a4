// out[i] = x[i mod x_batch] y[i mod y_batch] / R mod n, lazily below 2n: products, and the way to and from Montgomery form.
import constants::{BLOCKS, LANES, NUMBERS};
import package::limbs::montgomery::{lane_at, limbs, montgomery_multiply};

struct Parameters {
  // Items [start, end) of this dispatch.
  start: u32,
  end: u32,
  // First item and number of items of the operands.
  x_start: u32,
  x_batch: u32,
  y_start: u32,
  y_batch: u32,
}

// Blocks of n, of -1/n mod R and of R mod n.
@group(0) @binding(0) var<storage, read> number_constants: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> y: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

@compute @workgroup_size(LANES * NUMBERS)
fn main(@builtin(local_invocation_index) index: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = lane_at(index);
  for (var k = index; k < 2u * BLOCKS; k += LANES * NUMBERS) {
    limbs[k] = number_constants[k];
  }
  let place = parameters.start + group.x * NUMBERS + lane.number;
  let item = min(place, parameters.end - 1u);
  let from_x = (parameters.x_start + item % parameters.x_batch) * BLOCKS;
  let from_y = (parameters.y_start + item % parameters.y_batch) * BLOCKS;
  limbs[lane.x + lane.first] = x[from_x + lane.first];
  limbs[lane.x + lane.second] = x[from_x + lane.second];
  limbs[lane.y + lane.first] = y[from_y + lane.first];
  limbs[lane.y + lane.second] = y[from_y + lane.second];
  workgroupBarrier();
  montgomery_multiply(lane, lane.y);
  if (place < parameters.end) {
    out[place * BLOCKS + lane.first] = limbs[lane.x + lane.first];
    out[place * BLOCKS + lane.second] = limbs[lane.x + lane.second];
  }
}
