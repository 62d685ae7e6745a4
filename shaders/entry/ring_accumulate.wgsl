// Inner products in NTT form: result[g] = sum over k of a[g, k] b[g, k], with b beginning anew after its rows. Canonical in,
// canonical out; one reduction a result.
import package::grid::flat_id::flat_id;
import package::modular::accumulate::accumulate4;
@if(SPARSE) import package::modular::montgomery_sparse::montgomery_reduce4;
@else import package::modular::montgomery::montgomery_reduce4;
import package::modular::shoup::multiply_constant4;
import package::ring::limb::Limb;
import package::word::wide::Wide;

struct Parameters {
  count: u32,
  row_shift: u32,
  limbs: u32,
  b_rows: u32,
  terms: u32,
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
  let column = i - (row << parameters.row_shift);
  let l = row % parameters.limbs;
  let limb = limbs[l];
  let first = (row / parameters.limbs) * parameters.terms;
  var sum = Wide(vec4<u32>(), vec4<u32>());
  for (var k = 0u; k < parameters.terms; k++) {
    let origin = (first + k) * parameters.limbs + l;
    let x = a[(origin << parameters.row_shift) + column];
    let y = b[((origin % parameters.b_rows) << parameters.row_shift) + column];
    sum = accumulate4(sum, x, y, limb.q);
  }
  output[i] = multiply_constant4(montgomery_reduce4(sum, limb.q, limb.factor), limb.radix, limb.q);
}
