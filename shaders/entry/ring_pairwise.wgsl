// Sum, difference or product of two operands, four coefficients a thread. Canonical in, canonical out.
import package::grid::flat_id::flat_id;
@if(ADD) import package::modular::reduce::add4;
@if(SUBTRACT) import package::modular::reduce::subtract4;
@if(MULTIPLY) import package::modular::shoup::multiply_constant4;
@if(MULTIPLY) import package::word::wide::multiply_wide4;
@if(MULTIPLY && SPARSE) import package::modular::montgomery_sparse::montgomery_reduce4;
@if(MULTIPLY && !SPARSE) import package::modular::montgomery::montgomery_reduce4;
import package::ring::limb::Limb;

struct Parameters {
  // Vectors of the result, and log2 of the vectors of a row.
  count: u32,
  row_shift: u32,
  limbs: u32,
  // Rows of the second operand, which begins anew after them.
  b_rows: u32,
}

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<u32>>;
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
  let j = i - (row << parameters.row_shift) + ((row % parameters.b_rows) << parameters.row_shift);
  @if(ADD) output[i] = add4(a[i], b[j], limb.q);
  @if(SUBTRACT) output[i] = subtract4(a[i], b[j], limb.q);
  @if(MULTIPLY) output[i] = multiply_constant4(montgomery_reduce4(multiply_wide4(a[i], b[j]), limb.q, limb.factor), limb.radix, limb.q);
}
