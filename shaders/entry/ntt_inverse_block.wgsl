// The first LOG_BLOCK stages of an inverse transform, or all of them: the mirror of ntt_forward_block. Reads [0, q) in
// bit-reversed order; writes [0, 2q), or [0, q) with 1/N folded in where WHOLE says that nothing follows.
import constants::{LOG_BLOCK, LOG_DEGREE};
import package::grid::flat_id::flat_group;
import package::modular::reduce::reduce4;
import package::ntt::butterfly::{inverse_inner, inverse_last_outer, inverse_outer, inverse4};
import package::ntt::rows::{Rows, source_row};
import package::ring::limb::Limb;

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> twiddles: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> input: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
@group(0) @binding(4) var<uniform> shape: Rows;

const THREADS = 256u;
const BLOCK = 1u << LOG_BLOCK;
const QUARTER = BLOCK / 4u;
const LOG_PARTS = LOG_DEGREE - LOG_BLOCK;
const WORK = QUARTER / THREADS;
// Stages after the rounds in workgroup memory, and the number of those rounds.
@if(ODD) const FIRST = 1u;
@else const FIRST = 2u;
const ROUNDS = (LOG_BLOCK - 2u - FIRST) / 2u;

var<workgroup> block: array<u32, BLOCK>;

// Two twiddles that lie side by side.
fn two(at: u32) -> vec4<u32> {
  return vec4<u32>(twiddles[at], twiddles[at + 1u]);
}

fn put4(at: u32, stride: u32, x: vec4<u32>) {
  block[at] = x.x;
  block[at + stride] = x.y;
  block[at + 2u * stride] = x.z;
  block[at + 3u * stride] = x.w;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let id = flat_group(group, groups);
  let row = id >> LOG_PARTS;
  if (row >= shape.rows) {
    return;
  }
  let part = id & ((1u << LOG_PARTS) - 1u);
  let limb = limbs[row % shape.limbs];
  let q = limb.q;
  let table = limb.prime << LOG_DEGREE;
  let lead = (1u << LOG_PARTS) + part;
  let origin = ((source_row(row, shape) << LOG_DEGREE) + part * BLOCK) / 4u;

  for (var k = 0u; k < WORK; k++) {
    let t = k * THREADS + local;
    let w = twiddles[table + (lead << (LOG_BLOCK - 2u)) + t];
    put4(4u * t, 1u, inverse4(input[origin + t], w, two(table + (lead << (LOG_BLOCK - 1u)) + 2u * t), q));
  }
  workgroupBarrier();

  for (var r = 0u; r < ROUNDS; r++) {
    let s = LOG_BLOCK - 4u - 2u * r;
    let shift = LOG_BLOCK - 2u - s;
    let stride = 1u << shift;
    for (var k = 0u; k < WORK; k++) {
      let t = k * THREADS + local;
      let g = t >> shift;
      let at = (g << (shift + 2u)) + (t & (stride - 1u));
      let x = vec4<u32>(block[at], block[at + stride], block[at + 2u * stride], block[at + 3u * stride]);
      put4(at, stride, inverse4(x, twiddles[table + (lead << s) + g], two(table + (lead << (s + 1u)) + 2u * g), q));
    }
    workgroupBarrier();
  }

  let to = (row << LOG_DEGREE) + part * BLOCK;
  for (var k = 0u; k < WORK; k++) {
    let j = k * THREADS + local;
    let x = vec4<u32>(block[j], block[j + QUARTER], block[j + 2u * QUARTER], block[j + 3u * QUARTER]);
    @if(ODD) let z = x;
    @else let z = inverse_inner(x, two(table + 2u * lead), q);
    @if(WHOLE) let y = reduce4(inverse_last_outer(z, limb.n_inverse, limb.last, q), q);
    @else let y = inverse_outer(z, twiddles[table + lead], q);
    output[to + j] = y.x;
    output[to + j + QUARTER] = y.y;
    output[to + j + 2u * QUARTER] = y.z;
    output[to + j + 3u * QUARTER] = y.w;
  }
}
