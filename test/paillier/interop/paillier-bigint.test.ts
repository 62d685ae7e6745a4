import { generateRandomKeysSync, PrivateKey, PublicKey } from "paillier-bigint";
import { beforeAll, describe, expect, it } from "vitest";
import { EncodingError, KeyMismatchError, ParameterError, SecurityError, WireError } from "../../../src/errors.js";
import { powMod } from "../../../src/math/modular.js";
import { PaillierBigint, PaillierBigintDecryptor } from "../../../src/paillier/interop/paillier-bigint.js";
import {
  fromPaillierBigint,
  type PaillierBigintFields,
  toPaillierBigint,
} from "../../../src/paillier/interop/paillier-bigint-key.js";
import { Paillier } from "../../../src/paillier/paillier.js";
import { fixedKey, sharedEngine } from "../support.js";
import { vector } from "./support.js";

const unsafe = { unsafe: true };

/** The fields of its objects. Its types keep the primes private. */
function fieldsOf({ publicKey, privateKey }: ReturnType<typeof generateRandomKeysSync>) {
  const { _p: p, _q: q } = privateKey as unknown as { _p: bigint; _q: bigint };
  return { n: publicKey.n, g: publicKey.g, lambda: privateKey.lambda, mu: privateKey.mu, p, q };
}

async function decryptorOf(fields: PaillierBigintFields): Promise<PaillierBigintDecryptor> {
  const key = fromPaillierBigint(fields, unsafe);
  return new PaillierBigintDecryptor(await Paillier.create(await sharedEngine(), key.secretKey), key);
}

async function publicOf({ n, g }: { n: bigint; g: bigint }): Promise<PaillierBigint> {
  const key = fromPaillierBigint({ n, g }, unsafe);
  return new PaillierBigint(await Paillier.create(await sharedEngine(), key.publicKey), key);
}

describe.each([
  ["g = n + 1", true],
  ["a random g", false],
])("the npm package paillier-bigint with %s", (_name, simple) => {
  const pair = generateRandomKeysSync(512, simple);
  const theirs = fieldsOf(pair);
  const { n } = theirs;
  const values = [0n, 1n, 2n ** 60n, 123456789n, n - 1n];
  const encrypted = values.map((m) => pair.publicKey.encrypt(m));
  const openBy = (c: bigint) => pair.privateKey.decrypt(c);
  let owner: PaillierBigintDecryptor;
  let anybody: PaillierBigint;

  beforeAll(async () => {
    owner = await decryptorOf(theirs);
    anybody = await publicOf(theirs);
  });

  it("encrypts what we decrypt, also after its additions and products", async () => {
    expect(owner.key.simple).toBe(simple);
    expect(await owner.decrypt(owner.importIntegers(encrypted))).toEqual(values);
    const { publicKey } = pair;
    const computed = [
      publicKey.addition(encrypted[1]!, encrypted[2]!, encrypted[3]!),
      publicKey.multiply(encrypted[3]!, 1000n),
      publicKey.plaintextAddition(encrypted[2]!, 5n, 6n),
    ];
    const want = [1n + 2n ** 60n + 123456789n, 123456789000n, 2n ** 60n + 11n];
    expect(await owner.decrypt(owner.importIntegers(computed))).toEqual(want);
  });

  it("decrypts what we encrypt, with the secret key and without", async () => {
    for (const session of [owner, anybody]) {
      const ours = await session.encrypt([...values, -5n]);
      expect((await session.exportIntegers(ours)).map(openBy)).toEqual([...values, n - 5n]);
    }
  });

  it("decrypts what we compute from its ciphertexts", async () => {
    const a = anybody.importIntegers(encrypted);
    const read = async (c: Parameters<PaillierBigint["exportIntegers"]>[0]) => (await anybody.exportIntegers(c)).map(openBy);
    const mod = (x: bigint) => ((x % n) + n) % n;
    expect(await read(anybody.add(a, a))).toEqual(values.map((m) => mod(2n * m)));
    expect(await read(anybody.add(a, await anybody.encrypt([7n])))).toEqual(values.map((m) => mod(m + 7n)));
    expect(await read(anybody.addPlain(a, [-3n]))).toEqual(values.map((m) => mod(m - 3n)));
    expect(await read(anybody.addPlain(a, values))).toEqual(values.map((m) => mod(2n * m)));
    expect(await read(await anybody.multiplyPlain(a, [-2n]))).toEqual(values.map((m) => mod(-2n * m)));
    expect(await read(await anybody.multiplyPlain(a, [0n, 1n, 3n, -4n, n - 1n]))).toEqual(
      [0n, 1n, 3n, -4n, -1n].map((k, i) => mod(k * values[i]!)),
    );
    expect(await read(anybody.sum(a))).toEqual([mod(values.reduce((s, m) => s + m, 0n))]);
    const weights = [
      [1n, -2n, 3n, 0n, 5n],
      [0n, 7n, 0n, 0n, -1n],
    ];
    const dots = weights.map((row) => mod(row.reduce((s, w, i) => s + w * values[i]!, 0n)));
    expect(await read(await anybody.dot(a, weights))).toEqual(dots);
    expect(await owner.decrypt(await owner.dot(owner.importIntegers(encrypted), weights))).toEqual(dots);
    expect(await owner.decrypt(owner.importIntegers(encrypted), { signed: true })).toEqual([...values.slice(0, 4), -1n]);
  });

  it("re-randomises what leaves, unless it is fresh", async () => {
    const a = anybody.importIntegers(encrypted);
    const out = await anybody.exportIntegers(a);
    expect(out.some((c) => encrypted.includes(c))).toBe(false);
    expect(out.map(openBy)).toEqual(values);
    const zero = await anybody.multiplyPlain(a, [0n]);
    expect(await anybody.exportIntegers(zero)).not.toContain(1n);
    const fresh = await anybody.encrypt([5n]);
    expect(await anybody.exportIntegers(fresh)).toEqual(await anybody.exportIntegers(fresh));
    const [c, d] = [await anybody.exportIntegers(await anybody.encrypt([5n])), await anybody.exportIntegers(fresh)];
    expect(c).not.toEqual(d);
  });

  it("has keys that are read without their primes, and as text", async () => {
    const { p, q, ...rest } = theirs;
    const text = (radix: 10 | 16) =>
      Object.fromEntries(Object.entries(theirs).map(([k, v]) => [k, radix === 16 ? `0x${v.toString(16)}` : `${v}`]));
    const forms: unknown[] = [
      rest,
      { ...rest, mu: undefined },
      { ...theirs, lambda: undefined, mu: undefined },
      text(10),
      text(16),
    ];
    for (const form of forms) {
      const session = await decryptorOf(form as PaillierBigintFields);
      expect(await session.decrypt(session.importIntegers(encrypted))).toEqual(values);
    }
    expect(fromPaillierBigint({ ...rest, lambda: (p - 1n) * (q - 1n), mu: undefined }, unsafe).secretKey.publicKey.n).toBe(n);
  });

  it("has keys that are written as it wrote them", () => {
    const key = fromPaillierBigint(theirs, unsafe);
    const sorted = ({ p, q, ...rest }: PaillierBigintFields<bigint>) => ({ ...rest, primes: [p, q].sort() });
    expect(sorted(toPaillierBigint(key))).toEqual(sorted(theirs));
    expect(toPaillierBigint(fromPaillierBigint({ n, g: theirs.g }, unsafe))).toEqual({ n, g: theirs.g });
    const lost = fromPaillierBigint({ n, g: theirs.g, lambda: theirs.lambda }, unsafe);
    expect(sorted(toPaillierBigint(lost))).toEqual(sorted(theirs));
    // And it works with what it is given.
    const { g, lambda, mu, p, q } = toPaillierBigint(key);
    const publicKey = new PublicKey(n, g);
    for (const privateKey of [new PrivateKey(lambda!, mu!, publicKey, p, q), new PrivateKey(lambda!, mu!, publicKey)])
      expect(privateKey.decrypt(encrypted[3]!)).toBe(values[3]);
  });
});

