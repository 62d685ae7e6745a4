// Sums of limb products by columns, four columns to a vector.
//
// A limb has LIMB_BITS bits and is lazy: at most 2^LIMB_BITS. A column sum is kept as low + high * 2^LIMB_BITS, so
// that it may exceed a word. The host chooses FOLD_BLOCKS such that FOLD_BLOCKS * 4 products and one folded low part
// fit in 32 bits (src/math/limbs.ts, carryModel).
import constants::{LIMB_BITS};

const LIMB_MASK = (1u << LIMB_BITS) - 1u;

struct Columns {
  low: vec4<u32>,
  high: vec4<u32>,
}

// Four limbs below 2^LIMB_BITS and what they pass on to the next four.
struct Block {
  limbs: vec4<u32>,
  carry: u32,
}

// Columns 0..3 of a * b that stay within the block: the products a[d] * b[c - d] with d <= c. Lazy limbs in; at most 4 products a column out.
fn upper_products(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  return a.x * b + vec4<u32>(0u, a.y * b.xyz) + vec4<u32>(0u, 0u, a.z * b.xy) + vec4<u32>(0u, 0u, 0u, a.w * b.x);
}

// Columns 0..3 of a times the block below b: the products a[d] * p[4 + c - d] with d > c. Lazy limbs in; at most 3 products a column out.
fn lower_products(a: vec4<u32>, p: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(a.y * p.w + a.z * p.z + a.w * p.y, a.z * p.w + a.w * p.z, a.w * p.w, 0u);
}

// Moves the carries of any low part to the high part: low < 2^LIMB_BITS afterwards, the value is unchanged.
fn fold(sum: Columns) -> Columns {
  return Columns(sum.low & vec4<u32>(LIMB_MASK), sum.high + (sum.low >> vec4<u32>(LIMB_BITS)));
}

// Carries from column to column: any low, high below 2^31; limbs below 2^LIMB_BITS out, and the carry, below 2^32.
fn ripple(sum: Columns) -> Block {
  let c = fold(sum);
  let y = c.low.y + c.high.x;
  let z = c.low.z + c.high.y + (y >> LIMB_BITS);
  let w = c.low.w + c.high.z + (z >> LIMB_BITS);
  return Block(vec4<u32>(c.low.x, y, z, w) & vec4<u32>(LIMB_MASK), c.high.w + (w >> LIMB_BITS));
}

// Adds the carry of the block below to four limbs below 2^LIMB_BITS. A carry below 2^LIMB_BITS * (2^LIMB_BITS - 1)
// leaves at most 1 for the second and for the third step, so nothing leaves the block: the last limb ends at
// 2^LIMB_BITS at most, the others below.
fn absorb(limbs: vec4<u32>, carry: u32) -> vec4<u32> {
  let x = limbs.x + carry;
  let y = limbs.y + (x >> LIMB_BITS);
  let z = limbs.z + (y >> LIMB_BITS);
  return vec4<u32>(x & LIMB_MASK, y & LIMB_MASK, z & LIMB_MASK, limbs.w + (z >> LIMB_BITS));
}

// A share of the two top columns of a low half, in units of the top one, rounded down: the products of block a with
// block b (its mirror image) and p below b. Lazy limbs in; below 4 * 2^(2 LIMB_BITS) + 2^(LIMB_BITS + 2) out.
fn top_share(a: vec4<u32>, b: vec4<u32>, p: vec4<u32>) -> u32 {
  let top = a.x * b.w + a.y * b.z + a.z * b.y + a.w * b.x;
  let next = a.x * b.z + a.y * b.y + a.z * b.x + a.w * p.w;
  return top + (next >> LIMB_BITS);
}
