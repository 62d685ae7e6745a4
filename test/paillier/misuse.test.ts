/** What a caller without types may pass: typed errors, and never a number that looks right. */
import { describe, expect, it } from "vitest";
import { EncodingError, LifetimeError, ParameterError, WireError } from "../../src/errors.js";
import { generatePaillierKey, Paillier, type PaillierPublicKey } from "../../src/paillier/index.js";
import { fixedKey, openFixed, sharedEngine } from "./support.js";

const anything = (value: unknown) => value as never;

describe("misuse of Paillier", () => {
  it("with look-alike keys, which no check has seen, and with no engine", async () => {
    const engine = await sharedEngine();
    const { n, bits, id, hs } = fixedKey(256).publicKey;
    for (const bad of [null, {}, { n: 15n }, { n, bits, id, hs, blum: true }]) {
      await expect(Paillier.create(engine, anything(bad) as PaillierPublicKey)).rejects.toThrow(ParameterError);
    }
    await expect(Paillier.create(anything(null), fixedKey(256))).rejects.toThrow(ParameterError);
  });

  it("with values that are no vectors", async () => {
    const paillier = await openFixed();
    for (const bad of [null, undefined, {}, 5]) {
      await expect(paillier.encrypt(anything(bad)), String(bad)).rejects.toThrow(EncodingError);
      await expect(paillier.encryptSlots(anything(bad)), String(bad)).rejects.toThrow(ParameterError);
    }
    await expect(paillier.encryptSlots(anything([1, 2]))).rejects.toThrow(EncodingError);
    for (const scaleBits of [Number.NaN, 1.5, -1, 1e9])
      await expect(paillier.encrypt([1], { scaleBits })).rejects.toThrow(ParameterError);
    const a = await paillier.encrypt([1, 2]);
    expect(() => paillier.addPlain(a, anything([1, 2]))).toThrow(EncodingError);
    await expect(paillier.multiplyPlain(a, anything(null))).rejects.toThrow(EncodingError);
    expect(await paillier.decrypt(await paillier.multiplyPlain(a, anything(Float64Array.of(3))))).toEqual(Float64Array.of(3, 6));
    for (const bad of [null, [null], [1, 2], "12"]) await expect(paillier.dot(a, anything(bad))).rejects.toThrow(ParameterError);
    for (const bad of [null, 5, [], [a, null], ["x"]]) expect(() => paillier.addMany(anything(bad))).toThrow(/^addMany.*got/);
    for (const bad of [null, [5], ["5"], 5n]) expect(() => paillier.importIntegers(anything(bad))).toThrow(WireError);
  });

  it("with plaintexts that are no integers", async () => {
    const paillier = await openFixed();
    for (const bad of [null, [], 5, "12"])
      await expect(paillier.encryptPlaintexts(anything(bad))).rejects.toThrow(ParameterError);
    for (const bad of [[1], ["1"], [1n, null]])
      await expect(paillier.encryptPlaintexts(anything(bad))).rejects.toThrow(EncodingError);
  });

  it("with a controller for its signal", async () => {
    const paillier = await openFixed();
    const a = await paillier.encrypt([1]);
    const options = { signal: anything(new AbortController()) };
    await expect(paillier.encrypt([1], options)).rejects.toThrow(/^signal: expected an AbortSignal/);
    await expect(paillier.decrypt(a, options)).rejects.toThrow(ParameterError);
    await expect(paillier.rerandomise(a, options)).rejects.toThrow(ParameterError);
    await expect(paillier.exportIntegers(a, options).then(String)).rejects.toThrow(ParameterError);
    await expect(paillier.exportSections(a, options)).rejects.toThrow(ParameterError);
    await expect(generatePaillierKey({ bits: 64, unsafe: true, ...options })).rejects.toThrow(ParameterError);
  });

  it("after its end", async () => {
    const paillier = await openFixed();
    const a = await paillier.encrypt([1]);
    paillier.dispose();
    await expect(paillier.encrypt([1])).rejects.toThrow(LifetimeError);
    await expect(paillier.rerandomise(a)).rejects.toThrow(LifetimeError);
  });
});