describe("our keys in paillier-bigint", () => {
  it("encrypt and decrypt there", async () => {
    const key = fixedKey(512);
    const { n, g, lambda, mu, p, q } = toPaillierBigint(key);
    const publicKey = new PublicKey(n, g);
    const privateKey = new PrivateKey(lambda!, mu!, publicKey, p, q);
    const paillier = await Paillier.create(await sharedEngine(), key);
    const [c] = await paillier.exportIntegers(await paillier.encrypt([424242n]));
    expect(privateKey.decrypt(c!)).toBe(424242n);
    const d = paillier.importIntegers([
      publicKey.addition(publicKey.encrypt(40n), publicKey.encrypt(2n)),
      publicKey.multiply(c!, 2n),
    ]);
    expect(await paillier.decrypt(d)).toEqual(Float64Array.of(42, 848484));
    expect(toPaillierBigint(key.publicKey)).toEqual({ n, g: n + 1n });
  });

  it("of a known answer under a random generator decrypt", async () => {
    // The documented key of 17 bits is too short to open; its equations are those of ours.
    const [toy] = vector<{ g_random: Record<string, string>[] }>("phe-and-paillierjs-toy.json").g_random;
    const { n, g, lambda, mu, m, c } = Object.fromEntries(Object.entries(toy!).map(([k, v]) => [k, BigInt(v)]));
    const L = (u: bigint) => (u - 1n) / n!;
    expect((L(powMod(c!, lambda!, n! * n!)) * mu!) % n!).toBe(m);
    expect((L(powMod(g!, lambda!, n! * n!)) * mu!) % n!).toBe(1n);
  });
});

