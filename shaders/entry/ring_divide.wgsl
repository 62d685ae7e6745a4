// The end of a rescale: (a - correction) / d on the limbs that stay, exact modulo each prime. Canonical in, canonical out.
import package::grid::flat_id::flat_id;
import package::modular::reduce::subtract4;
import package::modular::shoup::multiply_constant4;
import package::ring::limb::Limb;

struct Parameters {
  count: u32,
  row_shift: u32,
  // Limbs of the result, and of the operand.
  limbs: u32,
  source_limbs: u32,
}

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> correction: array<vec4<u32>>;
// 1/d modulo each prime, as Shoup pairs.
@group(0) @binding(3) var<storage, read> inverses: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(5) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, 256u);
  if (i >= parameters.count) {
    return;
  }
  let row = i >> parameters.row_shift;
  let l = row % parameters.limbs;
  let q = limbs[l].q;
  let origin = (((row / parameters.limbs) * parameters.source_limbs + l) << parameters.row_shift) + i - (row << parameters.row_shift);
  output[i] = multiply_constant4(subtract4(a[origin], correction[i], q), inverses[l], q);
}
