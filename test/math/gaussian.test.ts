import { describe, expect, it } from "vitest";
import { Domain, Stream } from "../../src/math/chacha.js";
import { fixedExpNegative } from "../../src/math/fixed.js";
import { gaussianTable, SIGMA, sampleGaussian, TABLE_BITS } from "../../src/math/gaussian.js";
import { chiSquare } from "../support/chi-square.js";

const seed = Uint8Array.from({ length: 32 }, (_, i) => 3 * i + 1);
const table = gaussianTable();
const FULL = 1n << BigInt(TABLE_BITS);

/** rho(k) = exp(-k^2 / (2 * 3.2^2)) = exp(-25 k^2 / 512) in fixed point, and their sum over all integers. */
const BITS = 400;
const rho = Array.from({ length: 90 }, (_, k) => fixedExpNegative(25n * BigInt(k) ** 2n, 512n, BITS));
const total = rho.reduce((sum, r) => sum + 2n * r, -rho[0]);
const probability = (k: number) => Number(((k === 0 ? 1n : 2n) * rho[k] * (1n << 64n)) / total) / 2 ** 64;

/** A stream that hands out words set by hand. */
const scripted = (words: number[]) => ({ fill: (out: Uint32Array) => out.set(words.splice(0, out.length)) }) as unknown as Stream;

/** The words of a 93-bit integer and a sign. */
const wordsOf = (u: bigint, sign: number) => [
  (Number(u & 0x7fffffffn) + sign * 2 ** 31) >>> 0,
  Number((u >> 31n) & 0x7fffffffn),
  Number((u >> 62n) & 0x7fffffffn),
];

describe("the Gaussian table", () => {
  it("rises, and stays within its precision", () => {
    expect(SIGMA).toBe(3.2);
    expect(table.length).toBe(36);
    for (let k = 1; k < table.length; k++) expect(table[k] > table[k - 1]).toBe(true);
    expect(table[table.length - 1] < FULL).toBe(true);
  });

  it("is within 2^-87 of the ideal distribution", () => {
    let distance = 0n;
    for (let k = 0; k < rho.length; k++) {
      const weight = (k < table.length ? table[k] : FULL) - (k === 0 ? 0n : k <= table.length ? table[k - 1] : FULL);
      const exact = ((k === 0 ? 1n : 2n) * rho[k] * (1n << 200n)) / total;
      const difference = (weight << BigInt(200 - TABLE_BITS)) - exact;
      distance += difference < 0n ? -difference : difference;
    }
    expect(distance / 2n < 1n << BigInt(200 - 87)).toBe(true);
  });
});

describe("Gaussian samples", () => {
  it("count the entries that the 93 bits reach, and take the sign from the first word", () => {
    const cases: [bigint, number][] = [
      [0n, 0],
      [FULL - 1n, table.length],
    ];
    for (const [k, entry] of table.entries()) cases.push([entry, k + 1], [entry - 1n, k], [entry + 1n, k + 1]);
    for (const [k, entry] of table.entries()) cases.push([entry ^ 1n, (entry ^ 1n) < entry ? k : k + 1]);
    const inRange = cases.filter(([u]) => u < FULL);
    for (const sign of [0, 1]) {
      const out = new Int8Array(inRange.length);
      sampleGaussian(scripted(inRange.flatMap(([u]) => wordsOf(u, sign))), out);
      expect([...out]).toEqual(inRange.map(([, magnitude]) => (sign && magnitude ? -magnitude : magnitude)));
    }
  });

  it("agree with the definition on a stream, whatever the length", () => {
    for (const n of [0, 1, 511, 512, 513, 3000]) {
      const out = new Int32Array(n);
      sampleGaussian(new Stream(seed, Domain.Error, n), out);
      const words = [...new Stream(seed, Domain.Error, n).nextU32s(3 * n)];
      const expected = Array.from({ length: n }, (_, i) => {
        const [a, b, c] = words.slice(3 * i, 3 * i + 3).map((w) => BigInt(w));
        const u = BigInt.asUintN(31, a) | (BigInt.asUintN(31, b) << 31n) | (BigInt.asUintN(31, c) << 62n);
        const magnitude = table.filter((entry) => u >= entry).length;
        return a >> 31n === 1n && magnitude > 0 ? -magnitude : magnitude;
      });
      expect([...out]).toEqual(expected);
    }
  });

  it("follow the exact probabilities (chi-square over -12 .. 12 and the tails)", () => {
    const out = new Int8Array(400_000);
    sampleGaussian(new Stream(seed, Domain.SecondError), out);
    const counts = new Array<number>(27).fill(0);
    for (const x of out) counts[Math.max(-13, Math.min(13, x)) + 13]++;
    const inner = Array.from({ length: 25 }, (_, i) => probability(Math.abs(i - 12)) / (i === 12 ? 1 : 2));
    const tail = (1 - inner.reduce((a, b) => a + b)) / 2;
    expect(chiSquare(counts, [tail, ...inner, tail])).toBeLessThan(75);
    const variance = out.reduce((sum, x) => sum + x * x, 0) / out.length;
    expect(Math.abs(Math.sqrt(variance) - 3.2)).toBeLessThan(0.02);
  });
});
