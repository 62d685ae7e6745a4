import { describe, expect, it } from "vitest";
import { generatePaillierKey, Paillier, PaillierDecryptor, PaillierPublicKey, widestLayout } from "../../src/paillier/index.js";
import { testRandom } from "../support/random.js";
import { fixedKey, openFixed, sharedEngine } from "./support.js";

describe("Paillier", () => {
  it("decrypts only with a secret key", async () => {
    const engine = await sharedEngine();
    const key = fixedKey(256);
    const [open, owner] = [await Paillier.create(engine, key.publicKey), await Paillier.create(engine, key)];
    expect(open).not.toBeInstanceOf(PaillierDecryptor);
    expect("decrypt" in open).toBe(false);
    expect(await owner.decrypt(await open.encrypt([3]))).toEqual(Float64Array.of(3));
  });

  it("encrypts integers modulo n as they are", async () => {
    const paillier = await openFixed();
    const { n } = paillier.publicKey;
    const a = await paillier.encryptPlaintexts([0n, 1n, n - 1n, -1n, n / 2n, 5n * n + 7n]);
    expect(a.fresh).toBe(true);
    expect(await paillier.decryptPlaintexts(a)).toEqual([0n, 1n, n - 1n, n - 1n, n / 2n, 7n]);
    const [c, d] = await paillier.exportIntegers(await paillier.encryptPlaintexts([3n, 3n]));
    expect(c).not.toBe(d);
  });

  for (const bits of [2048, 3072] as const) {
    it(`serves a linear model in slots at ${bits} bits: client, server, client`, async () => {
      const random = testRandom(`model ${bits}`);
      const features = 4;
      const rows = Array.from({ length: 30 }, () => Array.from({ length: features }, () => random.real(-8, 8)));
      const weights = [Array.from({ length: features }, () => random.real(-4, 4)), [0, 1, -1, 0.5]];
      const intercepts = [0.75, -2];
      // Client.
      const owner = await openFixed(bits);
      const bound = BigInt(features) * 8n * 4n * 2n ** 72n + 4n * 2n ** 72n;
      const layout = widestLayout(bits, bound);
      expect(layout.slots).toBeGreaterThanOrEqual(20);
      const groups = Math.ceil(rows.length / layout.slots);
      const vectors: number[][] = [];
      for (let g = 0; g < groups; g++) {
        const part = rows.slice(g * layout.slots, (g + 1) * layout.slots);
        for (let f = 0; f < features; f++) vectors.push(part.map((row) => row[f]));
      }
      const request = new Map(
        (await owner.exportSections(await owner.encryptSlots(vectors, { layout, scaleBits: 36, bound: 8 }))).map((s) => [
          s.tag,
          s.bytes,
        ]),
      );
      // Server, with the public key alone.
      const server = await Paillier.create(
        await sharedEngine(),
        PaillierPublicKey.fromModulus(owner.publicKey.n, { blum: true }),
      );
      const products = await server.dot(server.importSections(request), weights, { groups, scaleBits: 36 });
      const biased = server.addPlain(
        products,
        Array.from({ length: groups * 2 }, (_, i) => new Array<number>(layout.slots).fill(intercepts[i % 2])),
      );
      const response = new Map((await server.exportSections(biased)).map((s) => [s.tag, s.bytes]));
      // Client.
      const decisions = await owner.decryptSlots(owner.importSections(response));
      for (const [r, row] of rows.entries()) {
        for (let o = 0; o < 2; o++) {
          const want = row.reduce((sum, x, f) => sum + x * weights[o][f], intercepts[o]);
          const got = decisions[Math.floor(r / layout.slots) * 2 + o][r % layout.slots];
          expect(Math.abs(got - want)).toBeLessThan(1e-9);
        }
      }
    });
  }

  it("works end to end with a new key of the default length", async () => {
    const key = await generatePaillierKey();
    const paillier = await Paillier.create(await sharedEngine(), key);
    const a = await paillier.encrypt([1.5, -2], { scaleBits: 32 });
    expect(await paillier.decrypt(await paillier.dot(a, [[3, -4]]))).toEqual(Float64Array.of(12.5));
    key.dispose();
  });
});
