import { beforeAll, describe, expect, it } from "vitest";
import { balancedDigits, digitBound } from "../../../../src/kernels/wasm/modular/context.js";
import { mod } from "../../../../src/math/modular.js";
import { modularProbe, type Probe } from "../../../support/modular-probe.js";

let probe: Probe;
beforeAll(async () => {
  probe = await modularProbe();
});

/** A number of `bits` bits from a small generator: the same in every run. */
function numbers(seed: number) {
  let state = BigInt(seed);
  return (bits: number): bigint => {
    let x = 0n;
    for (let i = 0; i < bits; i += 32) {
      state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
      x = (x << 32n) | (state >> 32n);
    }
    return x & ((1n << BigInt(bits)) - 1n);
  };
}

const CASES: [bits: number, power: 1 | 2][] = [
  ...[2, 3, 12, 13, 14, 31, 32, 33, 64, 206, 207, 512, 1024, 2048, 4096].flatMap((bits): [number, 1 | 2][] => [
    [bits, 1],
    [bits, 2],
  ]),
  [1536, 2],
  [3072, 2],
  [6144, 1],
  [8190, 1],
  [8192, 1],
];

describe.each(CASES)("n of %i bits, power %i", (bits, power) => {
  const random = numbers(bits);
  const top = 1n << BigInt(bits - 1);
  const moduli = [2n * top - 1n, top + 1n, random(bits) | top | 1n].filter((n) => n >= 3n);

  it("multiplies and squares like bigint", () => {
    for (const n of moduli) {
      const modulus = probe.modulus(n, power);
      const { m, words } = modulus;
      const values = [0n, 1n, 2n, n - 1n, n, m - n, m - 1n, m >> 1n, random(bits * power)].map((x) => mod(x, m));
      const text = probe.place(4 * words);
      const elements = values.map((x) => {
        const a = modulus.element();
        probe.putWords(text, x, words);
        probe.exports.fromWords(modulus.address, a, text);
        return a;
      });
      const out = modulus.element();
      const read = () => {
        probe.exports.toWords(modulus.address, text, out);
        return probe.readWords(text, words);
      };
      for (let i = 0; i < values.length; i++) {
        probe.exports.square(modulus.address, out, elements[i]);
        expect(read()).toBe(values[i] ** 2n % m);
        for (let j = i; j < values.length; j++) {
          probe.exports.multiply(modulus.address, out, elements[i], elements[j]);
          expect(read()).toBe((values[i] * values[j]) % m);
        }
      }
    }
  });

  it("keeps elements within bounds at the largest digits, whatever their signs", () => {
    for (const n of moduli) {
      const modulus = probe.modulus(n, power);
      const { digits, m, r } = modulus;
      const bound = digitBound(digits, power);
      /** Digits of magnitude `bound` below the top of n, so that either number of an element stays below n. */
      const extreme = (sign: (i: number) => number) => {
        const full = Math.max(0, Math.floor((bits - 3) / 13));
        return Array.from({ length: digits }, (_, i) => (i < full ? sign(i) * bound : 0));
      };
      const patterns = [() => 1, () => -1, (i: number) => (i % 2 === 0 ? 1 : -1), (i: number) => (i % 3 === 0 ? -1 : 1)];
      const elements = patterns.map((sign) => {
        const a = modulus.element();
        for (let k = 0; k < power; k++) probe.digits(a + 2 * digits * k, digits).set(extreme(sign));
        return a;
      });
      const out = modulus.element();
      const check = (a: number, b: number) => {
        expect(mod(modulus.elementValue(out) * r - modulus.elementValue(a) * modulus.elementValue(b), m)).toBe(0n);
        const result = probe.digits(out, power * digits);
        expect(Math.max(...result.map(Math.abs))).toBeLessThanOrEqual(bound);
        const [x0, x1] = [probe.readDigits(out, digits), power === 2 ? probe.readDigits(out + 2 * digits, digits) : 0n];
        expect((100n * x0) ** 2n <= (73n * n) ** 2n).toBe(true);
        expect(x1 * x1 <= n * n).toBe(true);
      };
      for (const a of elements) {
        probe.exports.square(modulus.address, out, a);
        check(a, a);
        for (const b of elements) {
          probe.exports.multiply(modulus.address, out, a, b);
          check(a, b);
        }
      }
    }
  });
});

