// Montgomery products of long integers, LANES lanes to a number, NUMBERS numbers to a workgroup.
//
// The product form (separated operand scanning; Koc, Acar, Kaliski, IEEE Micro 1996, section 4): T = x y,
// m = (T mod R) (-1/n mod R) mod R, result = (T + m n) / R with R = 2^(LIMB_BITS * 4 * BLOCKS). No quotient digit
// waits for another, so a product takes six barriers whatever its length.
//
// Ranges: for values below 2n and R > 8n the result is below 2^2 n^2 / R + n (1 + 2^(1 - LIMB_BITS)) < 2n again, so
// nothing is ever subtracted or compared. Limbs are lazy, at most 2^LIMB_BITS (columns.wgsl).
//
// The low half T mod R + (m n mod R) is an exact multiple C of R, so C follows from an estimate that is less than 1
// too small. Two columns give it: what lies below them is under 4 BLOCKS * 2^-LIMB_BITS of R.
//
// Every lane owns the mirrored blocks `lane` and BLOCKS - 1 - lane. A low half takes t + 1 steps for block t and a
// high half BLOCKS - t, so each lane takes the same number of steps, and none of them depends on data.
import constants::{LIMB_BITS, BLOCKS, LANES, NUMBERS, FOLD_BLOCKS};
import package::limbs::columns::{LIMB_MASK, Block, Columns, absorb, fold, lower_products, ripple, top_share, upper_products};

// The modulus, -1/n mod R, then two operands for each number: BLOCKS blocks of four limbs each.
var<workgroup> limbs: array<vec4<u32>, (2u + 2u * NUMBERS) * BLOCKS>;
// For each number what every block passes on; slot t + 1 is the carry out of block t.
var<workgroup> carries: array<u32, NUMBERS * (BLOCKS + 1u)>;
// For each number the estimate of C * 2^LIMB_BITS, as low and high part.
var<workgroup> estimates: array<atomic<u32>, 2u * NUMBERS>;

const MODULUS = 0u;
const INVERSE = BLOCKS;

// Who a lane is: its number within the workgroup, its two blocks, and where its operands lie in `limbs`.
struct Lane {
  number: u32,
  first: u32,
  second: u32,
  x: u32,
  y: u32,
}

// The lane at an index below LANES * NUMBERS of the workgroup.
fn lane_at(index: u32) -> Lane {
  let number = index / LANES;
  let first = index % LANES;
  let x = (2u + 2u * number) * BLOCKS;
  return Lane(number, first, BLOCKS - 1u - first, x, x + BLOCKS);
}

// The sums of a lane's two blocks.
struct Pair {
  first: Columns,
  second: Columns,
}

// A lane's two blocks of the low half and of the high half of a whole product.
struct Halves {
  low: Pair,
  high: Pair,
}

const NOTHING = Columns(vec4<u32>(), vec4<u32>());

// Block `first` is below LANES and block `second` is not, so each of the two can pass from one sum to the next in one half of the steps
// only: a loop for each half, of which one is free of the moves that this takes.

// A lane's blocks of both halves of limbs[x..] * limbs[y..]. Walking y downwards and round its end, the sum of block t
// passes from the low half to the high half in the middle of step t.
fn full_columns(lane: Lane, x: u32, y: u32) -> Halves {
  var low = Pair(NOTHING, NOTHING);
  var sum = Pair(NOTHING, NOTHING);
  var i = lane.first;
  var j = lane.second;
  var b = limbs[y + i];
  var c = limbs[y + j];
  for (var s = 0u; s < LANES; s++) {
    let a = limbs[x + s];
    sum.first.low += upper_products(a, b);
    sum.second.low += upper_products(a, c);
    if (s == lane.first) {
      low.first = sum.first;
      sum.first = NOTHING;
    }
    i = select(i - 1u, BLOCKS - 1u, i == 0u);
    j--;
    b = limbs[y + i];
    c = limbs[y + j];
    sum.first.low += lower_products(a, b);
    sum.second.low += lower_products(a, c);
    if (s % FOLD_BLOCKS == FOLD_BLOCKS - 1u) {
      sum = Pair(fold(sum.first), fold(sum.second));
    }
  }
  for (var s = u32(LANES); s < BLOCKS; s++) {
    let a = limbs[x + s];
    sum.first.low += upper_products(a, b);
    sum.second.low += upper_products(a, c);
    if (s == lane.second) {
      low.second = sum.second;
      sum.second = NOTHING;
    }
    i--;
    j = select(j - 1u, BLOCKS - 1u, j == 0u);
    b = limbs[y + i];
    c = limbs[y + j];
    sum.first.low += lower_products(a, b);
    sum.second.low += lower_products(a, c);
    if (s % FOLD_BLOCKS == FOLD_BLOCKS - 1u) {
      sum = Pair(fold(sum.first), fold(sum.second));
    }
  }
  return Halves(low, sum);
}

// A lane's two blocks of the low half of limbs[x..] * limbs[y..]: block t takes t + 1 steps, the second after the first.
fn low_columns(lane: Lane, x: u32, y: u32) -> Pair {
  var first = NOTHING;
  var sum = NOTHING;
  var t = lane.first;
  var s = 0u;
  var b = limbs[y + t];
  for (var step = 0u; step < LANES; step++) {
    let a = limbs[x + s];
    sum.low += upper_products(a, b);
    if (step == lane.first) {
      first = sum;
      sum = NOTHING;
      t = lane.second;
      s = 0u;
      b = limbs[y + t];
    } else {
      s++;
      b = limbs[y + t - s];
      sum.low += lower_products(a, b);
    }
    if (step % FOLD_BLOCKS == FOLD_BLOCKS - 1u) {
      sum = fold(sum);
    }
  }
  for (var step = u32(LANES); step < BLOCKS; step++) {
    let a = limbs[x + s];
    sum.low += upper_products(a, b);
    s++;
    b = limbs[y + t - s];
    sum.low += lower_products(a, b);
    if (step % FOLD_BLOCKS == FOLD_BLOCKS - 1u) {
      sum = fold(sum);
    }
  }
  sum.low += upper_products(limbs[x + s], b);
  return Pair(first, sum);
}

