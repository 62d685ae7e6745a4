// The bases of a fixed-base table: chain[i] = x^(2^(squarings i)), in Montgomery form. A dispatch of one workgroup
// writes bases [from, to).
import constants::{BLOCKS, LANES, NUMBERS};
import package::limbs::montgomery::{lane_at, limbs, montgomery_multiply};

struct Parameters {
  squarings: u32,
  from: u32,
  to: u32,
}

// The modulus, -1/n mod R, R mod n and R^2 mod n.
@group(0) @binding(0) var<storage, read> constants_of_n: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> chain: array<vec4<u32>>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

@compute @workgroup_size(LANES * NUMBERS)
fn main(@builtin(local_invocation_index) index: u32) {
  let lane = lane_at(index);
  for (var k = index; k < 2u * BLOCKS; k += LANES * NUMBERS) {
    limbs[k] = constants_of_n[k];
  }
  let fresh = parameters.from == 0u;
  let previous = (max(parameters.from, 1u) - 1u) * BLOCKS;
  limbs[lane.x + lane.first] = select(chain[previous + lane.first], x[lane.first], fresh);
  limbs[lane.x + lane.second] = select(chain[previous + lane.second], x[lane.second], fresh);
  workgroupBarrier();
  for (var i = parameters.from; i < parameters.to; i++) {
    let squarings = select(parameters.squarings, 0u, i == 0u);
    for (var s = 0u; s < squarings; s++) {
      montgomery_multiply(lane, lane.x);
    }
    if (lane.number == 0u) {
      chain[i * BLOCKS + lane.first] = limbs[lane.x + lane.first];
      chain[i * BLOCKS + lane.second] = limbs[lane.x + lane.second];
    }
  }
}
