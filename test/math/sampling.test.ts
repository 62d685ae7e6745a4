import { describe, expect, it } from "vitest";
import { Domain, Stream } from "../../src/math/chacha.js";
import { randomBelow, randomBits, sampleTernary, sampleUniform } from "../../src/math/sampling.js";
import { chiSquare } from "../support/chi-square.js";

const seed = Uint8Array.from({ length: 32 }, (_, i) => 7 * i);
const open = (domain: number, item = 0, limb = 0) => new Stream(seed, domain, item, limb);
const PRIMES = [1073479681, 1073872897 - 2 ** 17, 786433, 65537, 3, 2];

describe("uniform residues", () => {
  it("follow the stated rule: masked words in order, those not below q left out", () => {
    for (const q of [...PRIMES, 2 ** 32, 2 ** 31 + 11, 5 * 2 ** 20 + 1]) {
      const out = new Uint32Array(3000);
      sampleUniform(open(Domain.PublicUniform, 0, 1), q, out);
      const words = [...open(Domain.PublicUniform, 0, 1).nextU32s(8000)];
      const mask = 2 ** Math.ceil(Math.log2(q));
      expect([...out]).toEqual(
        words
          .map((w) => w % mask)
          .filter((w) => w < q)
          .slice(0, 3000),
      );
    }
  });

  it("leave the stream where the rule says", () => {
    const q = 5 * 2 ** 20 + 1;
    const stream = open(1);
    sampleUniform(stream, q, new Uint32Array(1000));
    const reference = open(1);
    for (let kept = 0; kept < 1000; ) if (reference.nextU32s(1)[0] % 2 ** 23 < q) kept++;
    expect(stream.nextU32s(4)).toEqual(reference.nextU32s(4));
  });

  it("are uniform (chi-square, 64 classes) and below q", () => {
    for (const q of [1073479681, 805306368 + 1, 786433]) {
      const out = new Uint32Array(100_000);
      sampleUniform(open(1, 1, q), q, out);
      const counts = new Array<number>(64).fill(0);
      for (const x of out) counts[Math.floor((x / q) * 64)]++;
      expect(out.every((x) => x < q)).toBe(true);
      expect(
        chiSquare(
          counts,
          counts.map((_, k) => (Math.ceil(((k + 1) * q) / 64) - Math.ceil((k * q) / 64)) / q),
        ),
      ).toBeLessThan(130);
    }
  });

  it("refuse moduli that no word can hold", () => {
    for (const q of [1, 0, -3, 2 ** 32 + 1, 2.5, Number.NaN])
      expect(() => sampleUniform(open(1), q, new Uint32Array(1))).toThrow(/modulus/);
  });
});

describe("ternary coefficients", () => {
  it("follow the stated rule: pairs of bits from the lowest, 3 left out", () => {
    const out = new Int8Array(40_000);
    sampleTernary(open(Domain.SecretKey), out);
    const pairs = [...open(Domain.SecretKey).nextU32s(4000)].flatMap((w) =>
      Array.from({ length: 16 }, (_, k) => (w >>> (2 * k)) & 3),
    );
    expect([...out]).toEqual(
      pairs
        .filter((p) => p !== 3)
        .slice(0, out.length)
        .map((p) => [0, 1, -1][p]),
    );
  });

  it("are uniform on -1, 0, 1", () => {
    const out = new Int8Array(300_000);
    sampleTernary(open(Domain.EncryptionKey), out);
    const counts = [-1, 0, 1].map((v) => out.reduce((n, x) => n + (x === v ? 1 : 0), 0));
    expect(counts[0] + counts[1] + counts[2]).toBe(out.length);
    expect(chiSquare(counts, [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(28);
  });

  it("come in any number", () => {
    for (const n of [0, 1, 15, 16, 17]) {
      const out = new Int8Array(n).fill(9);
      sampleTernary(open(2), out);
      expect(out.every((x) => Math.abs(x) <= 1)).toBe(true);
    }
  });
});

describe("random integers", () => {
  it("have at most the bits asked for, least significant word first", () => {
    const words = open(32).nextU32s(3);
    expect(randomBits(open(32), 96)).toBe(BigInt(words[0]) | (BigInt(words[1]) << 32n) | (BigInt(words[2]) << 64n));
    expect(randomBits(open(32), 70)).toBe(BigInt.asUintN(70, randomBits(open(32), 96)));
    expect(randomBits(open(32), 0)).toBe(0n);
    const stream = open(33);
    const tops = Array.from({ length: 400 }, () => Number(randomBits(stream, 1537) >> 1534n));
    expect(
      chiSquare(
        Array.from({ length: 8 }, (_, k) => tops.filter((t) => t === k).length),
        new Array(8).fill(1 / 8),
      ),
    ).toBeLessThan(40);
  });

  it("below a bound are uniform", () => {
    const stream = open(34);
    const counts = new Array<number>(11).fill(0);
    for (let i = 0; i < 22_000; i++) counts[Number(randomBelow(stream, 11n))]++;
    expect(chiSquare(counts, new Array(11).fill(1 / 11))).toBeLessThan(46);
    expect(randomBelow(stream, 1n)).toBe(0n);
    expect(() => randomBelow(stream, 0n)).toThrow(/bound/);
  });
});
