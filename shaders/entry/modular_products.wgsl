// out[g] = the product of x[i] over the `width` indices of group g, in Montgomery form: one level of a product tree.
// An index of NONE stands for the number 1.
import constants::{BLOCKS, LANES, NUMBERS};
import package::limbs::montgomery::{lane_at, limbs, montgomery_multiply};

struct Parameters {
  // Groups [start, end) of this dispatch.
  start: u32,
  end: u32,
  x_start: u32,
  // Indices to a group, at least 1.
  width: u32,
}

const NONE = 0xffffffffu;
const ONE = 2u * BLOCKS;

// The modulus, -1/n mod R, R mod n and R^2 mod n.
@group(0) @binding(0) var<storage, read> constants_of_n: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

// Block `block` of the number that an index stands for.
fn factor(index: u32, block: u32) -> vec4<u32> {
  let present = index != NONE;
  let from = (parameters.x_start + select(0u, index, present)) * BLOCKS;
  return select(constants_of_n[ONE + block], x[from + block], present);
}

@compute @workgroup_size(LANES * NUMBERS)
fn main(@builtin(local_invocation_index) index: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = lane_at(index);
  for (var k = index; k < 2u * BLOCKS; k += LANES * NUMBERS) {
    limbs[k] = constants_of_n[k];
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
    out[place * BLOCKS + lane.first] = limbs[lane.x + lane.first];
    out[place * BLOCKS + lane.second] = limbs[lane.x + lane.second];
  }
}
