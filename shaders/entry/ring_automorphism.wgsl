// X -> X^g on every row. In coefficient form coefficient i comes from i / g mod 2N, negated where that is N or more; in NTT
// form value i, at psi^(2 brv(i) + 1), comes from the root of exponent (2 brv(i) + 1) g mod 2N.
import package::grid::flat_id::flat_id;
import package::ring::limb::Limb;

struct Parameters {
  count: u32,
  log_degree: u32,
  limbs: u32,
  // The Galois element in NTT form, its inverse modulo 2N in coefficient form.
  element: u32,
}

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read_write> output: array<u32>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let id = flat_id(group, groups, local, 256u);
  if (id >= parameters.count) {
    return;
  }
  let shift = parameters.log_degree;
  let row = id >> shift;
  let i = id - (row << shift);
  // Products wrap modulo 2^32, of which 2N is a divisor.
  @if(NTT) {
    let exponent = ((2u * (reverseBits(i) >> (32u - shift)) + 1u) * parameters.element) & ((2u << shift) - 1u);
    output[id] = a[(row << shift) + (reverseBits(exponent >> 1u) >> (32u - shift))];
  }
  @else {
    let q = limbs[row % parameters.limbs].q;
    let origin = (i * parameters.element) & ((2u << shift) - 1u);
    let x = a[(row << shift) + (origin & ((1u << shift) - 1u))];
    output[id] = select(x, min(q - x, 0u - x), origin >> shift == 1u);
  }
}
