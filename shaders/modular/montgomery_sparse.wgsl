// Montgomery reduction by one word for q = 1 + k 2^16: 1/q mod 2^32 is 1 - k 2^16, so three multiplies do.
import package::word::wide::Wide;

// x.high < q, q = 1 + k 2^16 < 2^30, factor = k; x 2^-32 mod q in [0, q). m q = m + m k 2^16; its low word is x.low, so
// the carry out of the low word shows as x.low < m.
fn montgomery_reduce4(x: Wide, q: u32, factor: u32) -> vec4<u32> {
  let shift = vec4<u32>(16u);
  let m = x.low - ((x.low * factor) << shift);
  let low = (m & vec4<u32>(0xffffu)) * factor;
  let high = (m >> shift) * factor + (low >> shift) + vec4<u32>(x.low < m);
  let d = x.high - high;
  return min(d, d + vec4<u32>(q));
}
