import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { EncodingError, KeyMismatchError, LevelError, LifetimeError, ParameterError, WireError } from "../../../src/errors.js";
import { decodeNumber } from "../../../src/paillier/interop/encoded-number.js";
import type { EncryptedNumbers } from "../../../src/paillier/interop/encrypted-numbers.js";
import { PhePaillier, PhePaillierDecryptor } from "../../../src/paillier/interop/phe-paillier.js";
import { Paillier, type PaillierDecryptor } from "../../../src/paillier/paillier.js";
import { fixedKey, openFixed, seeded, sharedEngine } from "../support.js";
import { decoded, type Literal, type Operation, type PheOperations, pythonValue, secretKeyOf, vector } from "./support.js";

const known = vector<PheOperations>("phe-512-operations.json");
let paillier: PaillierDecryptor;
let phe: PhePaillierDecryptor;

beforeAll(async () => {
  paillier = await Paillier.create(await sharedEngine(), secretKeyOf(known));
  phe = new PhePaillierDecryptor(paillier);
});

const list = (items: readonly { readonly v: string; readonly e: number }[]) =>
  JSON.stringify(items.map(({ v, e }) => ({ v, e })));
const readItem = (i: number) => phe.readJson(list([known.items[i]!]));

async function run({ op, a = 0, b = 0, to = 0, times = 1, scalar, weights }: Operation): Promise<EncryptedNumbers> {
  const plain = scalar && [pythonValue(scalar)];
  switch (op) {
    case "add":
      return phe.add(readItem(a), readItem(b));
    case "subtract":
      return phe.subtract(readItem(a), readItem(b));
    case "add plain":
      return phe.addPlain(readItem(a), plain!);
    case "multiply plain":
      return phe.multiplyPlain(readItem(a), plain!);
    case "divide":
      return phe.divide(readItem(a), plain!);
    case "decrease exponent":
      return phe.decreaseExponentTo(readItem(a), to);
    case "power of two, times": {
      let c = readItem(a);
      for (let i = 0; i < times; i++) c = await phe.multiplyPlain(c, plain!);
      return c;
    }
    case "sum":
      return phe.sum(phe.readJson(list(known.items)));
    case "dot":
      return phe.dot(phe.readJson(list(known.items)), [weights!.map(pythonValue)]);
    default:
      throw new Error(`no such operation: ${op}`);
  }
}

describe("python-paillier's encrypted numbers", () => {
  it("decrypt to what it says, ints as integers and floats as floats", async () => {
    const numbers = phe.readJson(list(known.items));
    const want = known.items.map(({ value }) => decoded(value));
    expect(await phe.decrypt(numbers)).toEqual(want);
    expect(want.map((v) => typeof v)).toContain("bigint");
    expect(await phe.decryptNumbers(numbers)).toEqual(Float64Array.from(want, Number));
  });

  it.each(known.ops.map((o, i) => [`${i}, ${o.op}`, o] as const))("give the same results: operation %s", async (_name, o) => {
    if (o.e === undefined) {
      await expect((async () => run(o))()).rejects.toThrow(o.op === "decrease exponent" ? ParameterError : EncodingError);
      return;
    }
    const result = await run(o);
    expect(result.exponents).toEqual([o.e]);
    expect(await paillier.decryptPlaintexts(result.ciphertexts)).toEqual([BigInt(o.plaintext!)]);
    if (o.decrypts_to === undefined) await expect(phe.decrypt(result)).rejects.toThrow(/the computation has overflowed/);
    else {
      const want = decoded(o.decrypts_to as Literal);
      expect(await phe.decrypt(result)).toEqual([want === 0 ? 0 : want]);
    }
    result.dispose();
  });

  it("are all in the list of operations, overflow included", () => {
    const kinds = (f: (o: Operation) => boolean) => known.ops.filter(f).length;
    expect(kinds(() => true)).toBe(161);
    expect(kinds((o) => o.error === "OverflowError" && o.e !== undefined)).toBe(1);
    expect(kinds((o) => o.e === undefined)).toBe(3);
  });
});

