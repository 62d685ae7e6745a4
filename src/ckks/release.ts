/**
 * Decryption for others. An approximate result carries an error that depends on the secret key; whoever gets results together with their ciphertexts
 * can solve for the key (Li and Micciancio, EUROCRYPT 2021: IND-CPA-D). What is released here was flooded with noise and rounded before anybody
 * saw it: release-terms.ts has the argument and the bound.
 *
 * Protected: the key, against parties that hold ciphertexts and see releases, where every released ciphertext came of honest encryptions by the agreed
 * circuit (application-aware security: Alexandru, Al Badawi, Micciancio, Polyakov, ePrint 2024/203). The noise is set by the plan's worst case and never by
 * what is measured or written in a ciphertext: estimates for typical values have been broken (Guo, Nabokov, Suvanto, Johansson, USENIX Security 2024).
 *
 * Not protected: a key whose owner releases results of other circuits, of forged ciphertexts or of malformed encryptions; results of `decrypt`, which must be shown
 * to nobody; what the exact results tell by themselves; releases counted by another object of the same key, another process or another device.
 */
import { heedSignal } from "../engine/index.js";
import { LevelError, ParameterError, SecurityError } from "../errors.js";
import type { HostOptions, RingHandle, RingKernels } from "../kernels/interface.js";
import { bytesToHex } from "../math/bytes.js";
import { mod } from "../math/modular.js";
import { Domain, freshSeed, type SeedSource } from "../math/random.js";
import { hashParts } from "../wire/hash.js";
import { type CkksCiphertext, checkOwn, checkSameKey } from "./ciphertext.js";
import { openWith } from "./encryption.js";
import { type CkksSecretKey, checkKeyParameters } from "./keys.js";
import type { CkksParameters } from "./parameters.js";
import { type ReleasePlan, type ReleaseTerms, releaseTerms } from "./release-terms.js";
import { inScope } from "./scope.js";

/**
 * Counts the releases of one key object. The first plan fixes tau and the statistical bits; a ciphertext is known by the hash of its residues, and released
 * once. The bound holds for tau releases of whatever ciphertexts; that the same one is refused keeps a retry from
 * spending tau, and from averaging the noise away where a plan was wrong. It does not recognise the same values in other ciphertexts.
 */
export class ReleaseLedger {
  readonly #seen = new Set<string>();
  #fixed: Pick<ReleaseTerms, "releases" | "statisticalBits"> | undefined;

  /** Releases that are left under the plan that came first; undefined before any. */
  get left(): number | undefined {
    return this.#fixed && this.#fixed.releases - this.#seen.size;
  }

