// The last stages of an inverse transform longer than a block: the mirror of ntt_forward_columns, with 1/N folded into
// the last stage. Reads [0, 2q), writes [0, q).
import constants::{LOG_DEGREE};
import package::grid::flat_id::flat_id;
import package::modular::reduce::reduce4;
import package::ntt::butterfly::{inverse_inner, inverse_last_outer, inverse_last_pair, inverse_pair, inverse4};
import package::ntt::rows::Rows;
import package::ring::limb::Limb;

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> twiddles: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
@group(0) @binding(4) var<uniform> shape: Rows;

@if(RADIX2) const LOG_THREADS = 11u;
@else const LOG_THREADS = 12u;
const STRIDE = 1u << LOG_THREADS;

fn load4(at: u32) -> vec4<u32> {
  return vec4<u32>(input[at], input[at + STRIDE], input[at + 2u * STRIDE], input[at + 3u * STRIDE]);
}

// x in [0, 2q); stores it below q.
fn store4(at: u32, lazy: vec4<u32>, q: u32) {
  let x = reduce4(lazy, q);
  output[at] = x.x;
  output[at + STRIDE] = x.y;
  output[at + 2u * STRIDE] = x.z;
  output[at + 3u * STRIDE] = x.w;
}

// Two twiddles that lie side by side.
fn two(at: u32) -> vec4<u32> {
  return vec4<u32>(twiddles[at], twiddles[at + 1u]);
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let id = flat_id(group, groups, local, 256u);
  let row = id >> LOG_THREADS;
  if (row >= shape.rows) {
    return;
  }
  let limb = limbs[row % shape.limbs];
  let q = limb.q;
  let t = limb.prime << LOG_DEGREE;
  // The block pass before this one has written the rows in their final order.
  let at = (row << LOG_DEGREE) + (id & (STRIDE - 1u));
  @if(RADIX2) {
    store4(at, inverse_last_outer(load4(at), limb.n_inverse, limb.last, q), q);
  }
  @if(RADIX4) {
    store4(at, inverse_last_outer(inverse_inner(load4(at), two(t + 2u), q), limb.n_inverse, limb.last, q), q);
  }
  @if(RADIX8) {
    let a = inverse4(load4(at), twiddles[t + 2u], two(t + 4u), q);
    let b = inverse4(load4(at + 4u * STRIDE), twiddles[t + 3u], two(t + 6u), q);
    let x = inverse_last_pair(a, b, limb.n_inverse, limb.last, q);
    store4(at, x.a, q);
    store4(at + 4u * STRIDE, x.b, q);
  }
  @if(RADIX16) {
    let a = inverse4(load4(at), twiddles[t + 4u], two(t + 8u), q);
    let b = inverse4(load4(at + 4u * STRIDE), twiddles[t + 5u], two(t + 10u), q);
    let c = inverse4(load4(at + 8u * STRIDE), twiddles[t + 6u], two(t + 12u), q);
    let d = inverse4(load4(at + 12u * STRIDE), twiddles[t + 7u], two(t + 14u), q);
    let u = inverse_pair(a, b, twiddles[t + 2u], q);
    let v = inverse_pair(c, d, twiddles[t + 3u], q);
    let x = inverse_last_pair(u.a, v.a, limb.n_inverse, limb.last, q);
    let y = inverse_last_pair(u.b, v.b, limb.n_inverse, limb.last, q);
    store4(at, x.a, q);
    store4(at + 4u * STRIDE, y.a, q);
    store4(at + 8u * STRIDE, x.b, q);
    store4(at + 12u * STRIDE, y.b, q);
  }
}