describe("python-paillier's command line", () => {
  interface Cli {
    readonly private_key_jwk: Record<string, unknown>;
    readonly ints: { v: string; e: number; value: string }[];
    readonly floats: {
      value: string;
      native_exponent: number;
      native_encoding_signed: string;
      native_v: string;
      cli: { v: string; e: number };
      phe_decrypts_to: string;
    }[];
    readonly ops: { op: string; e: number; v: string; decrypts_to: string }[];
  }
  const cli = vector<Cli>("phe-2048-cli.json");

  it("wrote 2048-bit ciphertexts that decrypt, compute and lower as it says", async () => {
    const { readPheSecretKey } = await import("../../../src/paillier/interop/key-json.js");
    const { secretKey } = readPheSecretKey(JSON.stringify(cli.private_key_jwk));
    const scheme = await Paillier.create(await sharedEngine(), secretKey);
    const own = new PhePaillierDecryptor(scheme);
    const integers = async (x: EncryptedNumbers) => (await own.decryptEncoded(x)).map((v) => v.integer);
    const ints = own.readJson(list(cli.ints));
    expect(await integers(ints)).toEqual(cli.ints.map(({ value }) => BigInt(value)));
    const native = own.readJson(list(cli.floats.map((f) => ({ v: f.native_v, e: f.native_exponent }))));
    expect(await integers(native)).toEqual(cli.floats.map((f) => BigInt(f.native_encoding_signed)));
    expect([...(await own.decryptNumbers(native))]).toEqual(cli.floats.map((f) => Number(f.phe_decrypts_to)));
    // The command line lowers what lies above -32; the two ciphertexts of a value then hold the same integer.
    const lowered = own.decreaseExponentTo(
      native,
      native.exponents.map((e) => Math.min(e, -32)),
    );
    const theirs = own.readJson(list(cli.floats.map((f) => f.cli)));
    expect(lowered.exponents).toEqual(theirs.exponents);
    expect(await integers(lowered)).toEqual(await integers(theirs));
    const results = own.readJson(list(cli.ops));
    expect([...(await own.decryptNumbers(results))]).toEqual(cli.ops.map((o) => Number(o.decrypts_to)));
    const x = own.readJson(
      list([cli.floats.find((f) => f.value === "123.45")!].map((f) => ({ v: f.native_v, e: f.native_exponent }))),
    );
    const y = await own.encrypt([-67.89]);
    const seven = await own.encrypt([7n]);
    const ours: Record<string, EncryptedNumbers> = {
      "E(123.45)+E(-67.89)": await own.add(x, y),
      "E(123.45)+100": own.addPlain(x, 100),
      "E(7)+0.5": own.addPlain(seven, 0.5),
      "E(123.45)*-3": await own.multiplyPlain(x, -3n),
      "E(123.45)*0.6": await own.multiplyPlain(x, 0.6),
      "E(7)*-2.5": await own.multiplyPlain(seven, -2.5),
      "E(123.45)-E(7)": await own.subtract(x, seven),
      "E(123.45)/4": await own.divide(x, 4n),
    };
    const plain = await integers(results);
    expect(cli.ops.length).toBe(8);
    for (const [i, { op, e }] of cli.ops.entries()) {
      expect([ours[op]!.exponents, await integers(ours[op]!)], op).toEqual([[e], [plain[i]]]);
    }
    scheme.dispose();
  });
});

