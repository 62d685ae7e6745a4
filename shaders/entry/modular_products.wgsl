// out[g] = the product of x[i] over the `width` indices of group g, in Montgomery form: one level of a product tree, and
// with one index to a group a copy. An index of NONE stands for the number 1.
import constants::{BLOCKS, LANES, NUMBERS};
import package::limbs::montgomery::{lane_at, limbs, montgomery_multiply};

struct Parameters {
  // Groups [start, end) of this dispatch.
  start: u32,
  end: u32,
  x_start: u32,
  out_start: u32,
  // Indices to a group, at least 1.
  width: u32,
}

const NONE = 0xffffffffu;
const ONE = 2u * BLOCKS;

// Blocks of n, of -1/n mod R and of R mod n.
@group(0) @binding(0) var<storage, read> number_constants: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

// Block `block` of the number that an index stands for.
fn factor(index: u32, block: u32) -> vec4<u32> {
  let present = index != NONE;
  let home = (parameters.x_start + select(0u, index, present)) * BLOCKS;
  return select(number_constants[ONE + block], x[home + block], present);
}

@compute @workgroup_size(LANES * NUMBERS)
fn main(@builtin(local_invocation_index) index: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = lane_at(index);
  for (var k = index; k < 2u * BLOCKS; k += LANES * NUMBERS) {
    limbs[k] = number_constants[k];
  }
  let place = parameters.start + group.x * NUMBERS + lane.number;
  let list = min(place, parameters.end - 1u) * parameters.width;
  limbs[lane.x + lane.first] = factor(indices[list], lane.first);
  limbs[lane.x + lane.second] = factor(indices[list], lane.second);
  for (var k = 1u; k < parameters.width; k++) {
    limbs[lane.y + lane.first] = factor(indices[list + k], lane.first);
    limbs[lane.y + lane.second] = factor(indices[list + k], lane.second);
    workgroupBarrier();
    montgomery_multiply(lane, lane.y);
  }
  if (place < parameters.end) {
    let home = (parameters.out_start + place) * BLOCKS;
    out[home + lane.first] = limbs[lane.x + lane.first];
    out[home + lane.second] = limbs[lane.x + lane.second];
  }
}
