// The last LOG_BLOCK stages of a forward transform, or all of them: a block of 2^LOG_BLOCK values, side by side, in
// workgroup memory, two stages between two barriers. Reads [0, 4q), writes [0, q), values in bit-reversed order. With DIVIDE it writes
// (dividend - value) / D instead, the end of a rescale by D. With CENTRE it reads the residues of one prime D for all limbs.
import constants::{LOG_BLOCK, LOG_DEGREE};
import package::grid::flat_id::flat_group;
@if(!DIVIDE) import package::modular::reduce::canonical4;
import package::ntt::butterfly::{forward_outer, forward4};
@if(DIVIDE) import package::modular::reduce::reduce4;
@if(DIVIDE) import package::modular::shoup::multiply_constant4;
@if(CENTRE) import package::ring::centre::centre4;
@if(DIVIDE) import package::ntt::rows::{Divisor, Rows, source_row};
@else import package::ntt::rows::{Rows, source_row};
import package::ring::limb::Limb;

@group(0) @binding(0) var<storage, read> limbs: array<Limb>;
@group(0) @binding(1) var<storage, read> twiddles: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> shape: Rows;
@if(DIVIDE) @group(0) @binding(5) var<storage, read> dividend: array<vec4<u32>>;
@if(DIVIDE) @group(0) @binding(6) var<storage, read> divisors: array<Divisor>;

const THREADS = 256u;
const BLOCK = 1u << LOG_BLOCK;
const QUARTER = BLOCK / 4u;
const LOG_PARTS = LOG_DEGREE - LOG_BLOCK;
// Butterflies of four values that a thread computes between two barriers.
const WORK = QUARTER / THREADS;
// Stages before the rounds in workgroup memory, and the number of those rounds.
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
  // The twiddles of stage s of this block begin at lead << s.
  let lead = (1u << LOG_PARTS) + part;
  @if(DIVIDE) let divisor = divisors[row % shape.limbs];
  @if(CENTRE) let origin = (row / shape.limbs) << LOG_DEGREE;
  @else let origin = (source_row(row, shape) << LOG_DEGREE) + part * BLOCK;

  for (var k = 0u; k < WORK; k++) {
    let j = k * THREADS + local;
    let y = vec4<u32>(input[origin + j], input[origin + j + QUARTER], input[origin + j + 2u * QUARTER], input[origin + j + 3u * QUARTER]);
    @if(CENTRE) let x = centre4(y, shape.half, divisor.minus, q);
    @else let x = y;
    @if(ODD) put4(j, QUARTER, forward_outer(x, twiddles[table + lead], q));
    @else put4(j, QUARTER, forward4(x, twiddles[table + lead], two(table + 2u * lead), q));
  }
  workgroupBarrier();

  for (var r = 0u; r < ROUNDS; r++) {
    let s = FIRST + 2u * r;
    let shift = LOG_BLOCK - 2u - s;
    let stride = 1u << shift;
    for (var k = 0u; k < WORK; k++) {
      let t = k * THREADS + local;
      let g = t >> shift;
      let at = (g << (shift + 2u)) + (t & (stride - 1u));
      let x = vec4<u32>(block[at], block[at + stride], block[at + 2u * stride], block[at + 3u * stride]);
      put4(at, stride, forward4(x, twiddles[table + (lead << s) + g], two(table + (lead << (s + 1u)) + 2u * g), q));
    }
    workgroupBarrier();
  }

  let to = ((row << LOG_DEGREE) + part * BLOCK) / 4u;
  @if(DIVIDE) let at = ((((row / shape.limbs) * shape.dividend_limbs + row % shape.limbs) << LOG_DEGREE) + part * BLOCK) / 4u;
  for (var k = 0u; k < WORK; k++) {
    let t = k * THREADS + local;
    let x = vec4<u32>(block[4u * t], block[4u * t + 1u], block[4u * t + 2u], block[4u * t + 3u]);
    let w = twiddles[table + (lead << (LOG_BLOCK - 2u)) + t];
    let z = forward4(x, w, two(table + (lead << (LOG_BLOCK - 1u)) + 2u * t), q);
    // Below 3q, which is as good as any word for the product.
    @if(DIVIDE) output[to + t] = multiply_constant4(dividend[at + t] + (vec4<u32>(2u * q) - reduce4(z, 2u * q)), divisor.inverse, q);
    @else output[to + t] = canonical4(z, q);
  }
}
