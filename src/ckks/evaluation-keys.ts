/**
 * Evaluation keys: what lets who has no secret relinearise products and rotate slots. A key for s' under t is, for each digit d of
 * hybrid key switching (Han, Ki, CT-RSA 2020), a pair (P g_d s' - a_d t + e_d, a_d) over the primes of Q and P, where g_d is 1 modulo
 * the primes of the digit and 0 modulo the others. Public: they rest on the assumption that a key may encrypt functions of itself.
 */
import { KeyMismatchError, LevelError, LifetimeError, ParameterError, show } from "../errors.js";
import type { RingHandle } from "../kernels/interface.js";
import { conjugationElement, galoisElement } from "../math/embedding.js";
import { checkSameKey } from "./ciphertext.js";
import { keyBytes, normalStep } from "./key-plan.js";
import { checkKeyParameters } from "./keys.js";
import type { CkksParameters } from "./parameters.js";

/** A key that serves one purpose at a level and at all below. */
export interface SwitchingKey {
  /** The highest level that it serves. */
  readonly level: number;
  /** Where the a of all digits expand from: 32 public bytes. */
  readonly seed: Uint8Array;
  /** [2, digits] polynomials in NTT form over the primes of the level and the special ones: all b, then all a. @internal */
  readonly handle: RingHandle;
}

/** The keys of one key owner. They rest in the backend; whoever holds the object disposes of it. */
export class CkksEvaluationKeys {
  constructor(
    readonly parameters: CkksParameters,
    /** The id of the secret that they belong to, 32 bytes. */
    readonly id: Uint8Array,
    /** The key that products are relinearised with. */
    readonly relinearisation: SwitchingKey | undefined,
    /** Keys by Galois element. */
    readonly galois: ReadonlyMap<number, SwitchingKey>,
  ) {}

  get parameterHash(): Uint8Array {
    return this.parameters.hash;
  }

  /** The rotations that the keys serve, as steps from 1 to N/2 - 1 in ascending order. */
  get rotations(): number[] {
    const steps: number[] = [];
    const { slots, degree } = this.parameters;
    let element = 1;
    for (let step = 1; step < slots; step++) {
      element = (element * 3) % (2 * degree);
      if (this.galois.has(element)) steps.push(step);
    }
    return steps;
  }

  /** Whether there is a key that conjugates. */
  get conjugates(): boolean {
    return this.galois.has(conjugationElement(this.parameters.degree));
  }

  /** Bytes that the keys take where they rest. */
  bytes(): number {
    return this.#all().reduce((sum, { level }) => sum + keyBytes(this.parameters, level), 0);
  }

  /** Frees the keys. */
  dispose(): void {
    for (const { handle } of this.#all()) handle.dispose();
  }

  #all(): SwitchingKey[] {
    return [...(this.relinearisation ? [this.relinearisation] : []), ...this.galois.values()];
  }
}

/** Throws ParameterError for anything but evaluation keys, KeyMismatchError for those of other parameters or another key owner. */
export function checkEvaluationKeys(parameters: CkksParameters, keys: CkksEvaluationKeys, keyId?: Uint8Array): void {
  if (!(keys instanceof CkksEvaluationKeys)) {
    const remedy = "make them with generateEvaluationKeys, or import them";
    throw new ParameterError({ what: "evaluation keys", expected: "CkksEvaluationKeys", got: show(keys), remedy });
  }
  checkKeyParameters(keys, parameters.hash);
  if (keyId !== undefined) checkSameKey(keyId, keys.id, "evaluation keys");
}

/** The relinearisation key for a level. Throws KeyMismatchError where there is none, LevelError where it serves lower levels only. */
export function relinearisationKey(keys: CkksEvaluationKeys, level: number): SwitchingKey {
  const key = keys.relinearisation;
  if (key === undefined) {
    throw new KeyMismatchError({
      what: "evaluation keys",
      expected: "a relinearisation key",
      got: describe(keys),
      remedy: "generate them with keysFor({ relinearise: true })",
    });
  }
  return serving(key, level, "relinearisation key", "relinearise: true");
}

/** The key for a rotation by a step, normalised and not 0, at a level. Throws as {@link relinearisationKey}. */
export function rotationKey(keys: CkksEvaluationKeys, step: number, level: number): SwitchingKey {
  const { parameters } = keys;
  const normal = normalStep(parameters, step);
  const key = keys.galois.get(galoisElement(parameters.degree, normal));
  if (key === undefined) {
    throw new KeyMismatchError({
      what: "evaluation keys",
      expected: `a key for the rotation by ${step}${step === normal ? "" : ` (${normal} modulo ${parameters.slots})`}`,
      got: describe(keys),
      remedy: `generate them with keysFor({ rotations: [${step}] })`,
    });
  }
  return serving(key, level, `key for the rotation by ${step}`, `rotations: [${step}]`);
}

/** The key for the conjugation at a level. Throws as {@link relinearisationKey}. */
export function conjugationKey(keys: CkksEvaluationKeys, level: number): SwitchingKey {
  const key = keys.galois.get(conjugationElement(keys.parameters.degree));
  if (key === undefined) {
    throw new KeyMismatchError({
      what: "evaluation keys",
      expected: "a key for the conjugation",
      got: describe(keys),
      remedy: "generate them with keysFor({ conjugate: true })",
    });
  }
  return serving(key, level, "key for the conjugation", "conjugate: true");
}

function serving(key: SwitchingKey, level: number, what: string, needs: string): SwitchingKey {
  if (key.handle.disposed) {
    const remedy = "dispose of evaluation keys after their last use";
    throw new LifetimeError({ what, expected: "a live key", got: "a disposed one", remedy });
  }
  if (level > key.level) {
    throw new LevelError({
      what,
      expected: `a key for level ${level}`,
      got: `one that serves levels up to ${key.level}`,
      remedy: `generate it with keysFor({ ${needs}, level: ${level} }), or drop the ciphertext to level ${key.level}`,
    });
  }
  return key;
}

/** The keys that are there, in a few words. */
function describe(keys: CkksEvaluationKeys): string {
  const steps = keys.rotations;
  const shown = steps.slice(0, 16).join(", ") + (steps.length > 16 ? `, ... (${steps.length} in all)` : "");
  const parts = [
    ...(keys.relinearisation ? ["relinearisation"] : []),
    ...(steps.length > 0 ? [`rotations by ${shown}`] : []),
    ...(keys.conjugates ? ["conjugation"] : []),
  ];
  return parts.length > 0 ? `keys for ${parts.join(", ")}` : "no keys";
}
