// The first stages of a forward transform longer than a block: RADIX = N / 4096 values of a column, 4096 apart, in
// registers. Reads [0, q), or with CENTRE the residues of one prime for all limbs; writes [0, 4q).
import constants::{LOG_DEGREE};
import package::grid::flat_id::flat_id;
import package::ntt::butterfly::{forward_outer, forward_pair, forward4};
@if(CENTRE) import package::ntt::rows::{Divisor, Rows};
@else import package::ntt::rows::{Rows, source_row};
@if(CENTRE) import package::ring::centre::centre4;
import package::ring::limb::Limb;

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> twiddles: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
@group(0) @binding(4) var<uniform> shape: Rows;
@if(CENTRE) @group(0) @binding(5) var<storage, read> divisors: array<Divisor>;

// Threads of a row: a column each, or two columns where a column has only two values.
@if(RADIX2) const LOG_THREADS = 11u;
@else const LOG_THREADS = 12u;
const STRIDE = 1u << LOG_THREADS;

// minus is what belongs to a prime q in a division, and nothing otherwise; in [0, 4q).
fn load4(at: u32, minus: u32, q: u32) -> vec4<u32> {
  let x = vec4<u32>(input[at], input[at + STRIDE], input[at + 2u * STRIDE], input[at + 3u * STRIDE]);
  @if(CENTRE) return centre4(x, shape.half, minus, q);
  @else return x;
}

fn store4(at: u32, x: vec4<u32>) {
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
  let column = id & (STRIDE - 1u);
  let limb = limbs[row % shape.limbs];
  let q = limb.q;
  let t = limb.prime << LOG_DEGREE;
  @if(CENTRE) let minus = divisors[row % shape.limbs].minus;
  @else let minus = 0u;
  @if(CENTRE) let origin = ((row / shape.limbs) << LOG_DEGREE) + column;
  @else let origin = (source_row(row, shape) << LOG_DEGREE) + column;
  let to = (row << LOG_DEGREE) + column;
  @if(RADIX2) {
    store4(to, forward_outer(load4(origin, minus, q), twiddles[t + 1u], q));
  }
  @if(RADIX4) {
    store4(to, forward4(load4(origin, minus, q), twiddles[t + 1u], two(t + 2u), q));
  }
  @if(RADIX8) {
    let x = forward_pair(load4(origin, minus, q), load4(origin + 4u * STRIDE, minus, q), twiddles[t + 1u], q);
    store4(to, forward4(x.a, twiddles[t + 2u], two(t + 4u), q));
    store4(to + 4u * STRIDE, forward4(x.b, twiddles[t + 3u], two(t + 6u), q));
  }
  @if(RADIX16) {
    let x = forward_pair(load4(origin, minus, q), load4(origin + 8u * STRIDE, minus, q), twiddles[t + 1u], q);
    let y = forward_pair(load4(origin + 4u * STRIDE, minus, q), load4(origin + 12u * STRIDE, minus, q), twiddles[t + 1u], q);
    let u = forward_pair(x.a, y.a, twiddles[t + 2u], q);
    let v = forward_pair(x.b, y.b, twiddles[t + 3u], q);
    store4(to, forward4(u.a, twiddles[t + 4u], two(t + 8u), q));
    store4(to + 4u * STRIDE, forward4(u.b, twiddles[t + 5u], two(t + 10u), q));
    store4(to + 8u * STRIDE, forward4(v.a, twiddles[t + 6u], two(t + 12u), q));
    store4(to + 12u * STRIDE, forward4(v.b, twiddles[t + 7u], two(t + 14u), q));
  }
}
