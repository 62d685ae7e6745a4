/**
 * Several signed integers in one plaintext. Slot i of a plaintext m holds the digit v_i of m = sum of v_i 2^(slotBits i),
 * |v_i| < 2^(slotBits - 1). Adding plaintexts adds slots and multiplying by an integer multiplies all of them, as long as
 * every slot stays in that range: so each batch of ciphertexts carries a bound on its slots, known before any decryption,
 * and an operation that could pass the capacity is refused.
 */
import { EncodingError, LevelError, ParameterError, show } from "../errors.js";
import { bitLength } from "../math/modular.js";

/** How a plaintext is cut. */
export interface SlotLayout {
  /** Number of slots, at least 1. */
  readonly slots: number;
  /** Bits of one slot, sign included, at least 2. */
  readonly slotBits: number;
}

/** Bits that all slots of a key may take together: |m| < 2^(bits - 2) < n / 2 keeps positive and negative apart. */
function usableBits(keyBits: number): number {
  return keyBits - 1;
}

/** One slot over the whole plaintext. */
export function singleSlot(keyBits: number): SlotLayout {
  return { slots: 1, slotBits: usableBits(keyBits) };
}

/**
 * As many slots as fit, each wide enough for integers of magnitude at most `bound`: the largest that any value, sum or
 * dot product on the way to the result will reach. Throws EncodingError where not even one slot fits.
 */
export function widestLayout(keyBits: number, bound: bigint): SlotLayout {
  const slotBits = Math.max(2, bitLength(bound) + 1);
  const slots = Math.floor(usableBits(keyBits) / slotBits);
  if (slots < 1) {
    throw new EncodingError({
      what: "slot layout",
      expected: `a bound of at most ${usableBits(keyBits) - 1} bits`,
      got: `${bitLength(bound)} bits`,
      remedy: "use a smaller scale or a longer key",
    });
  }
  return { slots, slotBits };
}

/** Throws ParameterError unless the layout fits the key. */
export function checkLayout({ slots, slotBits }: SlotLayout, keyBits: number): void {
  if (
    !Number.isInteger(slots) ||
    !Number.isInteger(slotBits) ||
    slots < 1 ||
    slotBits < 2 ||
    slots * slotBits > usableBits(keyBits)
  ) {
    throw new ParameterError({
      what: "slot layout",
      expected: `slots >= 1 and slotBits >= 2 with slots x slotBits <= ${usableBits(keyBits)}`,
      got: `${show(slots)} x ${show(slotBits)}`,
      remedy: "use widestLayout",
    });
  }
}

export function sameLayout(a: SlotLayout, b: SlotLayout): boolean {
  return a.slots === b.slots && a.slotBits === b.slotBits;
}

/** The largest magnitude that a slot can hold: 2^(slotBits - 1) - 1. */
export function capacity({ slotBits }: SlotLayout): bigint {
  return (1n << BigInt(slotBits - 1)) - 1n;
}

/**
 * How many more numbers of magnitude `bound` a slot takes that may hold `bound` already; infinitely many zeros. A number, because
 * nobody adds more than 2^53.
 */
export function additionsLeft(bound: bigint, layout: SlotLayout): number {
  return bound === 0n ? Number.POSITIVE_INFINITY : Number(capacity(layout) / bound - 1n);
}

/**
 * Throws LevelError where a result could reach `bound` in a slot that is too small for it. The operand's own bound, where there is one, tells
 * how many additions would have been possible.
 */
export function requireCapacity(bound: bigint, layout: SlotLayout, what: string, operand?: bigint): void {
  if (bound <= capacity(layout)) return;
  const left = operand === undefined ? "" : `, with ${count(additionsLeft(operand, layout))} of such ciphertexts left`;
  throw new LevelError({
    what: `${what}, slot budget`,
    expected: `results of at most ${layout.slotBits - 1} bits`,
    got: `up to ${bitLength(bound)} bits${left}`,
    remedy: "encrypt with wider slots, a smaller scale or a smaller bound",
  });
}

const count = (additions: number): string => (additions === 1 ? "1 addition" : `${additions} additions`);

/** The signed plaintext of up to `slots` integers, each within the capacity; missing ones are 0. Not reduced modulo n. */
export function packSlots(values: readonly bigint[], layout: SlotLayout): bigint {
  if (values.length > layout.slots) {
    throw new ParameterError({
      what: "slot values",
      expected: `at most ${layout.slots}`,
      got: `${values.length}`,
      remedy: "split them over more ciphertexts",
    });
  }
  const width = BigInt(layout.slotBits);
  let m = 0n;
  for (let i = values.length - 1; i >= 0; i--) m = (m << width) + values[i];
  return m;
}

/**
 * The slots of a signed plaintext: an offset of half a slot in every slot makes all digits non-negative, so that they can
 * be cut apart, and is taken off again. Throws EncodingError where m is out of range, which means that a slot has overflowed.
 */
export function unpackSlots(m: bigint, { slots, slotBits }: SlotLayout): bigint[] {
  const width = BigInt(slotBits);
  const half = 1n << (width - 1n);
  const ones = ((1n << (width * BigInt(slots))) - 1n) / ((1n << width) - 1n);
  let rest = m + half * ones;
  if (rest < 0n || rest >> (width * BigInt(slots)) !== 0n) {
    throw new EncodingError({
      what: "plaintext",
      expected: `${slots} slots of ${slotBits} bits`,
      got: `${bitLength(m)} bits`,
      remedy: "check that the layout is the one that it was encrypted with",
    });
  }
  const values = new Array<bigint>(slots);
  for (let i = 0; i < slots; i++) {
    values[i] = BigInt.asUintN(slotBits, rest) - half;
    rest >>= width;
  }
  return values;
}
