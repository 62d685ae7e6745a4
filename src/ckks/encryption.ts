/** Fresh ciphertexts under either key, and the polynomials that keys are made of. */
import type { RingHandle, RingKernels } from "../kernels/interface.js";
import { Domain, freshSeed, type SeedSource } from "../math/random.js";
import type { CkksCiphertext } from "./ciphertext.js";
import type { CkksPublicKey, CkksSecretKey } from "./keys.js";
import { inScope, type Keep, scoped } from "./scope.js";

/** A fresh ciphertext's polynomials, and the seed that its second components expand from where there is one. */
export interface Encrypted {
  readonly handle: RingHandle;
  readonly seed?: Uint8Array;
}

/** What a fresh encryption expands from. */
export interface EncryptionSeeds {
  readonly publicSeed: Uint8Array;
  readonly secretSeed: Uint8Array;
  /** The first item of those that the seeds expand to. */
  readonly first: number;
}

/**
 * m + e - a s and a, with a from the public seed; the message in coefficient form, so that one transform serves it and the error. Both
 * are kept.
 */
export async function encryptFrom(
  ring: RingKernels,
  keep: Keep,
  message: RingHandle,
  key: CkksSecretKey,
  { publicSeed, secretSeed, first }: EncryptionSeeds,
): Promise<{ readonly c0: RingHandle; readonly a: RingHandle }> {
  const { basis, batch } = message;
  const a = keep(await uniform(ring, publicSeed, basis, batch, first));
  const noisy = keep(await withError(ring, message, secretSeed, first));
  const as = keep(ring.multiply(a, keep(ring.restrict(key.polynomial, basis))));
  return { c0: keep(ring.subtract(noisy, as)), a };
}

/** (m + e - a s, a) from fresh seeds; the message in coefficient form. */
export async function encryptSecret(
  ring: RingKernels,
  message: RingHandle,
  key: CkksSecretKey,
  seeds: SeedSource,
): Promise<Encrypted> {
  const seed = freshSeed(seeds);
  const secretSeed = freshSeed(seeds);
  try {
    return await inScope(async (keep) => {
      const { c0, a } = await encryptFrom(ring, keep, message, key, { publicSeed: seed, secretSeed, first: 0 });
      return { handle: ring.concat([c0, a]), seed };
    });
  } finally {
    secretSeed.fill(0);
  }
}

/** (m + e0 + b v, e1 + a v) with a ternary v; the message in coefficient form. */
export async function encryptPublic(
  ring: RingKernels,
  message: RingHandle,
  key: CkksPublicKey,
  seeds: SeedSource,
): Promise<Encrypted> {
  const { basis, batch } = message;
  const seed = freshSeed(seeds);
  try {
    return await inScope(async (keep) => {
      const v = keep(await small(ring, "ternary", { seed, domain: Domain.EncryptionKey }, basis, batch));
      const noisy = keep(await withError(ring, message, seed));
      const e1 = keep(await small(ring, "gaussian", { seed, domain: Domain.SecondError }, basis, batch));
      const keys = keep(ring.restrict(key.handle, basis));
      const bv = keep(ring.multiply(v, keep(ring.slice(keys, 0, 1))));
      const av = keep(ring.multiply(v, keep(ring.slice(keys, 1, 1))));
      const c0 = keep(ring.add(noisy, bv));
      const c1 = keep(ring.add(e1, av));
      return { handle: ring.concat([c0, c1]) };
    });
  } finally {
    seed.fill(0);
  }
}

/** c0 + c1 s + c2 s^2 in NTT form, for a secret over primes that contain the ciphertext's: [batch]. */
export function openWith(ring: RingKernels, ciphertext: CkksCiphertext, secret: RingHandle): RingHandle {
  const { parts, batch, components } = ciphertext;
  return scoped((keep) => {
    const component = (c: number) => parts?.[c] ?? keep(ring.slice(ciphertext.handle, c * batch, batch));
    let message = component(components - 1);
    const s = keep(ring.restrict(secret, message.basis));
    for (let c = components - 2; c > 0; c--) message = keep(ring.add(component(c), keep(ring.multiply(message, s))));
    return ring.add(component(0), keep(ring.multiply(message, s)));
  });
}

/** m + e in NTT form, for a message in coefficient form. */
function withError(ring: RingKernels, message: RingHandle, seed: Uint8Array, first = 0): Promise<RingHandle> {
  const { basis, batch } = message;
  return inScope(async (keep) => {
    const e = keep(await ring.sampleGaussian({ seed, domain: Domain.Error, first }, { basis, batch }));
    return ring.ntt(keep(ring.add(message, e)));
  });
}

/** Uniform polynomials in NTT form from a public seed. */
export function uniform(
  ring: RingKernels,
  seed: Uint8Array,
  basis: readonly number[],
  batch: number,
  first = 0,
): Promise<RingHandle> {
  return ring.sampleUniform({ seed, domain: Domain.PublicUniform, first }, { basis, form: "ntt", batch });
}

/** Small secret polynomials in NTT form. */
export function small(
  ring: RingKernels,
  kind: "ternary" | "gaussian",
  source: { readonly seed: Uint8Array; readonly domain: number },
  basis: readonly number[],
  batch: number,
): Promise<RingHandle> {
  const shape = { basis, batch };
  return inScope(async (keep) =>
    ring.ntt(keep(await (kind === "ternary" ? ring.sampleTernary(source, shape) : ring.sampleGaussian(source, shape)))),
  );
}
