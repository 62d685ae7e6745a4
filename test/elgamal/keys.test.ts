import { describe, expect, it, vi } from "vitest";
import { ElGamalPublicKey, ElGamalSecretKey, elGamalGroup, GROUP_NAMES, generateElGamalKey } from "../../src/elgamal/index.js";
import { KeyMismatchError, LifetimeError, ParameterError, SecurityError } from "../../src/errors.js";
import { bytesToBigint, bytesToHex } from "../../src/math/bytes.js";
import { jacobi } from "../../src/math/jacobi.js";
import { bitLength, powMod } from "../../src/math/modular.js";
import { fixedKey, seeded } from "./support.js";

const { p, q } = elGamalGroup("ffdhe2048");

describe("public keys", () => {
  it("are powers of g", () => {
    const key = fixedKey();
    expect(key.publicKey.y).toBe(powMod(2n, key.exponent(), p));
    expect(ElGamalPublicKey.fromValue("ffdhe2048", key.publicKey.y).equals(key.publicKey)).toBe(true);
    expect(fixedKey("ffdhe2048", 2).publicKey.equals(key.publicKey)).toBe(false);
  });

  it("keep their id, in which the group has a part", () => {
    expect(bytesToHex(fixedKey().publicKey.id)).toBe("9634b44d3fb9da47232f7ca20cd48a5b12ed26f54153f1d8ec06a1e6b56c0219");
    const ids = GROUP_NAMES.map((name) => bytesToHex(ElGamalPublicKey.fromValue(name, 4n).id));
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ["0", 0n, /1 or less/],
    ["1", 1n, /1 or less/],
    ["-4", -4n, /1 or less/],
    ["p", p, /p or more/],
    ["p + 4", p + 4n, /p or more/],
    ["-1", p - 1n, /outside of the subgroup/],
    ["-y", p - fixedKey().publicKey.y, /outside of the subgroup/],
    ["a number", 4 as never, /got 4;/],
  ])("are refused: %s", (_name, y, message) => {
    expect(() => ElGamalPublicKey.fromValue("ffdhe2048", y)).toThrow(SecurityError);
    expect(() => ElGamalPublicKey.fromValue("ffdhe2048", y)).toThrow(message);
  });

  it("tell other keys' data apart", () => {
    const { publicKey } = fixedKey();
    expect(() => publicKey.requireId(publicKey.id, "request")).not.toThrow();
    expect(() => publicKey.requireId(fixedKey("ffdhe2048", 2).publicKey.id, "request")).toThrow(KeyMismatchError);
  });
});

describe("secret keys", () => {
  it.each(GROUP_NAMES)("are made with exponents of one length: %s", async (group) => {
    const keys = await Promise.all([1, 2, 3].map(() => generateElGamalKey({ group })));
    const { exponentBits } = elGamalGroup(group);
    expect(keys.map((key) => bitLength(key.exponent()))).toEqual([exponentBits, exponentBits, exponentBits]);
    expect(new Set(keys.map((key) => key.exponent())).size).toBe(3);
    for (const key of keys) expect(jacobi(key.publicKey.y, key.publicKey.group.p)).toBe(1);
  });

  it("are those of the default group, and follow from a seed", async () => {
    expect((await generateElGamalKey()).publicKey.group.name).toBe("ffdhe3072");
    const make = async (seed: number) => (await generateElGamalKey({ group: "ffdhe2048", ...seeded(seed) })).exponent();
    expect(await make(1)).toBe(await make(1));
    expect(await make(1)).not.toBe(await make(2));
    await expect(generateElGamalKey({ group: "modp14" as never })).rejects.toThrow(ParameterError);
  });

  it("are refused when short, too large or no numbers", () => {
    const make = (x: unknown) => () => ElGamalSecretKey.fromExponent("ffdhe2048", x as bigint);
    expect(make(1n << 255n)).not.toThrow();
    expect(make(q - 1n)).not.toThrow();
    for (const bad of [(1n << 255n) - 1n, 0n, -(1n << 255n), q, p, 5, "5", null]) expect(make(bad)).toThrow(SecurityError);
    // A secret is not repeated in a message.
    expect(make(123456789n)).toThrow(/got one of 27 bits/);
  });

  it("overwrite their exponent", () => {
    const key = fixedKey();
    const [x, copy] = [key.exponent(), key.exponentBytes()];
    const fill = vi.spyOn(Uint8Array.prototype, "fill");
    key.dispose();
    const [own] = fill.mock.contexts as Uint8Array[];
    fill.mockRestore();
    expect([own.length, own.every((byte) => byte === 0)]).toEqual([256, true]);
    key.dispose();
    expect(key.disposed).toBe(true);
    // The copy is the caller's own and is untouched.
    expect(bytesToBigint(copy)).toBe(x);
    expect(() => key.exponent()).toThrow(LifetimeError);
    expect(() => key.exponentBytes()).toThrow(LifetimeError);
  });
});
