// Each row with a number of its own: negated, multiplied, or with a constant polynomial added. Canonical in, canonical out.
import package::grid::flat_id::flat_id;
@if(NEGATE) import package::modular::reduce::negate4;
@if(ADD) import package::modular::reduce::add4;
@if(MULTIPLY) import package::modular::shoup::multiply_constant4;
import package::ring::limb::Limb;

struct Parameters {
  count: u32,
  row_shift: u32,
  limbs: u32,
  // Scalars, which begin anew after these rows.
  scalars: u32,
  // Which coefficients of a row a scalar is added to: all (1) or the first (0).
  everywhere: u32,
}

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
// Pairs (s, floor(s 2^32 / q)).
@group(0) @binding(2) var<storage, read> scalars: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, 256u);
  if (i >= parameters.count) {
    return;
  }
  let row = i >> parameters.row_shift;
  let limb = limbs[row % parameters.limbs];
  @if(NEGATE) output[i] = negate4(a[i], limb.q);
  @if(!NEGATE) let s = scalars[row % parameters.scalars];
  @if(MULTIPLY) output[i] = multiply_constant4(a[i], s, limb.q);
  @if(ADD) let first = select(vec4<u32>(), vec4<u32>(s.x, 0u, 0u, 0u), i == row << parameters.row_shift);
  @if(ADD) output[i] = add4(a[i], select(first, vec4<u32>(s.x), parameters.everywhere == 1u), limb.q);
}