it("allows the result to be an operand", () => {
  for (const power of [1, 2] as const) {
    const modulus = probe.modulus((1n << 521n) - 1n, power);
    const { words, m, address } = modulus;
    const text = probe.place(4 * words);
    const load = (x: bigint) => {
      const a = modulus.element();
      probe.putWords(text, x, words);
      probe.exports.fromWords(address, a, text);
      return a;
    };
    const read = (a: number) => {
      probe.exports.toWords(address, text, a);
      return probe.readWords(text, words);
    };
    const [x, y] = [numbers(1)(521 * power) % m, numbers(2)(521 * power) % m];
    const [a, b, c, d, e] = [load(x), load(y), load(x), load(y), load(x)];
    probe.exports.multiply(address, a, a, b);
    expect(read(a)).toBe((x * y) % m);
    probe.exports.multiply(address, d, c, d);
    expect(read(d)).toBe((x * y) % m);
    probe.exports.multiply(address, c, c, c);
    expect(read(c)).toBe((x * x) % m);
    probe.exports.square(address, e, e);
    expect(read(e)).toBe((x * x) % m);
  }
});

it("stays exact through a long chain", () => {
  for (const [bits, power] of [
    [1024, 2],
    [2048, 2],
    [2048, 1],
  ] as const) {
    const n = numbers(7)(bits) | 1n | (1n << BigInt(bits - 1));
    const modulus = probe.modulus(n, power);
    const { words, m, address } = modulus;
    const text = probe.place(4 * words);
    const [a, b] = [modulus.element(), modulus.element()];
    let [x, y] = [numbers(8)(bits * power) % m, m - 1n];
    for (const [at, value] of [
      [a, x],
      [b, y],
    ] as const) {
      probe.putWords(text, value, words);
      probe.exports.fromWords(address, at, text);
    }
    for (let i = 0; i < 60; i++) {
      probe.exports.square(address, a, a);
      probe.exports.multiply(address, b, b, a);
      x = (x * x) % m;
      y = (y * x) % m;
    }
    probe.exports.toWords(address, text, b);
    expect(probe.readWords(text, words)).toBe(y);
  }
});

it("holds 1, and balanced digits of a number", () => {
  const modulus = probe.modulus((1n << 127n) - 1n, 2);
  const text = probe.place(4 * modulus.words);
  const out = modulus.element();
  probe.exports.one(modulus.address, out);
  probe.exports.toWords(modulus.address, text, out);
  expect(probe.readWords(text, modulus.words)).toBe(1n);
  expect([...balancedDigits(-1n, 3)]).toEqual([-1, 0, 0]);
  expect([...balancedDigits(4096n, 3)]).toEqual([-4096, 1, 0]);
  expect([...balancedDigits((1n << 26n) - 1n, 3)]).toEqual([-1, 0, 1]);
});

it("overwrites what it left in the scratch", () => {
  const bytes = 4 << 20;
  const scratch = probe.place(bytes);
  probe.words(scratch, bytes / 4).fill(0);
  probe.exports.setScratch(scratch);
  for (const [n, power] of [
    [(1n << 2048n) - 1n, 2],
    [(1n << 8191n) - 1n, 1],
    [3n, 2],
  ] as const) {
    const modulus = probe.modulus(n, power);
    const text = probe.place(4 * modulus.words);
    probe.putWords(text, modulus.m - 2n, modulus.words);
    const a = modulus.element();
    probe.exports.fromWords(modulus.address, a, text);
    probe.exports.multiply(modulus.address, a, a, a);
    probe.exports.square(modulus.address, a, a);
    probe.exports.toWords(modulus.address, text, a);
    expect(probe.words(scratch, bytes / 4).some((word) => word !== 0)).toBe(true);
    probe.exports.forget(modulus.address);
    expect(probe.words(scratch, bytes / 4).every((word) => word === 0)).toBe(true);
  }
});
