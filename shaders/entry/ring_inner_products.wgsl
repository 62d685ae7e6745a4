// Inner products with keys in NTT form: result[o, i] = sum over k of a[k, i] keys[o, k], and for the first outputs an addend times the
// product of the primes that it lacks. Canonical in, canonical out; one reduction a result.
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
  terms: u32,
  items: u32,
  // Limbs and terms of the keys.
  key_limbs: u32,
  key_terms: u32,
  // Outputs with an addend, and its limbs.
  addends: u32,
  addend_limbs: u32,
}

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
// The limb of the keys, and the factor of the addend, for each limb.
@group(0) @binding(1) var<storage, read> places: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> keys: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> addend: array<vec4<u32>>;
@group(0) @binding(5) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(6) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, 256u);
  if (i >= parameters.count) {
    return;
  }
  let shift = parameters.row_shift;
  let row = i >> shift;
  let column = i - (row << shift);
  let l = row % parameters.limbs;
  let limb = limbs[l];
  let result = row / parameters.limbs;
  let o = result / parameters.items;
  let item = result % parameters.items;
  var sum = Wide(vec4<u32>(), vec4<u32>());
  if (o < parameters.addends && l < parameters.addend_limbs) {
    let x = addend[((result * parameters.addend_limbs + l) << shift) + column];
    sum = accumulate4(sum, x, vec4<u32>(places[l].y), limb.q);
  }
  for (var k = 0u; k < parameters.terms; k++) {
    let x = a[(((k * parameters.items + item) * parameters.limbs + l) << shift) + column];
    let y = keys[(((o * parameters.key_terms + k) * parameters.key_limbs + places[l].x) << shift) + column];
    sum = accumulate4(sum, x, y, limb.q);
  }
  output[i] = multiply_constant4(montgomery_reduce4(sum, limb.q, limb.factor), limb.radix, limb.q);
}
