/** Numbers to slot integers and back: fixed point with one scale 2^scaleBits for a whole batch. */
import { EncodingError, ParameterError, show } from "../errors.js";
import { fromScaledInteger, toScaledInteger } from "../math/rational.js";
import { packSlots, requireCapacity, type SlotLayout } from "./slots.js";

/** Values of the slots of one ciphertext, first slot first; missing ones are 0. */
export type SlotValues = ArrayLike<number> | readonly bigint[];

/** How numbers become integers. */
export interface Encoding {
  readonly layout: SlotLayout;
  /** A value v is held as the integer nearest to v 2^scaleBits. */
  readonly scaleBits: number;
  /** Largest magnitude of the integers that will be accepted. */
  readonly bound: bigint;
}

const MAX_SCALE_BITS = 4096;

/** Throws ParameterError unless the scale is an integer in [0, 4096]. */
export function checkScaleBits(scaleBits: number): void {
  if (!Number.isInteger(scaleBits) || scaleBits < 0 || scaleBits > MAX_SCALE_BITS) {
    throw new ParameterError({
      what: "scaleBits",
      expected: `an integer in [0, ${MAX_SCALE_BITS}]`,
      got: show(scaleBits),
      remedy: "pass the number of fractional bits",
    });
  }
}

/**
 * The integer of one value. A bigint is an integer value and is scaled like any other; a number that is no integer is
 * refused at scale 1, where rounding could only be a mistake. Throws EncodingError for NaN, infinities and anything but numbers.
 */
export function encodeValue(value: number | bigint, scaleBits: number): bigint {
  if (typeof value === "bigint") return value << BigInt(scaleBits);
  const scaled = toScaledInteger(value, scaleBits);
  if (scaleBits === 0 && !Number.isInteger(value)) {
    throw new EncodingError({
      what: "value",
      expected: "an integer at scale 1",
      got: show(value),
      remedy: "pass scaleBits to keep fractional bits",
    });
  }
  return scaled;
}

/** A bound on values as a bound on their integers. Throws ParameterError unless it is finite and not negative. */
export function encodeBound(bound: number | bigint, scaleBits: number): bigint {
  checkScaleBits(scaleBits);
  const valid = typeof bound === "bigint" ? bound >= 0n : typeof bound === "number" && Number.isFinite(bound) && bound >= 0;
  if (!valid) {
    throw new ParameterError({
      what: "bound",
      expected: "a finite number >= 0",
      got: show(bound),
      remedy: "pass the largest magnitude of any value",
    });
  }
  return typeof bound === "bigint" ? bound << BigInt(scaleBits) : toScaledInteger(bound, scaleBits);
}

/** Checks that what may be encoded fits its slots. Throws ParameterError or LevelError. */
export function checkEncoding({ layout, scaleBits, bound }: Encoding): void {
  checkScaleBits(scaleBits);
  requireCapacity(bound, layout, "encryption");
}

/** Without this a number where a vector belongs would be a vector of no values, and encode as zero. Throws EncodingError. */
export function checkValues(values: SlotValues): void {
  if (typeof values === "object" && values !== null && Number.isSafeInteger(values.length)) return;
  throw new EncodingError({
    what: "slot values",
    expected: "an array of numbers",
    got: show(values),
    remedy: "pass one vector of slot values for each ciphertext",
  });
}

/** The signed plaintext of one ciphertext. Throws EncodingError for a value beyond the bound. */
export function encodeSlots(values: SlotValues, { layout, scaleBits, bound }: Encoding): bigint {
  checkValues(values);
  const integers: bigint[] = [];
  for (let i = 0; i < values.length; i++) {
    const v = encodeValue(values[i], scaleBits);
    if (v > bound || v < -bound) {
      throw new EncodingError({
        what: `value ${i}`,
        expected: `a magnitude of at most ${fromScaledInteger(bound, scaleBits)}`,
        got: show(values[i]),
        remedy: "scale or clip the input, or raise the bound",
      });
    }
    integers.push(v);
  }
  return packSlots(integers, layout);
}