// A lane's two blocks of the high half of limbs[x..] * limbs[y..], added to four limbs each: block t takes BLOCKS - t steps, the
// second after the first.
fn high_columns(lane: Lane, x: u32, y: u32, first: vec4<u32>, second: vec4<u32>) -> Pair {
  var done = NOTHING;
  var sum = Columns(first, vec4<u32>());
  var s = lane.first;
  var j = BLOCKS - 1u;
  var a = limbs[x + s];
  for (var step = 0u; step < LANES; step++) {
    let b = limbs[y + j];
    sum.low += lower_products(a, b);
    s++;
    j--;
    a = limbs[x + s];
    sum.low += upper_products(a, b);
    if (step % FOLD_BLOCKS == FOLD_BLOCKS - 1u) {
      sum = fold(sum);
    }
  }
  for (var step = u32(LANES); step < BLOCKS; step++) {
    let b = limbs[y + j];
    sum.low += lower_products(a, b);
    if (step == lane.second) {
      done = sum;
      sum = Columns(second, vec4<u32>());
      s = lane.second;
      j = BLOCKS - 1u;
      a = limbs[x + s];
    } else {
      s++;
      j--;
      a = limbs[x + s];
      sum.low += upper_products(a, b);
    }
    if (step % FOLD_BLOCKS == FOLD_BLOCKS - 1u) {
      sum = fold(sum);
    }
  }
  sum.low += lower_products(a, limbs[y + j]);
  return Pair(done, sum);
}

// A lane's share of the two top columns of the low half of limbs[x..] * limbs[y..]; below 2^32 for LIMB_BITS <= 14.
fn top_columns(lane: Lane, x: u32, y: u32) -> u32 {
  // Block `first` meets its mirror image `second` and the one below that; the blocks are disjoint, BLOCKS being even.
  let below_first = select(limbs[y + max(lane.first, 1u) - 1u], vec4<u32>(), lane.first == 0u);
  return top_share(limbs[x + lane.first], limbs[y + lane.second], limbs[y + lane.second - 1u])
    + top_share(limbs[x + lane.second], limbs[y + lane.first], below_first);
}

// x = x y / R mod n below 2n, for values below 2n at lane.x and at `other`, which is lane.y or, for a square, lane.x.
// What lies at lane.y is lost. To be called by all lanes together, after a barrier; ends with one.
fn montgomery_multiply(lane: Lane, other: u32) {
  let carry_base = lane.number * (BLOCKS + 1u);

  // T = x y. The high half waits in registers.
  let t = full_columns(lane, lane.x, other);
  let low_first = ripple(t.low.first);
  let low_second = ripple(t.low.second);
  let high_first = ripple(t.high.first);
  let high_second = ripple(t.high.second);
  if (lane.first == 0u) {
    carries[carry_base] = 0u;
    atomicStore(&estimates[2u * lane.number], 0u);
    atomicStore(&estimates[2u * lane.number + 1u], 0u);
  }
  carries[carry_base + lane.first + 1u] = low_first.carry;
  carries[carry_base + lane.second + 1u] = low_second.carry;
  workgroupBarrier();
  let t_first = absorb(low_first.limbs, carries[carry_base + lane.first]);
  let t_second = absorb(low_second.limbs, carries[carry_base + lane.second]);
  let t_carry = carries[carry_base + BLOCKS];
  limbs[lane.y + lane.first] = t_first;
  limbs[lane.y + lane.second] = t_second;
  workgroupBarrier();

  // m = T (-1/n) mod R: what leaves the top block is a multiple of R.
  let m = low_columns(lane, lane.y, INVERSE);
  let m_first = ripple(m.first);
  let m_second = ripple(m.second);
  carries[carry_base + lane.first + 1u] = m_first.carry;
  carries[carry_base + lane.second + 1u] = m_second.carry;
  workgroupBarrier();
  limbs[lane.x + lane.first] = absorb(m_first.limbs, carries[carry_base + lane.first]);
  limbs[lane.x + lane.second] = absorb(m_second.limbs, carries[carry_base + lane.second]);
  workgroupBarrier();

  // (T + m n) / R.
  let u = high_columns(lane, lane.x, MODULUS, high_first.limbs, high_second.limbs);
  let u_first = ripple(u.first);
  let u_second = ripple(u.second);
  carries[carry_base + lane.first + 1u] = u_first.carry + high_first.carry;
  carries[carry_base + lane.second + 1u] = u_second.carry + high_second.carry;
  let own = select(0u, t_second.w + (t_second.z >> LIMB_BITS), lane.first == 0u);
  let estimate = top_columns(lane, lane.x, MODULUS) + own;
  atomicAdd(&estimates[2u * lane.number], estimate & LIMB_MASK);
  atomicAdd(&estimates[2u * lane.number + 1u], estimate >> LIMB_BITS);
  workgroupBarrier();
  let low_carry = atomicLoad(&estimates[2u * lane.number + 1u]) + ((atomicLoad(&estimates[2u * lane.number]) + LIMB_MASK) >> LIMB_BITS) + t_carry;
  limbs[lane.x + lane.first] = absorb(u_first.limbs, select(carries[carry_base + lane.first], low_carry, lane.first == 0u));
  limbs[lane.x + lane.second] = absorb(u_second.limbs, carries[carry_base + lane.second]);
  workgroupBarrier();
}
