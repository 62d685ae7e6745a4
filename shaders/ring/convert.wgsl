// The parts of a base conversion: what is known of its primes, and the end of its sums.
import package::modular::accumulate::accumulate_each4;
import package::word::wide::{Wide, multiply_high_below4, multiply_wide4};

// A source prime, the residue above which minus_d is added, and (D/d)^-1 mod d as a Shoup pair.
struct Source {
  q: u32,
  middle: u32,
  inverse: vec2<u32>,
}

// Four target primes; where there are fewer the last is repeated.
struct Targets {
  q: vec4<u32>,
  // 1/q mod 2^32.
  factor: vec4<u32>,
  // 2^32 mod q and its Shoup quotient.
  radix: vec4<u32>,
  radix_quotient: vec4<u32>,
  // -D mod q; for mixed radix -(D - 1)/2 mod q.
  minus_d: vec4<u32>,
}

// sum.high < q, above < 2^30; sum - above D modulo four primes, in [0, q).
fn finish(sum: Wide, above: u32, targets: Targets) -> vec4<u32> {
  let q = targets.q;
  let x = accumulate_each4(sum, vec4<u32>(above), targets.minus_d, q);
  // Montgomery reduction with a prime for each lane: the low words cancel.
  let m = x.low * targets.factor;
  let mask = vec4<u32>(0xffffu);
  let shift = vec4<u32>(16u);
  let low = (m & mask) * (q & mask);
  let middle = (m & mask) * (q >> shift) + (low >> shift);
  let other = (m >> shift) * (q & mask);
  let carry = ((middle & mask) + (other & mask)) >> shift;
  let d = x.high - ((m >> shift) * (q >> shift) + (middle >> shift) + (other >> shift) + carry);
  let reduced = min(d, d + q);
  // Times 2^32 mod q, as modular/shoup.wgsl does it for one prime.
  let lazy = reduced * targets.radix - multiply_high_below4(reduced, targets.radix_quotient) * q;
  let half = min(lazy, lazy - 2u * q);
  return min(half, half - q);
}