describe("PhePaillier", () => {
  it("computes on batches as on single numbers", async () => {
    const values = [1.5, -0.001, 7n, 1e10, 0.25, -3n];
    const a = await phe.encrypt(values);
    const b = await phe.encrypt([0.5, 100n, -2e-7]);
    const sum = await phe.add(a, b);
    expect(sum.exponents).toEqual(values.map((_, i) => Math.min(a.exponents[i]!, b.exponents[i % 3]!)));
    const plus = [0.5, 100, -2e-7];
    expect([...(await phe.decryptNumbers(sum))]).toEqual(values.map((v, i) => Number(v) + plus[i % 3]!));
    const halves = await phe.sum(a, 2);
    expect(halves.exponents).toEqual([-16, -14]);
    expect(await phe.decryptNumbers(halves)).toEqual(Float64Array.of(8.499, 1e10 + 0.25 - 3));
    expect(await phe.decryptNumbers(await phe.multiplyPlain(a, [2n, -1n]))).toEqual(Float64Array.of(3, 0.001, 14, -1e10, 0.5, 3));
  });

  it("takes dot products of groups of different exponents, as sums of products", async () => {
    const rows = [
      [1.5, -2n, 1e6],
      [3n, 0.1, -7.25],
      [-1.25, 4n, 9e5],
    ] as const;
    const weights = [
      [2n, -0.5, 3n],
      [0, 1e-3, -1n],
    ] as const;
    const a = await phe.encrypt(rows.flat());
    const result = await phe.dot(a, weights, { groups: 3 });
    const single = async (row: number, o: number) => {
      const x = phe.readJson(await phe.writeJson(a));
      const terms = [];
      for (let k = 0; k < 3; k++) {
        const [v] = await paillier.exportIntegers(paillier.slice(x.ciphertexts, 3 * row + k, 1));
        const c = phe.readJson(list([{ v: `${v}`, e: a.exponents[3 * row + k]! }]));
        terms.push(await phe.multiplyPlain(c, weights[o]![k]!));
      }
      return phe.add(await phe.add(terms[0]!, terms[1]!), terms[2]!);
    };
    const got = await phe.decryptEncoded(result);
    for (let g = 0; g < 3; g++) {
      for (let o = 0; o < 2; o++) expect([got[2 * g + o]]).toEqual(await phe.decryptEncoded(await single(g, o)));
    }
    // The first and the third row have equal exponents and go together.
    expect(a.exponents.slice(0, 3)).toEqual(a.exponents.slice(6));
    expect(Number(decodeNumber(got[0]!))).toBe(3 + 1 + 3e6);
  });

  it("takes weights that are longer than n once they are aligned", async () => {
    const a = await phe.encrypt([3n, 5n]);
    // 2^400 at exponent 0 and 16^-80 at -93 are brought to -93: 772 bits, under a key of 512.
    const result = await phe.dot(a, [[2n ** 400n, 16 ** -80]]);
    expect(result.exponents).toEqual([-93]);
    const { n } = phe.publicKey;
    const want = (3n * 2n ** 400n * 16n ** 93n + 5n * 16n ** 13n) % n;
    expect(await paillier.decryptPlaintexts(result.ciphertexts)).toEqual([want]);
  });

  it("does each operation in a fixed number of kernel calls, however many numbers there are", async () => {
    const { kernels } = paillier.context();
    const spies = (["power", "multiPower", "multiply", "products", "read"] as const).map((name) => vi.spyOn(kernels, name));
    try {
      const calls = async (batch: number) => {
        const a = await phe.encrypt(Array.from({ length: batch }, (_, i) => (i % 2 === 0 ? 1.5 : 3n)));
        const b = await phe.encrypt(Array.from({ length: batch }, (_, i) => (i % 3 === 0 ? -2.5 : 1e6)));
        const counts: number[][] = [];
        const operations = [
          () => phe.add(a, b),
          () => phe.subtract(a, b),
          () => phe.addPlain(a, 0.25),
          () => phe.multiplyPlain(a, [2n, -0.5]),
          () => phe.sum(a, 2),
          () => phe.decreaseExponentTo(a, -20),
          () => phe.dot(phe.decreaseExponentTo(a, -13), [[1n, -2n]], { groups: batch / 2 }),
        ];
        for (const run of operations) {
          for (const spy of spies) spy.mockClear();
          await run();
          counts.push(spies.map((spy) => spy.mock.calls.length));
        }
        return counts;
      };
      const few = await calls(4);
      expect(await calls(24)).toEqual(few);
      expect(few[0]![0]).toBe(2);
      // Lowering picks and places items once each; the quotient sorts numerators from denominators.
      expect(few[6]).toEqual([1, 1, 1, 6, 1]);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });

  it("adds, multiplies and divides as rationals do, whatever the numbers", async () => {
    const number = fc.oneof(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      fc.constantFrom(0, 0n, 1, -1n, 0.1),
    );
    const exact = ({ integer, exponent }: { integer: bigint; exponent: number }) => integer << BigInt(4 * (exponent + 1200));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 4 }), async (pairs) => {
        const small = pairs.filter(([x, y]) => [x, y].every((v) => v === 0 || Math.abs(Number(v)) > 1e-9));
        fc.pre(small.length > 0);
        const [xs, ys] = [small.map(([x]) => x), small.map(([, y]) => y)];
        const [a, b] = [await phe.encrypt(xs), await phe.encrypt(ys)];
        const [ea, eb] = [await phe.decryptEncoded(a), await phe.decryptEncoded(b)];
        const check = async (c: EncryptedNumbers, want: (i: number) => bigint) => {
          const got = await phe.decryptEncoded(c);
          for (const [i, v] of got.entries()) expect(exact(v)).toBe(want(i));
          c.dispose();
        };
        await check(await phe.add(a, b), (i) => exact(ea[i]!) + exact(eb[i]!));
        await check(await phe.subtract(a, b), (i) => exact(ea[i]!) - exact(eb[i]!));
        await check(phe.addPlain(a, ys), (i) => exact(ea[i]!) + exact({ ...eb[i]!, ...(ys[i] === 0 ? { integer: 0n } : {}) }));
        await check(await phe.multiplyPlain(a, ys), (i) =>
          exact({ integer: ea[i]!.integer * eb[i]!.integer, exponent: ea[i]!.exponent + eb[i]!.exponent }),
        );
        await check(phe.sum(a), () => ea.reduce((s, v) => s + exact(v), 0n));
        await check(await phe.dot(a, [ys]), () =>
          ea.reduce((s, v, i) => s + exact({ integer: v.integer * eb[i]!.integer, exponent: v.exponent + eb[i]!.exponent }), 0n),
        );
        for (const c of [a, b]) c.dispose();
      }),
      { numRuns: 25 },
    );
  });

  it("writes what it reads, re-randomised unless fresh", async () => {
    const a = await phe.encrypt([1.5, -2n]);
    const [first, second] = [await phe.writeJson(a), await phe.writeJson(a)];
    expect(first).toBe(second);
    expect(JSON.parse(first).public_key.n).toBe(`${phe.publicKey.n}`);
    const again = phe.readJson(first);
    const third = await phe.writeJson(again, { format: "list" });
    const numbers = (text: string) => (JSON.parse(text) as { v: string }[]).map(({ v }) => v);
    expect(numbers(third)).not.toContain(JSON.parse(first).values[0][0]);
    expect(numbers(await phe.writeJson(again, { format: "list" }))).not.toEqual(numbers(third));
    expect(await phe.decrypt(phe.readJson(third))).toEqual([1.5, -2]);
    const zero = await phe.multiplyPlain(again, 0n);
    expect(numbers(await phe.writeJson(zero, { format: "list" }))).not.toContain("1");
    const one = await phe.writeJson(await phe.encrypt(5n), { format: "single" });
    expect(Object.keys(JSON.parse(one))).toEqual(["v", "e"]);
    await expect(phe.writeJson(a, { format: "single" })).rejects.toThrow(ParameterError);
  });

  it("refuses, where bounds are declared, what could overflow, and names the item", async () => {
    const a = await phe.encrypt([1000n, 3n], { bound: 1000 });
    const window = phe.publicKey.n / 3n - 1n;
    expect(a.bounds).toEqual([1000n, 1000n]);
    const large = window / 1000n;
    const product = await phe.multiplyPlain(a, [1n, large]);
    expect(product.bounds).toEqual([1000n, 1000n * large]);
    await expect(phe.multiplyPlain(a, [1n, -large - 1n])).rejects.toThrow(LevelError);
    await expect(phe.multiplyPlain(a, [1n, -large - 1n])).rejects.toThrow(
      /^multiplyPlain, item 1: expected an integer of at most 510 bits/,
    );
    await expect(phe.add(product, product)).rejects.toThrow(LevelError);
    await expect(phe.subtract(product, product)).rejects.toThrow(/^subtract, item 1/);
    expect(() => phe.addPlain(product, window)).toThrow(LevelError);
    expect(() => phe.decreaseExponentTo(product, -10)).toThrow(/^decreaseExponentTo, item 1/);
    expect(() => phe.sum(phe.readJson(list(known.items.slice(3, 5)), { bound: window / 2n + 1n }))).toThrow(LevelError);
    await expect(phe.dot(product, [[1n, 2n]])).rejects.toThrow(/^dot, item 0/);
    // At exponents -12 and -13; the sum is at -13, and so is its bound.
    const mixed = await phe.encrypt([49, 3], { bound: 50 });
    expect(mixed.exponents).toEqual([-12, -13]);
    expect(phe.sum(mixed).bounds).toEqual([100n * 16n ** 13n]);
    // Without a bound the same is done, and found at decryption.
    const free = await phe.encrypt([1000n, 3n]);
    const wrong = await phe.multiplyPlain(await phe.multiplyPlain(free, [1n, large]), [1n, 500n]);
    await expect(phe.decrypt(wrong)).rejects.toThrow(
      /^decryption, item 1: expected an integer within a third of n of zero, got one in between/,
    );
    expect((await phe.add(a, free)).bounds).toBeUndefined();
    await expect(phe.encrypt([1, 2, 3.5], { bound: 3 })).rejects.toThrow(/^value 2: expected a magnitude of at most 3/);
    await expect(phe.encrypt([1n], { bound: window + 1n })).rejects.toThrow(LevelError);
    expect(() => phe.readJson(list(known.items), { bound: 2n ** 500n })).toThrow(LevelError);
    await expect(phe.decrypt(phe.readJson(list(known.items), { bound: 1e10 }))).rejects.toThrow(
      /^decryption, item 5: .*declared bound/,
    );
    for (const bad of [-1, Number.NaN, "5"])
      await expect(phe.encrypt([1], { bound: bad as never })).rejects.toThrow(ParameterError);
  });

  it("gives bounds that hold, for every operation", async () => {
    const real = fc.double({ min: -50, max: 50, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-6);
    await fc.assert(
      fc.asyncProperty(fc.array(real, { minLength: 4, maxLength: 4 }), real, async (xs, w) => {
        const a = await phe.encrypt(xs, { bound: 50 });
        const b = await phe.encrypt([w, 1n], { bound: 50n });
        const results = [
          a,
          await phe.add(a, b),
          await phe.subtract(a, b),
          phe.addPlain(a, w),
          await phe.multiplyPlain(a, [w, 2n]),
          phe.sum(a, 2),
          await phe.dot(a, [[w, -3n]], { groups: 2 }),
          phe.decreaseExponentTo(a, -30),
        ];
        for (const r of results) {
          // decryptEncoded itself refuses an integer beyond its bound.
          const got = await phe.decryptEncoded(r);
          expect(r.bounds!.length).toBe(got.length);
          // At most 50 * 50 + 50 + 3 * 50 in value: a bound that were no bound would be far above.
          for (const [i, bound] of r.bounds!.entries()) expect(Number(bound) * 16 ** r.exponents[i]!).toBeLessThan(2701);
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe("misuse of PhePaillier", () => {
  const anything = (value: unknown) => value as never;

  it("with other objects", async () => {
    for (const bad of [null, {}, 5]) {
      expect(() => new PhePaillier(anything(bad))).toThrow(ParameterError);
      expect(() => new PhePaillierDecryptor(anything(bad))).toThrow(ParameterError);
      const a = await phe.encrypt([1]);
      await expect((async () => phe.add(a, anything(bad)))()).rejects.toThrow(/^operand: expected EncryptedNumbers/);
      await expect((async () => phe.multiplyPlain(anything(bad), 1))()).rejects.toThrow(ParameterError);
      await expect((async () => phe.writeJson(anything(bad)))()).rejects.toThrow(ParameterError);
      await expect((async () => phe.decrypt(anything(bad)))()).rejects.toThrow(ParameterError);
    }
    const open = await Paillier.create(await sharedEngine(), fixedKey(512).publicKey);
    expect(() => new PhePaillierDecryptor(anything(open))).toThrow(/a PaillierDecryptor/);
  });

  it("with numbers that have no encoding, or of another count", async () => {
    const a = await phe.encrypt([1, 2, 3]);
    await expect(phe.encrypt([])).rejects.toThrow(ParameterError);
    for (const bad of [Number.NaN, "1", null, undefined, [["1"]]]) {
      await expect(phe.encrypt(anything(bad))).rejects.toThrow(EncodingError);
      expect(() => phe.addPlain(a, anything(bad))).toThrow(EncodingError);
      await expect((async () => phe.multiplyPlain(a, anything(bad)))()).rejects.toThrow(EncodingError);
      await expect(phe.divide(a, anything(bad))).rejects.toThrow(EncodingError);
    }
    for (const zero of [0, -0, 0n]) await expect(phe.divide(a, zero)).rejects.toThrow(/^divisor/);
    for (const bad of [[], [1, 2]]) {
      expect(() => phe.addPlain(a, bad)).toThrow(ParameterError);
      await expect((async () => phe.multiplyPlain(a, bad))()).rejects.toThrow(ParameterError);
      await expect((async () => phe.dot(a, [bad]))()).rejects.toThrow(/rows of \[\d\]/);
    }
    for (const bad of [null, [], 5, [null], [5]])
      await expect((async () => phe.dot(a, anything(bad)))()).rejects.toThrow(ParameterError);
    expect(() => phe.sum(a, 2)).toThrow(ParameterError);
    await expect((async () => phe.add(a, await phe.encrypt([1, 2])))()).rejects.toThrow(ParameterError);
    for (const bad of [0.5, 1e9, [1], "x", [-20, -20]])
      expect(() => phe.decreaseExponentTo(a, anything(bad))).toThrow(ParameterError);
    expect(() => phe.decreaseExponentTo(a, 0)).toThrow(/an exponent can only be lowered/);
    // 40 products with floats, and the exponent is still a small number; a file cannot start with a large one.
    expect(() => phe.readJson(list([{ ...known.items[0]!, e: 20_000 }]))).toThrow(WireError);
  });

  it("with files of other keys, and with numbers that are no ciphertexts", async () => {
    const other = new PhePaillier(await openFixed(256));
    const text = await phe.writeJson(await phe.encrypt([1]));
    expect(() => other.readJson(text)).toThrow(KeyMismatchError);
    const { n } = phe.publicKey;
    const { p } = secretKeyOf(known).constants();
    for (const bad of [0n, n, n * n, n * n + 5n, 7n * p]) {
      expect(() => phe.readJson(JSON.stringify({ v: `${bad}`, e: 0 }))).toThrow(WireError);
    }
    const a = await phe.encrypt([1]);
    await expect((async () => other.writeJson(a))()).rejects.toThrow(KeyMismatchError);
    a.dispose();
    expect(a.disposed).toBe(true);
    await expect((async () => phe.add(a, a))()).rejects.toThrow(LifetimeError);
  });

  it("gives the same ciphertexts for the same randomness", async () => {
    const encrypt = async () => {
      const own = new PhePaillier(await openFixed(256, seeded(3)));
      return own.writeJson(await own.encrypt([0.1, 2n]));
    };
    expect(await encrypt()).toBe(await encrypt());
  });
});
