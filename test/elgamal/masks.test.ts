import { describe, expect, it } from "vitest";
import { randomExponents } from "../../src/elgamal/exponents.js";
import { MaskSource } from "../../src/elgamal/masks.js";
import { LifetimeError } from "../../src/errors.js";
import { bitLength } from "../../src/math/modular.js";
import { Domain, seedSourceOf } from "../../src/math/random.js";
import { fixedKey, reference, seeded, sharedEngine } from "./support.js";

const key = fixedKey();
const { group } = key.publicKey;

async function open(seed?: number) {
  const { kernels: backend } = await sharedEngine();
  const kernels = await backend.modular({ n: group.p, power: 1 });
  const masks = new MaskSource(kernels, key.publicKey, seedSourceOf(seed === undefined ? undefined : seeded(seed)));
  const draw = async (count: number) => {
    const { c1, c2 } = masks.draw(count);
    const halves = await Promise.all([kernels.read(c1), kernels.read(c2)]);
    return halves[0].map((c, i) => [c, halves[1][i]] as [bigint, bigint]);
  };
  return { kernels, masks, draw };
}

describe("masks", () => {
  it("are encryptions of one, all different", async () => {
    const { draw } = await open();
    const pairs = [...(await draw(5)), ...(await draw(40))];
    expect(new Set(pairs.flat()).size).toBe(90);
    for (const pair of pairs) expect(reference(key).decrypt(pair)).toBe(1n);
  });

  it("are g^r and y^r with the exponents of the stream, of one length", async () => {
    const { draw } = await open(3);
    const exponents = randomExponents(seedSourceOf(seeded(3)).next(), Domain.ElGamalExponent, group, 3);
    expect(exponents.map(bitLength)).toEqual([256, 256, 256]);
    expect(await draw(3)).toEqual(exponents.map((r) => reference(key).encrypt(1n, r)));
  });

  it("are the same with tables and without", async () => {
    const [few, many] = [await open(4), await open(4)];
    many.masks.expect(1000);
    let calls = 0;
    many.kernels.fixedBasePower = ((original) => (table, exponents) => {
      calls++;
      return original.call(many.kernels, table, exponents);
    })(many.kernels.fixedBasePower);
    expect(await many.draw(4)).toEqual(await few.draw(4));
    expect(calls).toBe(2);
    many.masks.dispose();
    many.masks.dispose();
    // Tables made now would have no owner to free them.
    expect(() => many.masks.expect(1000)).toThrow(LifetimeError);
    expect(() => many.masks.draw(1)).toThrow(LifetimeError);
  });
});
