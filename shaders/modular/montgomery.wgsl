// Montgomery reduction by one word for any odd modulus (Montgomery, Math. Comp. 44, 1985).
import package::word::wide::Wide;

// x.high < q, odd q < 2^30, factor = 1/q mod 2^32; x 2^-32 mod q in [0, q). m q agrees with x in the low word, so the
// low words cancel and only the high ones are subtracted.
fn montgomery_reduce4(x: Wide, q: u32, factor: u32) -> vec4<u32> {
  let m = x.low * factor;
  let shift = vec4<u32>(16u);
  let mask = vec4<u32>(0xffffu);
  // q < 2^30, so neither middle product nor their sum with a half word leaves its word.
  let low = (m & mask) * (q & 0xffffu);
  let middle = (m & mask) * (q >> 16u) + (low >> shift);
  let other = (m >> shift) * (q & 0xffffu);
  let carry = ((middle & mask) + (other & mask)) >> shift;
  let high = (m >> shift) * (q >> 16u) + (middle >> shift) + (other >> shift) + carry;
  let d = x.high - high;
  return min(d, d + vec4<u32>(q));
}
