import { describe, expect, it } from "vitest";
import { invMod, mod } from "../../src/math/modular.js";
import { type CrtConstants, decryptReference } from "../../src/math/paillier.js";
import { seedSourceOf } from "../../src/math/random.js";
import { type Blinding, BlindingSource, USES } from "../../src/paillier/blinding.js";
import { fixedKey, sharedEngine } from "./support.js";

async function open() {
  const k = fixedKey(256).constants();
  const { kernels } = await sharedEngine();
  const p = await kernels.modular({ n: k.p, power: 2 });
  const q = await kernels.modular({ n: k.q, power: 2 });
  const values = async (b: Blinding) => ({ offsets: b.offsets, modP: await p.read(b.modP), modQ: await q.read(b.modQ) });
  return { k, source: new BlindingSource(p, q, seedSourceOf()), values };
}

/** The ciphertext modulo n^2 that a factor is. */
function joined(modP: bigint, modQ: bigint, k: CrtConstants): bigint {
  return modQ + k.qSquared * mod((modP - modQ) * invMod(k.qSquared, k.pSquared), k.pSquared);
}

describe("blinding", () => {
  for (const count of [1, 5, 31, 32, 33, 100]) {
    it(`hands out ${count} encryptions of the offsets it names`, async () => {
      const { k, source, values } = await open();
      const { offsets, modP, modQ } = await values(await source.take(count, k));
      expect([offsets.length, modP.length, modQ.length]).toEqual([count, count, count]);
      expect(new Set(modP).size).toBe(count);
      for (let i = 0; i < count; i++) {
        expect(offsets[i] > 0n && offsets[i] < k.n).toBe(true);
        expect(decryptReference(joined(modP[i], modQ[i], k), k)).toBe(offsets[i]);
      }
    });
  }

  it("doubles the offset at each use and renews the factor after 32", async () => {
    const { k, source, values } = await open();
    const offsets: bigint[] = [];
    for (const count of [1, 20, 1, 15, 30]) offsets.push(...(await values(await source.take(count, k))).offsets);
    for (let i = 1; i < offsets.length; i++) {
      const doubled = offsets[i] === (2n * offsets[i - 1]) % k.n;
      expect(doubled, `use ${i}`).toBe(i % USES !== 0);
    }
    // Many at once renew as often.
    const many = (await source.take(96, k)).offsets;
    for (let i = 0; i < 96; i++) expect(many.filter((b) => b === (2n * many[i]) % k.n).length).toBe(i < 93 ? 1 : 0);
  });

  it("never hands one factor to two calls at once", async () => {
    const { k, source } = await open();
    await source.take(1, k);
    const taken = await Promise.all([source.take(3, k), source.take(3, k), source.take(3, k)]);
    expect(new Set(taken.flatMap((b) => b.offsets)).size).toBe(9);
  });

  it("starts anew after dispose", async () => {
    const { k, source } = await open();
    const [first] = (await source.take(1, k)).offsets;
    source.dispose();
    const [second] = (await source.take(1, k)).offsets;
    expect(second).not.toBe((2n * first) % k.n);
  });
});
