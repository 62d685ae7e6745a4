// The product of ciphertexts of two polynomials in NTT form: (a0 b0, a0 b1 + a1 b0, a1 b1), all first polynomials before all second
// ones. Canonical in, canonical out; every operand is read once, and one reduction a result.
import package::grid::flat_id::flat_id;
import package::modular::accumulate::accumulate4;
@if(SPARSE) import package::modular::montgomery_sparse::montgomery_reduce4;
@else import package::modular::montgomery::montgomery_reduce4;
import package::modular::shoup::multiply_constant4;
import package::ring::limb::Limb;
import package::word::wide::{Wide, multiply_wide4};

struct Parameters {
  // Vectors of one polynomial of all items of the first operand.
  count: u32,
  row_shift: u32,
  limbs: u32,
  // Rows of one polynomial of all items of the second operand, which begins anew after them.
  b_rows: u32,
}

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

// x.high < q; x mod q in [0, q).
fn residue(x: Wide, limb: Limb) -> vec4<u32> {
  return multiply_constant4(montgomery_reduce4(x, limb.q, limb.factor), limb.radix, limb.q);
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, 256u);
  let count = parameters.count;
  if (i >= count) {
    return;
  }
  let shift = parameters.row_shift;
  let row = i >> shift;
  let limb = limbs[row % parameters.limbs];
  let j = i - (row << shift) + ((row % parameters.b_rows) << shift);
  let a0 = a[i];
  let a1 = a[i + count];
  let b0 = b[j];
  let b1 = b[j + (parameters.b_rows << shift)];
  output[i] = residue(multiply_wide4(a0, b0), limb);
  output[i + count] = residue(accumulate4(multiply_wide4(a0, b1), a1, b0, limb.q), limb);
  output[i + 2u * count] = residue(multiply_wide4(a1, b1), limb);
}
