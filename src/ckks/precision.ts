/** How precise results are: the statistics that Lattigo prints (its PrecisionStats), of -log2 |error| over slots. */
import { ParameterError, show } from "../errors.js";

/** Of -log2 |error| over slots, in bits. */
export interface PrecisionStatistics {
  /** Bits of the worst slot. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  /** Standard deviation over the slots (n - 1 in the denominator); 0 for one slot. */
  readonly std: number;
}

/** What {@link precision} tells. */
export interface Precision {
  /** Slots that were compared. */
  readonly slots: number;
  readonly real: PrecisionStatistics;
  /** Where either side has imaginary parts; those that are missing count as 0. */
  readonly imaginary?: PrecisionStatistics;
  /** Of the absolute value of the complex error; equal to `real` without imaginary parts. */
  readonly l2: PrecisionStatistics;
}

/** Real slots, or real and imaginary parts of one length. */
export type Slots = ArrayLike<number> | { readonly re: ArrayLike<number>; readonly im: ArrayLike<number> };

/** An error below 2^-64 counts as 2^-64: an exact slot has no infinite precision. */
const MOST_BITS = 64;

/**
 * Compares results with what was expected: vectors, or batches (arrays) of as many vectors. A result may be longer, as decrypted
 * vectors of N/2 slots are; what is beyond the expected values is left out. Throws ParameterError for anything but vectors of finite
 * numbers, for batches of different lengths, for nothing to compare, and for results that are too short.
 */
export function precision(expected: Slots | readonly Slots[], got: Slots | readonly Slots[]): Precision {
  const [left, right] = [batchOf(expected, "expected values"), batchOf(got, "results")];
  if (left.length !== right.length) throw refusal("results", count(left.length, "vector"), count(right.length, "vector"));
  const complex = [...left, ...right].some(({ im }) => im !== undefined);
  const errors = { re: [] as number[], im: [] as number[], l2: [] as number[] };
  left.forEach((wanted, item) => {
    const found = right[item];
    if (found.re.length < wanted.re.length) {
      throw refusal(`results, vector ${item}`, `at least ${wanted.re.length} slots`, String(found.re.length));
    }
    for (let i = 0; i < wanted.re.length; i++) {
      const re = finite(found.re[i], "results", i) - finite(wanted.re[i], "expected values", i);
      const im = finite(found.im?.[i] ?? 0, "results", i) - finite(wanted.im?.[i] ?? 0, "expected values", i);
      errors.re.push(bits(re));
      errors.im.push(bits(im));
      errors.l2.push(bits(Math.hypot(re, im)));
    }
  });
  if (errors.re.length === 0) throw refusal("expected values", "at least one slot", "none");
  const real = statistics(errors.re);
  if (!complex) return { slots: errors.re.length, real, l2: real };
  return { slots: errors.re.length, real, imaginary: statistics(errors.im), l2: statistics(errors.l2) };
}

interface Parts {
  readonly re: ArrayLike<number>;
  readonly im?: ArrayLike<number>;
}

/** One vector is a batch of one; an array is a batch where its first element is no number. */
function batchOf(value: Slots | readonly Slots[], what: string): Parts[] {
  if (Array.isArray(value) && value.length > 0 && typeof value[0] !== "number") {
    return value.map((slots: Slots, i) => partsOf(slots, `${what}, vector ${i}`));
  }
  return [partsOf(value as Slots, what)];
}

function partsOf(value: Slots, what: string): Parts {
  if (isVector(value)) return { re: value };
  if (typeof value !== "object" || value === null || !isVector(value.re) || !isVector(value.im)) {
    throw refusal(what, "an array of numbers, or { re, im } of two", show(value));
  }
  if (value.re.length !== value.im.length) {
    throw refusal(what, `${value.re.length} imaginary parts`, String(value.im.length));
  }
  return value;
}

const isVector = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

function finite(x: unknown, what: string, slot: number): number {
  if (typeof x === "number" && Number.isFinite(x)) return x;
  throw refusal(`${what}, slot ${slot}`, "a finite number", show(x));
}

const bits = (error: number): number => Math.min(MOST_BITS, -Math.log2(Math.abs(error)));

function statistics(values: number[]): PrecisionStatistics {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / n;
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const median = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
  return { min: sorted[0], max: sorted[n - 1], mean, median, std: n > 1 ? Math.sqrt(squares / (n - 1)) : 0 };
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

function refusal(what: string, expected: string, got: string): ParameterError {
  return new ParameterError({ what, expected, got, remedy: "pass what was expected and what was decrypted, slot by slot" });
}
