// Products and sums beyond one word. WGSL has no high half of a product and no carry, so they are built from halves.

// Two words for each of four lanes.
struct Wide {
  low: vec4<u32>,
  high: vec4<u32>,
}

const HALF = 0xffffu;

// Any words; the sum and the carry out of it, 0 or 1.
fn add_carry(a: u32, b: u32) -> vec2<u32> {
  let sum = a + b;
  return vec2<u32>(sum, u32(sum < a));
}

// Any words; floor(a b / 2^32), exact.
fn multiply_high(a: u32, b: u32) -> u32 {
  let low = (a & HALF) * (b & HALF);
  let x = (a >> 16u) * (b & HALF);
  let y = (a & HALF) * (b >> 16u);
  let middle = (low >> 16u) + (x & HALF) + (y & HALF);
  return (a >> 16u) * (b >> 16u) + (x >> 16u) + (y >> 16u) + (middle >> 16u);
}

// Any words; floor(a b / 2^32) or up to 2 less: three multiplies, no carries. What is left out is the product of the low
// halves and the low parts of the two middle ones: below 1/2^32 (2^32 + 2 * 2^32) together.
fn multiply_high_below(a: u32, b: u32) -> u32 {
  let x = (a >> 16u) * (b & HALF);
  let y = (a & HALF) * (b >> 16u);
  return (a >> 16u) * (b >> 16u) + (x >> 16u) + (y >> 16u);
}

// As multiply_high_below, two lanes.
fn multiply_high_below2(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let shift = vec2<u32>(16u);
  let x = (a >> shift) * (b & vec2<u32>(HALF));
  let y = (a & vec2<u32>(HALF)) * (b >> shift);
  return (a >> shift) * (b >> shift) + (x >> shift) + (y >> shift);
}

// As multiply_high_below, four lanes.
fn multiply_high_below4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  let shift = vec4<u32>(16u);
  let x = (a >> shift) * (b & vec4<u32>(HALF));
  let y = (a & vec4<u32>(HALF)) * (b >> shift);
  return (a >> shift) * (b >> shift) + (x >> shift) + (y >> shift);
}

// Words below 2^31; both words of the products. The two middle products and a half word fit one word then.
fn multiply_wide4(a: vec4<u32>, b: vec4<u32>) -> Wide {
  let shift = vec4<u32>(16u);
  let mask = vec4<u32>(HALF);
  let low = (a & mask) * (b & mask);
  let middle = (a >> shift) * (b & mask) + (a & mask) * (b >> shift) + (low >> shift);
  return Wide(a * b, (a >> shift) * (b >> shift) + (middle >> shift));
}
