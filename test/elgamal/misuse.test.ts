/** What a caller without types may pass: typed errors, and never a number that looks right. */
import { describe, expect, it } from "vitest";
import { ElGamal, generateElGamalKey, MAX_COUNT } from "../../src/elgamal/index.js";
import { EncodingError, LevelError, LifetimeError, ParameterError } from "../../src/errors.js";
import { fixedKey, map, openFixed, sharedEngine } from "./support.js";

const anything = (value: unknown) => value as never;

describe("misuse of ElGamal", () => {
  it("with look-alike keys, which no check has seen, and with no engine", async () => {
    const engine = await sharedEngine();
    const { group, y, id } = fixedKey().publicKey;
    for (const bad of [null, {}, { group, y, id }])
      await expect(ElGamal.create(engine, anything(bad))).rejects.toThrow(ParameterError);
    await expect(ElGamal.create(anything(null), fixedKey())).rejects.toThrow(ParameterError);
    await expect(ElGamal.create(anything({}), fixedKey().publicKey)).rejects.toThrow(ParameterError);
  });

  it("with a zero among factors, which says what to do", async () => {
    const elgamal = await openFixed();
    await expect(elgamal.encryptFactors([5, 0])).rejects.toThrow(EncodingError);
    await expect(elgamal.encryptFactors([5, 0])).rejects.toThrow(
      "factor 1: expected an integer from 1 to (p - 1) / 2, got 0; leave zeros out: a multiplicative group has none",
    );
    await expect(elgamal.encryptFactors([-1])).rejects.toThrow(EncodingError);
  });

  it("with values and bounds that are none", async () => {
    const elgamal = await openFixed();
    for (const bad of [null, undefined, {}, 5, [], "12"]) {
      await expect(elgamal.encryptFactors(anything(bad)), String(bad)).rejects.toThrow(ParameterError);
      await expect(elgamal.encryptCounts(anything(bad)), String(bad)).rejects.toThrow(ParameterError);
    }
    for (const bad of [[1.5], [Number.NaN], ["1"]]) {
      await expect(elgamal.encryptFactors(anything(bad))).rejects.toThrow(EncodingError);
      await expect(elgamal.encryptCounts(anything(bad))).rejects.toThrow(EncodingError);
    }
    await expect(elgamal.encryptCounts([6], { bound: 5 })).rejects.toThrow(/^count 0: expected a magnitude of at most 5, got 6/);
    await expect(elgamal.encryptCounts([2 ** 20 + 1])).rejects.toThrow(EncodingError);
    for (const bound of [-1, 1.5, MAX_COUNT + 1])
      await expect(elgamal.encryptCounts([1], { bound })).rejects.toThrow(ParameterError);
    const a = await elgamal.encryptCounts([1, 2]);
    for (const bad of [null, [], [1, 2, 3], {}])
      await expect(elgamal.multiplyPlain(a, anything(bad))).rejects.toThrow(ParameterError);
    for (const bad of [1.5, "2", [1, undefined]])
      await expect(elgamal.multiplyPlain(a, anything(bad))).rejects.toThrow(EncodingError);
    for (const groups of [0, 3, 1.5, anything("1")])
      expect(() => elgamal.sum(a, groups)).toThrow(/^sum, groups: expected a divisor of 2/);
    await expect(elgamal.power(await elgamal.encryptFactors([2]), a.key.group.p)).rejects.toThrow(ParameterError);
  });

  it("with one kind where the other belongs", async () => {
    const elgamal = await openFixed();
    const [counts, factors] = [await elgamal.encryptCounts([1]), await elgamal.encryptFactors([1])];
    expect(() => elgamal.multiply(factors, counts)).toThrow(
      "multiply: expected ciphertexts of factors, got counts; encrypt with encryptFactors",
    );
    expect(() => elgamal.product(counts)).toThrow(ParameterError);
    expect(() => elgamal.add(counts, factors)).toThrow(
      "add: expected ciphertexts of counts, got factors; encrypt with encryptCounts",
    );
    expect(() => elgamal.sum(factors)).toThrow(ParameterError);
    await expect(elgamal.power(counts, 2)).rejects.toThrow(ParameterError);
    await expect(elgamal.multiplyPlain(factors, 2)).rejects.toThrow(ParameterError);
    await expect(elgamal.decryptCounts(factors)).rejects.toThrow(ParameterError);
    await expect(elgamal.decryptFactors(counts)).rejects.toThrow(ParameterError);
  });

  it("with counts that could grow beyond the range of the search", async () => {
    const elgamal = await openFixed();
    const most = await elgamal.encryptCounts([1, 1], { bound: MAX_COUNT });
    expect(() => elgamal.add(most, most)).toThrow(LevelError);
    expect(() => elgamal.sum(most)).toThrow(
      /^sum, count budget: expected results of at most 2\^32, got up to 8589934592; .*Paillier/,
    );
    await expect(elgamal.multiplyPlain(most, -2)).rejects.toThrow(LevelError);
    await expect(elgamal.multiplyPlain(most, 1n << 1100n)).rejects.toThrow(LevelError);
    expect(await elgamal.decryptCounts(await elgamal.multiplyPlain(most, -1))).toEqual([-1, -1]);
    const zero = await elgamal.encryptCounts([0], { bound: 0 });
    expect(await elgamal.decryptCounts(await elgamal.multiplyPlain(zero, 1n << 1100n))).toEqual([0]);
  });

  it("with a count beyond its declared bound: it is not found, and the smaller bound of a caller is kept", async () => {
    const elgamal = await openFixed();
    const a = await elgamal.encryptCounts([3, 70], { bound: 100 });
    await expect(elgamal.decryptCounts(a, { bound: 10 })).rejects.toThrow(
      /^count 1: expected an integer from -10 to 10, got none in that range/,
    );
    const sections = map(await elgamal.exportSections(a));
    const text = new TextDecoder().decode(sections.get("C0MT")).replace('"bound":100', '"bound":60');
    const lying = await elgamal.importSections(sections.set("C0MT", new TextEncoder().encode(text)));
    await expect(elgamal.decryptCounts(lying)).rejects.toThrow(EncodingError);
    expect(await elgamal.decryptCounts(a, { bound: 10 ** 6 })).toEqual([3, 70]);
  });

  it("with a controller for its signal", async () => {
    const elgamal = await openFixed();
    const [a, b] = [await elgamal.encryptCounts([1]), await elgamal.encryptFactors([1])];
    const options = { signal: anything(new AbortController()) };
    for (const use of [
      () => elgamal.encryptCounts([1], options),
      () => elgamal.encryptFactors([1], options),
      () => elgamal.rerandomise(a, options),
      () => elgamal.exportSections(a, options),
      () => elgamal.exportSections(a).then((sections) => elgamal.importSections(map(sections), options)),
      () => elgamal.multiplyPlain(a, -1, options),
      () => elgamal.decryptCounts(a, options),
      () => elgamal.decryptFactors(b, options),
    ])
      await expect(use().then(String)).rejects.toThrow(/^signal: expected an AbortSignal/);
    const aborted = { signal: AbortSignal.abort(new Error("enough")) };
    await expect(elgamal.decryptCounts(a, aborted)).rejects.toThrow("enough");
    await expect(elgamal.encryptCounts([1], aborted)).rejects.toThrow("enough");
  });

  it("after its end", async () => {
    const elgamal = await openFixed();
    const a = await elgamal.encryptCounts([1]);
    const kept = await elgamal.encryptCounts([1]);
    a.dispose();
    a.dispose();
    expect(a.disposed).toBe(true);
    expect(() => elgamal.sum(a)).toThrow(LifetimeError);
    elgamal.dispose();
    await expect(elgamal.encryptCounts([1])).rejects.toThrow(LifetimeError);
    await expect(elgamal.encryptFactors([1])).rejects.toThrow(LifetimeError);
    await expect(elgamal.rerandomise(kept)).rejects.toThrow(LifetimeError);
    await expect(elgamal.decryptCounts(kept)).rejects.toThrow(LifetimeError);
    const key = await generateElGamalKey({ group: "ffdhe2048" });
    const other = await ElGamal.create(await sharedEngine(), key);
    const b = await other.encryptCounts([1]);
    key.dispose();
    await expect(other.decryptCounts(b)).rejects.toThrow(LifetimeError);
  });
});
