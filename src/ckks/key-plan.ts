/** Which evaluation keys a computation needs, and no others: a pure value, made by who computes, sent to who holds the secret. */
import { LevelError, ParameterError, show } from "../errors.js";
import { conjugationElement, galoisElement } from "../math/embedding.js";
import { innerSumSteps } from "./inner-sum.js";
import type { CkksParameters } from "./parameters.js";

/** What a computation does with ciphertexts; see {@link keysFor}. */
export interface KeyNeeds {
  /** Products of ciphertexts. */
  readonly relinearise?: boolean;
  /** Steps of rotations, to the left where positive; modulo N/2. */
  readonly rotations?: readonly number[];
  readonly conjugate?: boolean;
  /** Lengths of inner sums. */
  readonly innerSums?: readonly number[];
  /** The highest level that these keys serve; the top unless said otherwise. Lower keys are smaller and faster to make. */
  readonly level?: number;
}

/** Keys by what they are for, each with the highest level that it serves. */
export class KeyPlan {
  constructor(
    readonly parameters: CkksParameters,
    /** The level of the relinearisation key; undefined without one. */
    readonly relinearisation: number | undefined,
    /** Levels by step, from 1 to N/2 - 1. */
    readonly rotations: ReadonlyMap<number, number>,
    /** The level of the conjugation key; undefined without one. */
    readonly conjugation: number | undefined,
  ) {
    Object.freeze(this);
  }

  /** Levels by Galois element. */
  get galois(): ReadonlyMap<number, number> {
    const { degree } = this.parameters;
    const levels = new Map([...this.rotations].map(([step, level]) => [galoisElement(degree, step), level]));
    if (this.conjugation !== undefined) levels.set(conjugationElement(degree), this.conjugation);
    return levels;
  }

  /** Number of keys. */
  get count(): number {
    return this.rotations.size + Number(this.relinearisation !== undefined) + Number(this.conjugation !== undefined);
  }

  /** Bytes that the keys take where they rest. */
  get bytes(): number {
    const levels = [this.relinearisation, this.conjugation, ...this.rotations.values()];
    return levels.reduce<number>((sum, level) => sum + (level === undefined ? 0 : keyBytes(this.parameters, level)), 0);
  }

  /** The keys of both plans, each at the higher of its levels. Throws ParameterError where the parameters differ. */
  merge(other: KeyPlan): KeyPlan {
    if (other.parameters !== this.parameters && !sameHash(other.parameters, this.parameters))
      refuse("key plan", "a plan for the same parameters", "another", "plan all keys with one parameter set");
    const rotations = new Map(this.rotations);
    for (const [step, level] of other.rotations) rotations.set(step, Math.max(level, rotations.get(step) ?? 0));
    return new KeyPlan(
      this.parameters,
      higher(this.relinearisation, other.relinearisation),
      rotations,
      higher(this.conjugation, other.conjugation),
    );
  }
}

/**
 * The smallest set of keys for what is asked: steps modulo N/2, each once, and none for 0. Throws ParameterError for steps that are
 * no whole numbers or parameters without special primes, LevelError for a level that the parameters lack.
 */
export function keysFor(parameters: CkksParameters, needs: KeyNeeds): KeyPlan {
  if (typeof needs !== "object" || needs === null)
    refuse("needs", "{ relinearise, rotations, conjugate }", show(needs), "say what is computed");
  checkKeySwitching(parameters);
  const { relinearise = false, rotations = [], conjugate = false, innerSums = [], level = parameters.levels } = needs;
  if (!Number.isInteger(level) || level < 0 || level > parameters.levels) {
    const expected = `an integer in [0, ${parameters.levels}]`;
    throw new LevelError({ what: "level of keys", expected, got: show(level), remedy: "leave it out for the top level" });
  }
  if (!Array.isArray(rotations) || !Array.isArray(innerSums))
    refuse("rotations", "arrays of steps", show(rotations), "pass [1, 2, 4]");
  const sums = innerSums.flatMap((length) => innerSumSteps(length, parameters.slots));
  const steps = [...rotations, ...sums].map((step) => normalStep(parameters, step)).filter((step) => step !== 0);
  const sorted = [...new Set(steps)].sort((a, b) => a - b);
  return new KeyPlan(
    parameters,
    relinearise ? level : undefined,
    new Map(sorted.map((step) => [step, level])),
    conjugate ? level : undefined,
  );
}

/** A step modulo N/2, from 0 to N/2 - 1. Throws ParameterError for anything but a whole number. */
export function normalStep(parameters: CkksParameters, step: number): number {
  if (!Number.isSafeInteger(step)) refuse("rotation", "a whole number of slots", show(step), "pass an integer");
  return ((step % parameters.slots) + parameters.slots) % parameters.slots;
}

/** Bytes of one key where it rests: [2, digits] polynomials over the primes of its level and the special ones. */
export function keyBytes(parameters: CkksParameters, level: number): number {
  const limbs = parameters.basis(level).length + parameters.specialPrimes.length;
  return 2 * parameters.digits(level) * limbs * parameters.degree * Uint32Array.BYTES_PER_ELEMENT;
}

/** Throws ParameterError for parameters without a special modulus. */
export function checkKeySwitching(parameters: CkksParameters): void {
  if (parameters.hasKeySwitching) return;
  refuse("parameters", "special primes, for evaluation keys", "none", "choose parameters with key switching");
}

const sameHash = (a: CkksParameters, b: CkksParameters): boolean => a.hash.every((byte, i) => byte === b.hash[i]);

function higher(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function refuse(what: string, expected: string, got: string, remedy: string): never {
  throw new ParameterError({ what, expected, got, remedy });
}