  /**
   * Enters ciphertexts, by their hashes, before they are released: all of them or, throwing SecurityError, none. What is entered is spent,
   * whatever becomes of the release.
   */
  enter(hashes: readonly Uint8Array[], { releases, statisticalBits }: Pick<ReleaseTerms, "releases" | "statisticalBits">): void {
    const fixed = this.#fixed ?? { releases, statisticalBits };
    if (fixed.releases !== releases || fixed.statisticalBits !== statisticalBits) {
      const words = (t: typeof fixed) => `${t.releases} releases at ${t.statisticalBits} bits`;
      throw refusal(
        "release plan",
        `the ${words(fixed)} that this key began with`,
        words({ releases, statisticalBits }),
        "keep to one plan for a key",
      );
    }
    const names = hashes.map(bytesToHex);
    if (new Set(names).size !== names.length || names.some((name) => this.#seen.has(name))) {
      throw refusal(
        "ciphertext",
        "one that was not released before",
        "a second release",
        "keep the first result: a second one tells more of the key",
      );
    }
    if (this.#seen.size + names.length > releases) {
      const got = `${this.#seen.size} released, ${names.length} more`;
      throw refusal("releases of this key", `at most ${releases}, as planned`, got, "plan more releases for a new key");
    }
    this.#fixed = fixed;
    for (const name of names) this.#seen.add(name);
  }
}

const ledgers = new WeakMap<CkksSecretKey, ReleaseLedger>();

/** The ledger of a key object, which lives as long as it. */
export function ledgerOf(secret: CkksSecretKey): ReleaseLedger {
  let ledger = ledgers.get(secret);
  if (!ledger) ledgers.set(secret, (ledger = new ReleaseLedger()));
  return ledger;
}

/** What a release works with. */
export interface ReleaseContext {
  readonly parameters: CkksParameters;
  readonly ring: RingKernels;
  readonly seeds: SeedSource;
}

/**
 * Decrypts to [batch] vectors of N/2 slots, their real parts, that may be shown to others: flooded with noise for the plan's worst case and rounded to multiples
 * of `releaseTerms(...).step`. Each ciphertext of the batch counts as one release. Throws ParameterError for plans without room, KeyMismatchError for another key's
 * ciphertext, LevelError for one that is not where the plan says, SecurityError for a second release and for more releases than planned.
 */
export async function releaseDecrypt(
  { parameters, ring, seeds }: ReleaseContext,
  ciphertext: CkksCiphertext,
  secret: CkksSecretKey,
  plan: ReleasePlan,
  options?: HostOptions,
): Promise<Float64Array[]> {
  checkOwn(parameters, ciphertext);
  checkKeyParameters(secret, parameters.hash);
  checkSameKey(ciphertext.keyId, secret.id, "ciphertext");
  const terms = releaseTerms(parameters, plan);
  checkPlace(ciphertext, terms);
  heedSignal(options?.signal);
  const polynomial = secret.polynomial;
  const hashes = await hashesOf(ring, ciphertext, options);
  ledgerOf(secret).enter(hashes, terms);
  return floodedDecrypt(ring, ciphertext, polynomial, terms, seeds, options);
}

/**
 * The decryption itself, for {@link releaseDecrypt}: opens, floods the coefficients, decodes, rounds. It checks nothing and counts nothing. `secret` is the key in NTT form over
 * primes that contain the ciphertext's. @internal
 */
export function floodedDecrypt(
  ring: RingKernels,
  ciphertext: CkksCiphertext,
  secret: RingHandle,
  terms: ReleaseTerms,
  seeds: SeedSource,
  options?: HostOptions,
): Promise<Float64Array[]> {
  const { batch, scale } = ciphertext;
  return inScope(async (keep) => {
    const opened = keep(ring.intt(keep(openWith(ring, ciphertext, secret))));
    const flooded: RingHandle[] = [];
    for (let i = 0; i < batch; i++) {
      heedSignal(options?.signal);
      const noise = keep(await floodingNoise(ring, opened.basis, terms.weights, seeds));
      flooded.push(keep(ring.add(keep(ring.slice(opened, i, 1)), noise)));
    }
    const slots = await ring.decode(keep(ring.concat(flooded)), scale, options);
    for (const { im } of slots) im.fill(0);
    return slots.map(({ re }) => re.map((x) => Math.round(x / terms.step) * terms.step + 0));
  });
}

/** One polynomial of noise in coefficient form: the sum of weights[i] times the i-th Gaussian polynomial of a fresh secret seed. @internal */
export async function floodingNoise(
  ring: RingKernels,
  basis: readonly number[],
  weights: readonly bigint[],
  seeds: SeedSource,
): Promise<RingHandle> {
  const seed = freshSeed(seeds);
  const rows = Uint32Array.from(weights.flatMap((w) => basis.map((q) => Number(mod(w, BigInt(q))))));
  try {
    const samples = await ring.sampleGaussian({ seed, domain: Domain.Flooding }, { basis, batch: weights.length });
    try {
      return ring.linearCombination(samples, rows, 1);
    } finally {
      samples.dispose();
    }
  } finally {
    seed.fill(0);
  }
}

/** A hash of the residues of each ciphertext of the batch, all components of it. */
async function hashesOf(ring: RingKernels, { handle, batch, components }: CkksCiphertext, options?: HostOptions) {
  const packed = await ring.readPacked(handle, options);
  const bytes = packed.length / handle.batch;
  const polynomial = (i: number) => packed.subarray(i * bytes, (i + 1) * bytes);
  return Array.from({ length: batch }, (_, i) =>
    hashParts(
      "webhe ckks release",
      Array.from({ length: components }, (_, c) => polynomial(c * batch + i)),
    ),
  );
}

function checkPlace({ level, scaleDegree }: CkksCiphertext, terms: ReleaseTerms): void {
  if (level !== terms.level) {
    const remedy = "run the circuit that was planned";
    throw new LevelError({
      what: "ciphertext to release",
      expected: `level ${terms.level}, as planned`,
      got: `${level}`,
      remedy,
    });
  }
  if (scaleDegree !== terms.scaleDegree) {
    throw new ParameterError({
      what: "ciphertext to release",
      expected: `scale degree ${terms.scaleDegree}, as planned`,
      got: `${scaleDegree}`,
      remedy: "run the circuit that was planned",
    });
  }
}

function refusal(what: string, expected: string, got: string, remedy: string): SecurityError {
  return new SecurityError({ what, expected, got, remedy });
}
