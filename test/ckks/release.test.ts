import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ckks, CkksCiphertext, type CkksSecretKey } from "../../src/ckks/index.js";
import { freshEstimate, productEstimate, sumEstimate, worstRange } from "../../src/ckks/noise.js";
import { precision } from "../../src/ckks/precision.js";
import { presetParameters } from "../../src/ckks/presets.js";
import { floodingNoise, ledgerOf, type ReleaseContext, ReleaseLedger, releaseDecrypt } from "../../src/ckks/release.js";
import { type ReleasePlan, releaseTerms } from "../../src/ckks/release-terms.js";
import { type Engine, kernelsOf } from "../../src/engine/index.js";
import { KeyMismatchError, LevelError, ParameterError, SecurityError } from "../../src/errors.js";
import type { RingKernels } from "../../src/kernels/interface.js";
import { invMod } from "../../src/math/modular.js";
import { platformSeeds } from "../../src/math/random.js";
import { product } from "../../src/math/rns.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";

const p = presetParameters("seal-8192-40");
const random = testRandom("release");
const [x, y] = [0, 1].map(() => Float64Array.from({ length: p.slots }, () => random.real(-1, 1)));
const fresh = freshEstimate(p, 2, "public", worstRange(1));
const plan: ReleasePlan = { estimate: fresh, level: 2, releases: 4 };
const terms = releaseTerms(p, plan);

let engine: Engine;
let ckks: Ckks;
let context: ReleaseContext;
let ring: RingKernels;
beforeAll(async () => {
  engine = await openTestEngine();
  ckks = await Ckks.create(engine, p);
  ring = await kernelsOf(engine).ring(p.degree, p.allPrimes);
  context = { parameters: p, ring, seeds: platformSeeds };
});
afterAll(() => engine.close());

/** Centred coefficients of a polynomial below about 2^80. */
async function coefficientsOf(weights: readonly bigint[]): Promise<bigint[]> {
  const basis = p.basis(0);
  const noise = await floodingNoise(ring, basis, weights, platformSeeds);
  const residues = await ring.read(noise);
  noise.dispose();
  const q = product(basis);
  const parts = basis.map((prime) => (q / BigInt(prime)) * invMod(q / BigInt(prime), BigInt(prime)));
  return Array.from({ length: p.degree }, (_, i) => {
    const value = basis.reduce((sum, _, l) => sum + BigInt(residues[l * p.degree + i]) * parts[l], 0n) % q;
    return 2n * value > q ? value - q : value;
  });
}

