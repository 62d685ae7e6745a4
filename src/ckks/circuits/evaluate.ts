/** Schedules on ciphertexts. */
import { LevelError } from "../../errors.js";
import { CkksCiphertext, checkOwn } from "../ciphertext.js";
import { type CkksEvaluationKeys, checkEvaluationKeys, relinearisationKey } from "../evaluation-keys.js";
import type { Estimate } from "../noise.js";
import type { Ckks } from "../scheme.js";
import { predictSchedule } from "./predict.js";
import { ringOf } from "./ring-of.js";
import { type Algebra, costOf, depthOf, run, type Schedule, type Step } from "./schedule.js";
import { weightedSum } from "./weighted-sum.js";

/**
 * Runs a schedule on a batch of ciphertexts. The scales of values follow from their levels, and constants are encoded at what is
 * missing: nothing drifts. Throws LevelError and KeyMismatchError before anything is computed.
 */
export async function evaluateSchedule(
  ckks: Ckks,
  x: CkksCiphertext,
  schedule: Schedule,
  keys: CkksEvaluationKeys | undefined,
  what: string,
  interval?: readonly [number, number],
): Promise<CkksCiphertext> {
  checkOwn(ckks.parameters, x);
  const depth = depthOf(schedule, schedule.result);
  const left = x.level - (x.scaleDegree - 1);
  checkLevels(what, depth, left);
  if (costOf(schedule).products > 0) {
    checkEvaluationKeys(ckks.parameters, keys as CkksEvaluationKeys, x.keyId);
    relinearisationKey(keys as CkksEvaluationKeys, relinearisationLevel(schedule, left) as number);
  }
  const input = x.scaleDegree === 2 ? ckks.rescale(x, x.components === 3 ? keys : undefined) : x;
  // Single operations would predict much too much: they do not know that values stay in the interval.
  const bare = withEstimate(input, undefined);
  const algebra = new Ciphertexts(ckks, bare, keys);
  try {
    const result = await run(schedule, bare, algebra);
    // The polynomial x: the caller gets a ciphertext of its own.
    if (result === bare) return ckks.dropLevel(input, input.level);
    const estimate = input.estimate && predictSchedule(ckks.parameters, schedule, input.level, input.estimate, interval);
    return withEstimate(algebra.handOver(result), estimate);
  } finally {
    algebra.dispose();
    if (input !== x) input.dispose();
  }
}

/** The same ciphertext with another prediction; takes it over. */
export function withEstimate(ciphertext: CkksCiphertext, estimate: Estimate | undefined): CkksCiphertext {
  const { parameters, handle, level, scaleDegree, keyId, components } = ciphertext;
  return new CkksCiphertext(parameters, handle, { level, scaleDegree, keyId, components, estimate });
}

/** Throws LevelError where a ciphertext has fewer levels left than a circuit uses. */
export function checkLevels(what: string, needed: number, left: number): void {
  if (left >= needed) return;
  throw new LevelError({
    what,
    expected: `${needed} level${needed === 1 ? "" : "s"} left`,
    got: `${left}`,
    remedy: `choose parameters with ${needed - left} more, or a circuit that is less deep`,
  });
}

/** The highest level at which a schedule relinearises, for an input with `left` levels; undefined where it never does. */
export function relinearisationLevel(schedule: Schedule, left: number): number | undefined {
  const depths = schedule.steps.filter(({ products }) => products.length > 0).map(({ depth }) => depth);
  return depths.length === 0 ? undefined : left + 1 - Math.min(...depths);
}

/** Owns all values of a run but the input. */
class Ciphertexts implements Algebra<CkksCiphertext> {
  readonly #live = new Set<CkksCiphertext>();
  /** Values brought down to lower levels, as operands of products. */
  readonly #lower = new Map<CkksCiphertext, Map<number, CkksCiphertext>>();

  constructor(
    readonly ckks: Ckks,
    readonly input: CkksCiphertext,
    readonly keys: CkksEvaluationKeys | undefined,
  ) {}

  combine({ depth, products, terms, constant }: Step<CkksCiphertext>): CkksCiphertext {
    const { ckks, input } = this;
    if (depth === 0) return this.#keep(this.#sum([ckks.subtract(input, input)], constant));
    const level = input.level - depth + 1;
    const parts: CkksCiphertext[] = [];
    try {
      for (const { left, right, factor } of products) {
        const [a, b] = [this.#at(left, level), this.#at(right, level)];
        const product = a === b ? ckks.square(a) : ckks.multiply(a, b);
        parts.push(product);
        if (factor === 2) parts.push(product);
      }
      if (terms.length > 0) {
        const handle = weightedSum(ringOf(ckks), ckks.parameters, terms, level);
        parts.push(new CkksCiphertext(ckks.parameters, handle, { level, scaleDegree: 2, keyId: input.keyId }));
      }
    } catch (error) {
      for (const part of parts) part.dispose();
      throw error;
    }
    const sum = this.#sum(parts, constant);
    try {
      // Relinearises on the way down, where there are products.
      return this.#keep(ckks.rescale(sum, products.length > 0 ? this.keys : undefined));
    } finally {
      sum.dispose();
    }
  }

  release(value: CkksCiphertext): void {
    for (const lower of this.#lower.get(value)?.values() ?? []) lower.dispose();
    this.#lower.delete(value);
    this.#live.delete(value);
    value.dispose();
  }

  /** Takes a value out of the run's ownership. */
  handOver(value: CkksCiphertext): CkksCiphertext {
    this.#live.delete(value);
    return value;
  }

  dispose(): void {
    for (const lower of this.#lower.values()) for (const ciphertext of lower.values()) ciphertext.dispose();
    for (const value of this.#live) value.dispose();
  }

  #keep(value: CkksCiphertext): CkksCiphertext {
    this.#live.add(value);
    return value;
  }

  #at(value: CkksCiphertext, level: number): CkksCiphertext {
    if (value.level === level) return value;
    const known = this.#lower.get(value) ?? new Map<number, CkksCiphertext>();
    this.#lower.set(value, known);
    const lower = known.get(level) ?? this.ckks.dropLevel(value, level);
    known.set(level, lower);
    return lower;
  }

  /** The sum of parts, which it disposes of, and a constant. */
  #sum(parts: readonly CkksCiphertext[], constant: number): CkksCiphertext {
    const { ckks } = this;
    const made = new Set(parts);
    try {
      let sum = parts[0];
      for (const part of parts.slice(1)) made.add((sum = ckks.add(sum, part)));
      if (constant !== 0) made.add((sum = ckks.addConstants(sum, [constant])));
      made.delete(sum);
      return sum;
    } finally {
      for (const ciphertext of made) ciphertext.dispose();
    }
  }
}
