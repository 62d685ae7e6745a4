// Digits for an exact conversion from several primes d_i of product D: x + (D - 1)/2 modulo D in mixed radix (Garner), u_i in [0, d_i).
// A thread has one coefficient of one item. It reads again what it wrote itself.
import package::grid::flat_id::flat_id;
import package::modular::shoup::multiply_exact;
import package::modular::reduce::reduce;

struct Parameters {
  // Threads: items * N.
  count: u32,
  log_degree: u32,
  // Limbs of the operand, the first that is converted, and how many are.
  row_limbs: u32,
  limb: u32,
  sources: u32,
}

// A source prime.
struct Digit {
  q: u32,
  // (D - 1)/2 mod q.
  offset: u32,
  // A multiple of q in [2^30, 2^31).
  multiple: u32,
}

@group(0) @binding(0) var<storage, read> digits: array<Digit>;
// [i, j]: 1/d_j mod d_i for j < i, as Shoup pairs.
@group(0) @binding(1) var<storage, read> inverses: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> a: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let id = flat_id(group, groups, local, 256u);
  if (id >= parameters.count) {
    return;
  }
  let shift = parameters.log_degree;
  let column = id & ((1u << shift) - 1u);
  let item = id >> shift;
  let sources = parameters.sources;
  let origin = item * parameters.row_limbs + parameters.limb;
  let to = item * sources;
  for (var i = 0u; i < sources; i++) {
    let d = digits[i];
    var v = reduce(a[((origin + i) << shift) + column] + d.offset, d.q);
    // u < 2^30 <= multiple: v - u + multiple is a word.
    for (var j = 0u; j < i; j++) {
      v = multiply_exact(v + d.multiple - output[((to + j) << shift) + column], inverses[i * sources + j], d.q);
    }
    output[((to + i) << shift) + column] = v;
  }
}
