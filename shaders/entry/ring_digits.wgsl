// The digits of a key switch put together, [digit, item, limb]: limbs of a digit's own primes come from the operand, the others from
// conversions of all digits that lie side by side, [item, limb].
import package::grid::flat_id::flat_id;

struct Parameters {
  count: u32,
  row_shift: u32,
  limbs: u32,
  items: u32,
  // Limbs of the operand, and of the conversions.
  source_limbs: u32,
  converted_limbs: u32,
}

// [digit, limb]: a limb of the operand, or of the conversions where bit 31 is set.
@group(0) @binding(0) var<storage, read> places: array<u32>;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> converted: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

const CONVERTED = 0x80000000u;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, 256u);
  if (i >= parameters.count) {
    return;
  }
  let shift = parameters.row_shift;
  let row = i >> shift;
  let column = i - (row << shift);
  let result = row / parameters.limbs;
  let item = result % parameters.items;
  let place = places[(result / parameters.items) * parameters.limbs + row % parameters.limbs];
  if (place >= CONVERTED) {
    output[i] = converted[((item * parameters.converted_limbs + place - CONVERTED) << shift) + column];
  } else {
    output[i] = a[((item * parameters.source_limbs + place) << shift) + column];
  }
}
