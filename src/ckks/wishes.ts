/** What parameters are asked for, checked. */
import { ParameterError, show } from "../errors.js";
import type { SecurityLevel } from "./security.js";

/** What {@link parametersFor} is asked for. */
export interface CkksWishes {
  /** Products, each followed by a rescaling, in the longest chain: an integer from 0 to 64. */
  readonly depth: number;
  /**
   * Predicted mean of -log2 |error| over the slots at the end of that chain, the error in units of the values, from 1 to 50 bits: under the public key, for independent operands
   * of which the last product reaches `magnitude`. The largest error of a ciphertext is some 5 bits worse than the mean.
   */
  readonly precisionBits: number;
  /** The largest |value| of any operand, intermediate value or result; 1 unless said otherwise. */
  readonly magnitude?: number;
  /**
   * Whether ciphertexts are rotated or conjugated: then key switching stays 3 bits below the noise of a fresh encryption. True unless said
   * otherwise; false where key switching is ruled out.
   */
  readonly rotations?: boolean;
  /** False for products with plaintexts and constants alone: no special modulus. True unless said otherwise. */
  readonly keySwitching?: boolean;
  /** Classical security in bits; 128 unless said otherwise. */
  readonly security?: SecurityLevel;
  /** Values that one ciphertext must hold, at most 32768; 1 unless said otherwise, so that the other wishes decide the ring. */
  readonly slots?: number;
  /** The least log2 of the scale, from 16 to 58; a wish between 31 and 47 is rounded up to 48. What precision asks for unless said otherwise. */
  readonly scaleBits?: number;
}

export type CheckedWishes = Required<CkksWishes>;

const KEYS = ["depth", "precisionBits", "magnitude", "rotations", "keySwitching", "security", "slots", "scaleBits"];
const MAX_MAGNITUDE = 2 ** 100;

/** Fills in what was left out. Throws ParameterError naming the wish that makes no sense. */
export function checkWishes(wishes: CkksWishes): CheckedWishes {
  const refuse = (what: string, expected: string, got: unknown, remedy: string): never => {
    throw new ParameterError({ what, expected, got: show(got), remedy });
  };
  if (typeof wishes !== "object" || wishes === null) {
    refuse(
      "wishes",
      "{ depth, precisionBits, ... }",
      wishes,
      "say how deep the circuit is and how precise its results are to be",
    );
  }
  for (const key of Object.keys(wishes)) {
    if (!KEYS.includes(key)) refuse("wishes", `the fields ${KEYS.join(", ")}`, key, "remove or correct the field");
  }
  const { depth, precisionBits, magnitude = 1, keySwitching = true, security = 128, slots = 1, scaleBits = 16 } = wishes;
  const { rotations = keySwitching } = wishes;
  if (!Number.isSafeInteger(depth) || depth < 0 || depth > 64) {
    refuse("depth", "an integer from 0 to 64", depth, "count the products in the longest chain");
  }
  if (!(typeof precisionBits === "number" && precisionBits >= 1 && precisionBits <= 50)) {
    refuse("precisionBits", "a number from 1 to 50", precisionBits, "float64 and scales up to 58 bits carry no more");
  }
  if (!(typeof magnitude === "number" && magnitude > 0 && magnitude <= MAX_MAGNITUDE)) {
    refuse("magnitude", "a number above 0 and at most 2^100", magnitude, "bound the values of the circuit");
  }
  for (const [name, value] of [
    ["rotations", rotations],
    ["keySwitching", keySwitching],
  ] as const) {
    if (typeof value !== "boolean") refuse(name, "true or false", value, "leave it out for what is usual");
  }
  if (rotations && !keySwitching) {
    refuse("rotations", "false where keySwitching is false", true, "rotations need key switching: leave keySwitching out");
  }
  if (security !== 128 && security !== 192 && security !== 256) {
    refuse("security", "128, 192 or 256", security, "leave it out for 128");
  }
  if (!Number.isSafeInteger(slots) || slots < 1 || slots > 32768) {
    refuse("slots", "an integer from 1 to 32768", slots, "split the vector");
  }
  if (!Number.isSafeInteger(scaleBits) || scaleBits < 16 || scaleBits > 58) {
    refuse("scaleBits", "an integer from 16 to 58", scaleBits, "leave it out: precisionBits decides it");
  }
  return { depth, precisionBits, magnitude, rotations, keySwitching, security, slots, scaleBits };
}
