/** Making evaluation keys from a secret. */
import type { RingHandle, RingKernels } from "../kernels/interface.js";
import { invMod } from "../math/modular.js";
import { Domain, freshSeed, type SeedSource } from "../math/random.js";
import type { BackPressure } from "./back-pressure.js";
import { CkksEvaluationKeys, type SwitchingKey } from "./evaluation-keys.js";
import type { KeyPlan } from "./key-plan.js";
import type { CkksSecretKey } from "./keys.js";
import type { CkksParameters } from "./parameters.js";
import { inScope } from "./scope.js";

/** What key generation works with. */
export interface KeyMaker {
  readonly ring: RingKernels;
  readonly parameters: CkksParameters;
  readonly seeds: SeedSource;
  readonly pressure: BackPressure;
}

/** The keys of a plan, one after the other. Frees what is there where one fails. */
export async function makeEvaluationKeys(maker: KeyMaker, secret: CkksSecretKey, plan: KeyPlan): Promise<CkksEvaluationKeys> {
  const { ring, parameters } = maker;
  const made: SwitchingKey[] = [];
  const make = async (level: number, from: RingHandle, under: RingHandle): Promise<SwitchingKey> => {
    const key = await makeSwitchingKey(maker, level, from, under);
    made.push(key);
    // Five results of its size are made on the way to a key.
    await maker.pressure.recorded(key.handle, 5);
    return key;
  };
  try {
    const s = secret.polynomial;
    const relinearisation =
      plan.relinearisation === undefined
        ? undefined
        : await inScope(async (keep) => make(plan.relinearisation as number, keep(ring.multiply(s, s)), s));
    const galois = new Map<number, SwitchingKey>();
    for (const [element, level] of plan.galois) {
      // The ciphertext is permuted after the switch: what it leads to is the secret that the permutation takes to s.
      const inverse = Number(invMod(BigInt(element), BigInt(2 * parameters.degree)));
      galois.set(element, await inScope(async (keep) => make(level, s, keep(ring.automorphism(s, inverse)))));
    }
    return new CkksEvaluationKeys(parameters, secret.id, relinearisation, galois);
  } catch (error) {
    for (const { handle } of made) handle.dispose();
    throw error;
  }
}

/** The basis that a key of a level rests over. */
export function keyBasis(parameters: CkksParameters, level: number): number[] {
  return [...parameters.basis(level), ...parameters.specialPrimes];
}

/** The a [digits] of a key, in NTT form. */
export function keyUniform(ring: RingKernels, parameters: CkksParameters, level: number, seed: Uint8Array): Promise<RingHandle> {
  const shape = { basis: keyBasis(parameters, level), form: "ntt", batch: parameters.digits(level) } as const;
  return ring.sampleUniform({ seed, domain: Domain.PublicUniform }, shape);
}

/** A key that takes s' = `from` to t = `under`, both in NTT form over all primes. */
async function makeSwitchingKey(
  { ring, parameters, seeds }: KeyMaker,
  level: number,
  from: RingHandle,
  under: RingHandle,
): Promise<SwitchingKey> {
  const basis = keyBasis(parameters, level);
  const digits = parameters.digits(level);
  const seed = freshSeed(seeds);
  const secretSeed = freshSeed(seeds);
  try {
    return await inScope(async (keep) => {
      const a = keep(await keyUniform(ring, parameters, level, seed));
      const e = keep(await ring.sampleGaussian({ seed: secretSeed, domain: Domain.Error }, { basis, batch: digits }));
      const at = keep(ring.multiply(a, keep(ring.restrict(under, basis))));
      const gadget = gadgetScalars(parameters, level);
      const message = keep(ring.linearCombination(keep(ring.restrict(from, basis)), gadget, 1));
      const b = keep(ring.subtract(keep(ring.add(keep(ring.ntt(e)), message)), at));
      return { level, seed, handle: ring.concat([b, a]) };
    });
  } finally {
    secretSeed.fill(0);
  }
}

/** P g_d modulo each prime, [digits, limb]: P modulo the primes of digit d, and 0 elsewhere. */
function gadgetScalars(parameters: CkksParameters, level: number): Uint32Array {
  const own = parameters.basis(level);
  const limbs = own.length + parameters.specialPrimes.length;
  const scalars = new Uint32Array(parameters.digits(level) * limbs);
  const special = parameters.specialPrimes.reduce((all, p) => all * BigInt(p), 1n);
  for (const [i, q] of own.entries()) scalars[Math.floor(i / parameters.digitSize) * limbs + i] = Number(special % BigInt(q));
  return scalars;
}
