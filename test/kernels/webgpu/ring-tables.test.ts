import { describe, expect, it } from "vitest";
import {
  conversionWords,
  divisionWords,
  isSparse,
  limbTable,
  mixedRadixWords,
  montgomeryFactor,
  shoupPair,
  shoupPairs,
  twiddlesOf,
} from "../../../src/kernels/webgpu/ring-tables.js";
import { powMod } from "../../../src/math/modular.js";
import { nttTables } from "../../../src/math/ntt.js";
import { nttPrimes } from "../../../src/math/primes.js";

const degree = 1024;
const primes = nttPrimes({ degree, bits: 30, count: 6 });

describe("constants of the ring kernels", () => {
  it("are pairs of w and floor(w 2^32 / q)", () => {
    expect(shoupPair(1n, 3n)).toEqual([1, 1431655765]);
    const q = primes[1];
    expect([...shoupPairs(Uint32Array.of(5, q - 1), [primes[0], q])]).toEqual([
      ...shoupPair(5n, BigInt(primes[0])),
      ...shoupPair(BigInt(q - 1), BigInt(q)),
    ]);
  });

  it("hold the twiddles of src/math in its order", () => {
    const { psiRev, psiInvRev } = nttTables(BigInt(primes[0]), degree);
    const { forward, inverse } = twiddlesOf(degree, primes[0]);
    for (const i of [0, 1, 2, 511, 1023]) {
      expect([...forward.subarray(2 * i, 2 * i + 2)]).toEqual(shoupPair(psiRev[i], BigInt(primes[0])));
      expect([...inverse.subarray(2 * i, 2 * i + 2)]).toEqual(shoupPair(psiInvRev[i], BigInt(primes[0])));
    }
    expect(twiddlesOf(degree, primes[0]).forward).toBe(forward);
  });

  it("describe each limb in the order of its basis", () => {
    const q = BigInt(primes[3]);
    const { nInv, psiInvRev } = nttTables(q, degree);
    const radix = shoupPair((1n << 32n) % q, q);
    const rest = [...radix, ...shoupPair(nInv, q), ...shoupPair((nInv * psiInvRev[1]) % q, q), 3];
    const basis = [primes[1], primes[3]];
    expect([...limbTable(degree, basis, primes, true).subarray(10, 19)]).toEqual([primes[3], (primes[3] - 1) / 65536, ...rest]);
    expect([...limbTable(degree, basis, primes, false).subarray(10, 19)]).toEqual([
      primes[3],
      montgomeryFactor(primes[3]),
      ...rest,
    ]);
  });

  it("know sparse primes, and the inverse for Montgomery reduction", () => {
    expect(isSparse(primes)).toBe(true);
    expect(isSparse([...primes, 12289])).toBe(false);
    for (const q of [...primes, 12289]) expect(Math.imul(montgomeryFactor(q), q) >>> 0).toBe(1);
  });

  it("lay conversions out in tiles of four, the last target repeated", () => {
    const source = primes.slice(0, 2);
    const target = primes.slice(1, 6);
    const { sources, tiles, matrix } = conversionWords([{ limb: 0, source, target }]);
    expect([sources.length, tiles.length, matrix.length]).toEqual([8, 40, 16]);
    expect([...tiles.subarray(0, 4)]).toEqual(target.slice(0, 4));
    expect([...tiles.subarray(20, 24)]).toEqual(Array(4).fill(target[4]));
    // D / d_0 = d_1, which is 0 modulo itself, the first target.
    expect([...matrix.subarray(0, 8)]).toEqual([
      0,
      ...[1, 2, 3].map((j) => source[1] % target[j]),
      ...[0, 1, 2, 3].map((j) => source[0] % target[j]),
    ]);
    const d = BigInt(source[0]) * BigInt(source[1]);
    expect(tiles[19]).toBe(Number((BigInt(target[3]) - (d % BigInt(target[3]))) % BigInt(target[3])));
    const inverse = powMod(BigInt(source[1]), BigInt(source[0] - 2), BigInt(source[0]));
    expect([...sources.subarray(0, 4)]).toEqual([source[0], (source[0] - 1) / 2, ...shoupPair(inverse, BigInt(source[0]))]);
  });

  it("lay conversions out side by side", () => {
    const conversions = [
      { limb: 0, source: primes.slice(0, 2), target: primes.slice(1, 6) },
      { limb: 2, source: primes.slice(2, 3), target: [primes[0], primes[1]] },
    ];
    const words = conversionWords(conversions);
    expect([...words.runs]).toEqual([0, 0, 2, 0, 0, 4, 0, 0, 0, 2, 2, 4, 1, 0, 2, 2, 1, 4, 5, 2, 0]);
    const alone = conversions.map((c) => conversionWords([c]));
    for (const part of ["sources", "tiles", "matrix"] as const)
      expect([...words[part]]).toEqual(alone.flatMap((w) => [...w[part]]));
  });

  it("make a conversion of digits in mixed radix exact", () => {
    const [source, target] = [primes.slice(0, 3), primes.slice(3, 5)];
    const [p, q, r] = source;
    const half = (BigInt(p) * BigInt(q) * BigInt(r) - 1n) / 2n;
    const { sources, runs, tiles, matrix } = conversionWords([{ limb: 0, source, target, isMixedRadix: true }]);
    expect([...sources]).toEqual(source.flatMap((d) => [d, d, ...shoupPair(1n, BigInt(d))]));
    expect([...runs]).toEqual([0, 0, 3, 0, 0, 2, 1]);
    const lanes = [0, 1, 1, 1].map((j) => BigInt(target[j]));
    expect([...tiles.subarray(16)]).toEqual(lanes.map((t) => Number(t - (half % t))));
    const products = [1n, BigInt(p), BigInt(p) * BigInt(q)];
    expect([...matrix]).toEqual(products.flatMap((x) => lanes.map((t) => Number(x % t))));
    const words = mixedRadixWords(source);
    source.forEach((d, i) => {
      const [, offset, multiple] = words.digits.subarray(3 * i);
      expect(BigInt(offset)).toBe(half % BigInt(d));
      expect([multiple % d, multiple >= 2 ** 30 && multiple < 2 ** 31]).toEqual([0, true]);
      for (let j = 0; j < i; j++) expect((BigInt(words.inverses[2 * (3 * i + j)]) * BigInt(source[j])) % BigInt(d)).toBe(1n);
    });
  });

  it("divide by the dropped primes", () => {
    const words = divisionWords(primes.slice(0, 2), primes.slice(2, 4));
    const d = BigInt(primes[2]) * BigInt(primes[3]);
    for (const [l, q] of primes.slice(0, 2).map(BigInt).entries()) expect((BigInt(words[2 * l]) * d) % q).toBe(1n);
  });
});
