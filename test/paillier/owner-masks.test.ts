/** The owner's masks are those of the public key, made in halves. */
import { describe, expect, it } from "vitest";
import { LifetimeError, SecurityError } from "../../src/errors.js";
import type { ModularHandle } from "../../src/kernels/interface.js";
import { powMod } from "../../src/math/modular.js";
import { decryptReference, joinSquares } from "../../src/math/paillier.js";
import { seedSourceOf } from "../../src/math/random.js";
import type { PaillierSecretKey } from "../../src/paillier/keys.js";
import { PublicMaskSource } from "../../src/paillier/masks.js";
import { OwnerMaskSource } from "../../src/paillier/owner-masks.js";
import { fixedKey, plainKey, seeded, sharedEngine } from "./support.js";

async function open(key: PaillierSecretKey, seed: number) {
  const { kernels: backend } = await sharedEngine();
  const { p, q, n } = key.constants();
  const [modN, modP, modQ] = await Promise.all([n, p, q].map((m) => backend.modular({ n: m, power: 2 })));
  return {
    modN,
    modP,
    owner: new OwnerMaskSource(modN, [modP, modQ], key, seedSourceOf(seeded(seed))),
    anyone: new PublicMaskSource(modN, key.publicKey, seedSourceOf(seeded(seed))),
  };
}

describe("masks of a key's owner", () => {
  it.each([3, 40])("are hs^a as anyone makes them, to the bit (%i at a time)", async (count) => {
    for (const bits of [256, 512] as const) {
      const { modN, owner, anyone } = await open(fixedKey(bits), 11);
      for (let i = 0; i < 2; i++) expect(await modN.read(await owner.draw(count))).toEqual(await modN.read(anyone.draw(count)));
      owner.dispose();
      anyone.dispose();
    }
  });

  it("are n-th residues for other keys, all different", async () => {
    const key = plainKey();
    const { modN, owner } = await open(key, 12);
    const values = [...(await modN.read(await owner.draw(5))), ...(await modN.read(await owner.draw(40)))];
    expect(new Set(values).size).toBe(45);
    for (const v of values) expect(decryptReference(v, key.constants())).toBe(0n);
  });

  it("are not made of a half that has lost its numbers", async () => {
    const { modP, owner } = await open(fixedKey(256), 13);
    const { read } = modP;
    modP.read = async (a: ModularHandle) => (await read.call(modP, a)).fill(0n);
    try {
      await expect(owner.draw(2)).rejects.toThrow(SecurityError);
    } finally {
      modP.read = read;
    }
    expect((await owner.draw(2)).batch).toBe(2);
    owner.dispose();
    await expect(owner.draw(1)).rejects.toThrow(LifetimeError);
  });

  it("join by the Chinese remainder theorem", () => {
    const k = fixedKey(512).constants();
    const n2 = k.n ** 2n;
    for (const x of [0n, 1n, n2 - 1n, powMod(3n, k.n, n2)]) expect(joinSquares(x % k.pSquared, x % k.qSquared, k)).toBe(x);
  });
});
