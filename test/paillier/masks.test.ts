import { describe, expect, it } from "vitest";
import { LifetimeError } from "../../src/errors.js";
import { powMod } from "../../src/math/modular.js";
import { decryptReference, exponentBits } from "../../src/math/paillier.js";
import { Domain, Stream, seedSourceOf } from "../../src/math/random.js";
import { randomBits } from "../../src/math/sampling.js";
import type { PaillierSecretKey } from "../../src/paillier/keys.js";
import { PublicMaskSource } from "../../src/paillier/masks.js";
import { fixedKey, plainKey, seeded, sharedEngine } from "./support.js";

async function open(key: PaillierSecretKey, seed?: number) {
  const { kernels: backend } = await sharedEngine();
  const kernels = await backend.modular({ n: key.publicKey.n, power: 2 });
  return {
    kernels,
    masks: new PublicMaskSource(kernels, key.publicKey, seedSourceOf(seed === undefined ? undefined : seeded(seed))),
  };
}

describe("masks", () => {
  for (const [name, key] of [
    ["Blum primes", fixedKey(256)],
    ["other primes", plainKey()],
  ] as const) {
    it(`are encryptions of zero, all different (${name})`, async () => {
      const { kernels, masks } = await open(key);
      const values = [...(await kernels.read(masks.draw(5))), ...(await kernels.read(masks.draw(40)))];
      expect(new Set(values).size).toBe(45);
      for (const v of values) expect(decryptReference(v, key.constants())).toBe(0n);
    });
  }

  it("are hs^a with the exponents of the stream", async () => {
    const key = fixedKey(256);
    const { kernels, masks } = await open(key, 3);
    const stream = new Stream(seedSourceOf(seeded(3)).next(), Domain.PaillierExponent);
    const want = Array.from({ length: 3 }, () =>
      powMod(key.publicKey.hs as bigint, randomBits(stream, exponentBits(256)), key.publicKey.n ** 2n),
    );
    expect(await kernels.read(masks.draw(3))).toEqual(want);
  });

  it("are the same with a table and without", async () => {
    const [few, many] = [await open(fixedKey(256), 4), await open(fixedKey(256), 4)];
    many.masks.expect(1000);
    const calls: string[] = [];
    many.kernels.fixedBasePower = ((original) => (table, exponents) => {
      calls.push("table");
      return original.call(many.kernels, table, exponents);
    })(many.kernels.fixedBasePower);
    expect(await many.kernels.read(many.masks.draw(4))).toEqual(await few.kernels.read(few.masks.draw(4)));
    expect(calls).toEqual(["table"]);
    many.masks.dispose();
    many.masks.dispose();
    // A table made now would have no owner to free it.
    expect(() => many.masks.expect(1000)).toThrow(LifetimeError);
    expect(() => many.masks.draw(1)).toThrow(LifetimeError);
  });
});
