import { describe, expect, it } from "vitest";
import { powMod } from "../../../../src/math/modular.js";
import { testModulus } from "../../../support/modular-cases.js";
import { testRandom } from "../../../support/random.js";
import { testKernels } from "./support.js";

const random = testRandom("powers in WebAssembly");
const sizes = [
  [3, 1],
  [40, 1],
  [128, 2],
  [521, 1],
  [1024, 2],
] as const;

/** 0, 1, all ones, single bits, and such that are longer than the modulus. */
const exponentsOf = (bits: number): bigint[] => [
  ...[0n, 1n, 2n, 31n, 32n],
  ...[(1n << BigInt(bits)) - 1n, 1n << BigInt(bits), 1n << BigInt(bits - 1), (1n << BigInt(bits + 67)) - 1n],
  ...[random.bigBits(bits), random.bigBits(bits + 33), random.bigBits(200)],
];

describe("powers", () => {
  it.each(sizes)("of edge bases to edge exponents, %i bits, n^%i", async (bits, power) => {
    const { k } = await testKernels(testModulus(bits, power));
    const m = k.modulus;
    const bases = [0n, 1n, m - 1n, 2n, random.bigBelow(m)].map((b) => b % m);
    const a = k.upload(bases);
    const exponents = exponentsOf(bits);
    for (const e of exponents) expect(await k.read(k.power(a, e)), `shared ${e}`).toEqual(bases.map((b) => powMod(b, e, m)));
    const each = exponents.flatMap((e) => bases.map(() => e));
    expect(await k.read(k.power(a, each))).toEqual(each.map((e, i) => powMod(bases[i % bases.length], e, m)));
  });

  it("are right at every length of the exponent, and so at every width and alignment of windows", async () => {
    const { k } = await testKernels(testModulus(64, 1));
    const base = random.bigBelow(k.modulus);
    const a = k.upload([base]);
    for (let bits = 1; bits <= 300; bits++) {
      const e = random.bigBits(bits);
      expect(await k.read(k.power(a, e)), `${bits} bits`).toEqual([powMod(base, e, k.modulus)]);
    }
  });

  it("record the same commands for all exponents of one length", async () => {
    const { k, runtime } = await testKernels(testModulus(256, 2));
    const a = k.upload([5n, 6n]);
    const commands = (exponents: bigint[]) => {
      const from = runtime.recorded.length;
      k.power(a, exponents);
      return runtime.recorded.slice(from);
    };
    expect(commands([1n << 99n, 0n])).toEqual(commands([(1n << 100n) - 1n, 12345n]));
  });
});

describe("fixed bases", () => {
  it.each(sizes)("to edge exponents, %i bits, n^%i", async (bits, power) => {
    const { k } = await testKernels(testModulus(bits, power));
    const m = k.modulus;
    for (const base of [0n, 1n, m - 1n, random.bigBelow(m)]) {
      for (const length of [1, 2, 13, bits + 5]) {
        const table = k.fixedBase(base, length);
        expect(table).toMatchObject({ base, exponentBits: length });
        const last = (1n << BigInt(length)) - 1n;
        const exponents = [0n, 1n, last, last >> 1n, random.bigBelow(last + 1n), 1n << BigInt(length - 1)];
        expect(await k.read(k.fixedBasePower(table, exponents))).toEqual(exponents.map((e) => powMod(base, e, m)));
      }
    }
  });

  it("read every entry of a row, at elements of one, two, three and five lines", async () => {
    for (const bits of [60, 400, 800, 1500]) {
      const { k } = await testKernels(testModulus(bits, 1));
      const base = random.bigBelow(k.modulus);
      const table = k.fixedBase(base, 10);
      const all = Array.from({ length: 1024 }, (_, i) => BigInt(i));
      expect(await k.read(k.fixedBasePower(table, all))).toEqual(all.map((e) => powMod(base, e, k.modulus)));
    }
  });
});

describe("products of powers", () => {
  it.each(sizes)("with edge exponents, %i bits, n^%i", async (bits, power) => {
    for (const threads of [1, 4]) {
      const { k, runtime } = await testKernels(testModulus(bits, power), { threads });
      const m = k.modulus;
      const [groups, terms] = [2, 20];
      const bases = Array.from({ length: groups * terms }, (_, i) => [0n, 1n, m - 1n][i] ?? random.bigBelow(m));
      const a = k.upload(bases);
      const few = (make: (i: number) => bigint) => Array.from({ length: terms }, (_, i) => make(i));
      const rows = [
        few(() => 0n),
        few((i) => (i === 7 ? 1n : 0n)),
        few(() => 1n),
        few((i) => (i === 4 ? 1n << 70n : BigInt(i & 1))),
        few(() => random.bigBits(32)),
        few((i) => random.bigBits(1 + i * 9)),
        few((i) => (i < 3 ? (1n << 64n) - 1n : 1n << 64n)),
        few((i) => (i === 0 ? 1n << 128n : 0n)),
        few(() => 12345678n),
      ];
      for (const exponents of [rows, [rows[4]], [rows[0]]]) {
        const result = await k.read(k.multiPower(a, exponents, groups));
        const want = Array.from({ length: groups }, (_, g) =>
          exponents.map((row) => row.reduce((product, e, i) => (product * powMod(bases[g * terms + i], e, m)) % m, 1n % m)),
        );
        expect(result).toEqual(want.flat());
      }
      // Few products, many threads: the terms of one are shared.
      const before = runtime.recorded.length;
      k.multiPower(k.slice(a, 0, terms), [rows[4]], 1);
      expect(runtime.recorded.slice(before)).toEqual(
        threads === 1 ? ["modularExponents", "modularMultiPower"] : ["modularExponents", "modularMultiPower", "modularProducts"],
      );
    }
  });

  it("of more terms than the scratch holds", async () => {
    const { k } = await testKernels(testModulus(4096, 1));
    const bases = Array.from({ length: 1700 }, (_, i) => BigInt(i + 2));
    const exponents = bases.map((_, i) => BigInt(i % 5));
    const want = bases.reduce((product, b, i) => (product * b ** exponents[i]) % k.modulus, 1n);
    expect(await k.read(k.multiPower(k.upload(bases), [exponents], 1))).toEqual([want]);
  });
});