describe("misuse of keys of paillier-bigint", () => {
  const simple = fieldsOf(generateRandomKeysSync(512, true));
  const random = fieldsOf(generateRandomKeysSync(512, false));
  const { n, p } = random;
  const anything = (value: unknown) => value as never;

  it("with fields that are no integers", () => {
    for (const field of ["n", "g", "lambda", "mu", "p", "q"]) {
      for (const bad of [5, "abc", "-5", -5n, "0x", "", "1.5", null, `1${"0".repeat(2500)}`, 1n << 8192n]) {
        const run = () => fromPaillierBigint(anything({ ...random, [field]: bad }), unsafe);
        expect(run, `${field} = ${bad}`).toThrow(WireError);
        expect(run).toThrow(new RegExp(`field '${field}'`));
      }
    }
    for (const bad of [null, undefined, 5, "key"]) expect(() => fromPaillierBigint(anything(bad))).toThrow(WireError);
    for (const bad of [null, {}, simple]) expect(() => toPaillierBigint(anything(bad))).toThrow(ParameterError);
  });

  it("with parts that do not belong together", () => {
    const cases: Partial<PaillierBigintFields>[] = [
      { p: simple.p },
      { p: undefined },
      { q: undefined },
      { lambda: random.lambda + 2n },
      { lambda: simple.lambda },
      { lambda: 2n * (random.p - 1n), mu: undefined },
      { lambda: 2n * (random.q - 1n), mu: undefined },
      { p: undefined, q: undefined, lambda: simple.lambda },
      { p: undefined, q: undefined, lambda: undefined },
      { mu: random.mu + 1n },
      { mu: simple.mu },
      { n: n + 1n },
      { n: simple.n, g: simple.g },
      // Generators under which a plaintext modulo p, or all of it, is lost.
      { g: 1n + p * n, mu: undefined },
      { g: powMod(2n, n, n * n), mu: undefined },
    ];
    for (const [i, change] of cases.entries())
      expect(() => fromPaillierBigint({ ...random, ...change }, unsafe), `case ${i}`).toThrow(SecurityError);
    for (const g of [0n, n, n * n, p * p]) expect(() => fromPaillierBigint({ ...random, g }, unsafe)).toThrow(/field 'g'/);
    expect(() => fromPaillierBigint(random)).toThrow(/at least 2048 bits/);
  });

  it("with other keys, other generators and no secret", async () => {
    const key = fromPaillierBigint(random, unsafe);
    const open = fromPaillierBigint({ n, g: random.g }, unsafe);
    const engine = await sharedEngine();
    const scheme = await Paillier.create(engine, key.secretKey);
    expect(() => open.secretKey).toThrow(ParameterError);
    expect(() => new PaillierBigint(anything({}), key)).toThrow(ParameterError);
    expect(() => new PaillierBigint(scheme, anything(random))).toThrow(ParameterError);
    expect(() => new PaillierBigint(scheme, fromPaillierBigint(simple, unsafe))).toThrow(KeyMismatchError);
    expect(() => new PaillierBigintDecryptor(scheme, open)).toThrow(/got a public key/);
    const blind = await Paillier.create(engine, key.publicKey);
    expect(() => new PaillierBigintDecryptor(anything(blind), key)).toThrow(/a Paillier of a public key/);
    const session = new PaillierBigintDecryptor(scheme, key);
    // Under g = n + 1 the same numbers mean something else.
    const plain = new PaillierBigintDecryptor(scheme, fromPaillierBigint({ ...random, g: n + 1n, mu: undefined }, unsafe));
    const a = await session.encrypt([1n, 2n]);
    expect(() => plain.add(a, a)).toThrow(KeyMismatchError);
    await expect(plain.decrypt(a)).rejects.toThrow(KeyMismatchError);
    await expect((async () => plain.exportIntegers(a))()).rejects.toThrow(/generator: expected that of this key, got another/);
    for (const bad of [null, {}, 5]) {
      expect(() => session.add(a, anything(bad))).toThrow(KeyMismatchError);
      await expect(session.decrypt(anything(bad))).rejects.toThrow(KeyMismatchError);
    }
  });

  it("with values that are none", async () => {
    const session = await decryptorOf(random);
    const a = await session.encrypt([1n, 2n]);
    for (const bad of [null, [], 5, [5], ["5"], [n], [-n]]) {
      await expect(session.encrypt(anything(bad))).rejects.toThrow(EncodingError);
      expect(() => session.addPlain(a, anything(bad))).toThrow(EncodingError);
      await expect(session.multiplyPlain(a, anything(bad))).rejects.toThrow(EncodingError);
    }
    expect(() => session.addPlain(a, [1n, 2n, 3n])).toThrow(ParameterError);
    await expect(session.multiplyPlain(a, [1n, 2n, 3n])).rejects.toThrow(ParameterError);
    expect(() => session.sum(a, 3)).toThrow(ParameterError);
    for (const bad of [null, [], [[1n]], [null]]) await expect(session.dot(a, anything(bad))).rejects.toThrow(ParameterError);
    await expect(session.dot(a, anything([[1, 2]]))).rejects.toThrow(EncodingError);
    for (const bad of [0n, n, n * n, p]) expect(() => session.importIntegers([bad])).toThrow(WireError);
  });
});