describe("flooding noise", () => {
  it("has the deviation of its weights, no mean, and the shape of a Gaussian down to the last bit", async () => {
    const coefficients = await coefficientsOf(terms.weights);
    const unit = coefficients.map((c) => Number(c) / terms.sigma);
    const moment = (k: number) => unit.reduce((sum, z) => sum + z ** k, 0) / unit.length;
    // Six standard errors each for 8192 coefficients.
    expect(Math.abs(moment(1))).toBeLessThan(6 / Math.sqrt(8192));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(6 * Math.sqrt(2 / 8192));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(6 * Math.sqrt(96 / 8192));
    for (let bit = 0n; bit < 20n; bit++) {
      const ones = coefficients.reduce((sum, c) => sum + Number((c >> bit) & 1n), 0);
      expect(Math.abs(ones - 4096)).toBeLessThan(6 * Math.sqrt(8192 / 4));
    }
  });

  it("is the discrete Gaussian that the convolution promises", async () => {
    const weights = [1n, 2n, 3n];
    const variance = 14 * 3.2 ** 2;
    const samples = (await Promise.all([0, 1, 2, 3].map(() => coefficientsOf(weights)))).flat().map(Number);
    const density = (k: number) => Math.exp((-k * k) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
    let chi = 0;
    let cells = 0;
    for (let k = -30; k <= 30; k++) {
      const expected = samples.length * density(k);
      chi += (samples.filter((s) => s === k).length - expected) ** 2 / expected;
      cells++;
    }
    // Mean 61, variance 122: six deviations.
    expect(Math.abs(chi - cells)).toBeLessThan(6 * Math.sqrt(2 * cells));
  });

  it("is never the same twice", async () => {
    expect(await coefficientsOf([1n, 2n])).not.toEqual(await coefficientsOf([1n, 2n]));
  });
});

describe("a release", () => {
  let secret: CkksSecretKey;
  let ciphertext: CkksCiphertext;
  beforeAll(async () => {
    secret = await ckks.generateSecretKey();
    ciphertext = await ckks.encrypt([x, y], await ckks.publicKey(secret));
  });

  it("is the result with the planned error, in whole steps", async () => {
    const released = await ckks.decryptForRelease(ciphertext, secret, plan);
    expect(released).toHaveLength(2);
    for (const [i, values] of [x, y].entries()) {
      expect(released[i].every((v) => Number.isInteger(v / terms.step))).toBe(true);
      const errors = released[i].map((v, j) => v - values[j]);
      const deviation = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
      // The noise, and the rounding of a twelfth of a step squared.
      const ratio = deviation / Math.hypot(terms.deviation, terms.step / Math.sqrt(12));
      expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    }
    expect(released[0].some((v) => Object.is(v, -0))).toBe(false);
    expect(ledgerOf(secret).left).toBe(2);
  });

  it("happens once, as a batch or alone, whatever the object", async () => {
    await expect(releaseDecrypt(context, ciphertext, secret, plan)).rejects.toThrow(SecurityError);
    const again = ckks.slice(ciphertext, 1, 1);
    await expect(releaseDecrypt(context, again, secret, plan)).rejects.toThrow(/second release/);
    const { sections, meta } = await ckks.exportCiphertext(again);
    const copy = await ckks.importCiphertext(meta, (tag) => sections.find((s) => s.tag === tag)?.bytes, secret.id);
    await expect(releaseDecrypt(context, copy, secret, plan)).rejects.toThrow(/second release/);
    const twin = await ckks.encrypt([x], secret);
    await expect(releaseDecrypt(context, ckks.concat([twin, twin]), secret, plan)).rejects.toThrow(/second release/);
    expect(ledgerOf(secret).left).toBe(2);
  });

  it("keeps to the plan that the key began with, and to its number", async () => {
    const next = await ckks.encrypt([x], secret);
    const relaxed = { ...plan, releases: 400 };
    await expect(releaseDecrypt(context, next, secret, relaxed)).rejects.toThrow(/began with/);
    await expect(releaseDecrypt(context, next, secret, { ...plan, statisticalBits: 28 })).rejects.toThrow(/began with/);
    const three = await ckks.encrypt([x, y, x], secret);
    await expect(releaseDecrypt(context, three, secret, plan)).rejects.toThrow(/at most 4/);
    await releaseDecrypt(context, ckks.slice(three, 0, 2), secret, plan);
    await expect(releaseDecrypt(context, next, secret, plan)).rejects.toThrow(/at most 4, as planned, got 4 released, 1 more/);
  });

  it("takes its noise from the plan and not from the ciphertext", async () => {
    const key = await ckks.generateSecretKey();
    const honest = await ckks.encrypt([x], key);
    const { level, scaleDegree, keyId } = honest;
    const estimate = { magnitude: 1, rms: 1, deviation: 2 ** -60 };
    const liar = new CkksCiphertext(p, honest.handle, { level, scaleDegree, keyId, estimate });
    const [released] = await releaseDecrypt(context, liar, key, plan);
    const { real } = precision(x, released);
    expect(real.mean).toBeLessThan(-Math.log2(terms.deviation) + 2);
    expect(real.mean).toBeGreaterThan(-Math.log2(terms.deviation) - 1);
  });

  it("serves results of circuits, unrelinearised ones too", async () => {
    const key = await ckks.generateSecretKey();
    const [a, b] = [await ckks.encrypt([x], key), await ckks.encrypt([y], key)];
    const one = freshEstimate(p, 2, "secret", worstRange(1));
    const both = sumEstimate([productEstimate(p, 2, one, one, true), productEstimate(p, 2, one, one)], true);
    const result = ckks.add(ckks.multiply(a, a), ckks.multiply(a, b));
    const [released] = await releaseDecrypt(context, result, key, { estimate: both, level: 2, scaleDegree: 2 });
    const { mean } = precision(
      x.map((v, i) => v * v + v * y[i]),
      released,
    ).real;
    expect(mean).toBeGreaterThan(5);
    expect(both.magnitude).toBe(2);
    expect(both.rms).toBe(2);
  });

  it("is refused for other keys, other places and other parameters", async () => {
    const key = await ckks.generateSecretKey();
    const own = await ckks.encrypt([x], key);
    await expect(releaseDecrypt(context, own, secret, plan)).rejects.toThrow(KeyMismatchError);
    await expect(releaseDecrypt(context, ckks.dropLevel(own, 1), key, plan)).rejects.toThrow(LevelError);
    const squared = ckks.multiplyConstants(own, [1]);
    await expect(releaseDecrypt(context, squared, key, plan)).rejects.toThrow(/scale degree 1, as planned/);
    await expect(releaseDecrypt(context, own, key, { ...plan, precisionBits: 30 })).rejects.toThrow(ParameterError);
    await expect(releaseDecrypt(context, [] as never, key, plan)).rejects.toThrow(/CkksCiphertext/);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(releaseDecrypt(context, own, key, plan, { signal })).rejects.toThrow("enough");
    // Nothing of this was a release.
    expect(ledgerOf(key).left).toBeUndefined();
    await releaseDecrypt(context, own, key, plan);
  });
});

describe("a ledger", () => {
  it("enters all or nothing", () => {
    const ledger = new ReleaseLedger();
    const hash = (n: number) => new Uint8Array(32).fill(n);
    const two = { releases: 2, statisticalBits: 30 };
    expect(() => ledger.enter([hash(1), hash(2), hash(3)], two)).toThrow(/at most 2/);
    expect(ledger.left).toBeUndefined();
    ledger.enter([hash(1)], two);
    expect(() => ledger.enter([hash(2), hash(1)], two)).toThrow(/second release/);
    expect(ledger.left).toBe(1);
    ledger.enter([hash(2)], two);
    expect(ledger.left).toBe(0);
  });
});
