import { describe, expect, it } from "vitest";
import { EncodingError, ParameterError } from "../../src/errors.js";
import { Embedding } from "../../src/math/embedding.js";
import { encodeToIntegers, fromResidues, largestEncodable, roundInPlace, toResidues } from "../../src/math/encoding.js";
import { divideToFloat64 } from "../../src/math/float64.js";
import { mod } from "../../src/math/modular.js";
import { nttPrimes } from "../../src/math/primes.js";
import { compose, product } from "../../src/math/rns.js";
import { testRandom } from "../support/random.js";

const BASIS = nttPrimes({ degree: 4096, bits: 30, count: 40 });
const SMALL = [12289, 40961, 65537];

/** Integer-valued float64 at the edges of every path: powers of two and their neighbours, and random ones, of both signs. */
function edges(limit: bigint): Float64Array {
  const random = testRandom(`edges ${limit}`);
  const values: number[] = [0, -0];
  for (let bits = 0; 2n << BigInt(bits) < limit; bits++) {
    const power = 2 ** bits;
    values.push(power, power - 1, power + 1, power * 1.5, Math.floor(power * random.real(0.5, 1)));
  }
  const whole = values.filter((x) => Number.isInteger(x) && 2n * BigInt(x) < limit);
  return Float64Array.from([...whole, ...whole.map((x) => -x)]);
}

describe("rounding", () => {
  it("goes to the nearest integer, ties away from zero", () => {
    const values = Float64Array.from([
      0.5,
      -0.5,
      1.5,
      2.5,
      -2.5,
      0.49999999999999994,
      -0.49999999999999994,
      3.7,
      -3.2,
      2 ** 52 + 1,
      2 ** 51 + 0.5,
      1e300,
    ]);
    roundInPlace(values);
    expect([...values]).toEqual([1, -1, 2, 3, -3, 0, -0, 4, -3, 2 ** 52 + 1, 2 ** 51 + 1, 1e300]);
  });
});

describe("residues", () => {
  it("are those of bigint, for integers of any size and sign", () => {
    for (const basis of [BASIS.slice(0, 1), BASIS.slice(0, 2), BASIS.slice(0, 3), BASIS.slice(0, 9), BASIS, SMALL, [3, 5]]) {
      const values = edges(product(basis));
      const residues = toResidues(values, basis);
      for (const [l, q] of basis.entries()) {
        expect([...residues.subarray(l * values.length, (l + 1) * values.length)]).toEqual(
          [...values].map((x) => Number(mod(BigInt(x), BigInt(q)))),
        );
      }
    }
  });

  it("of multiples of a prime and their neighbours are exact", () => {
    for (const q of [BASIS[0], 786433]) {
      const values = Float64Array.from(
        [1, 2, 3, 1023, 4194301].flatMap((k) => [-1, 0, 1].flatMap((d) => [k * q + d, -k * q + d])),
      );
      const basis = [q, BASIS[1], BASIS[2]];
      expect([...toResidues(values, basis).subarray(0, values.length)]).toEqual(
        [...values].map((x) => Number(mod(BigInt(x), BigInt(q)))),
      );
    }
  });

  it("of small integer arrays, at an offset", () => {
    const out = new Uint32Array(9).fill(5);
    toResidues(Int8Array.from([-1, 0, 127]), [12289, 40961], 1, out, 2);
    expect([...out]).toEqual([5, 5, 12288, 0, 127, 40960, 0, 127, 5]);
    expect([...toResidues(Int32Array.from([-5]), [12289])]).toEqual([12284]);
  });

  it("refuse what reaches Q / 2, and what is not finite, and name the largest magnitude", () => {
    const q = 12289;
    expect([...toResidues(Float64Array.from([6144, -6144]), [q])]).toEqual([6144, 6145]);
    expect(() => toResidues(Float64Array.from([6145]), [q])).toThrow(EncodingError);
    expect(() => toResidues(Float64Array.from([-6145]), [q])).toThrow(EncodingError);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e308]) {
      expect(() => toResidues(Float64Array.from([1, bad, 2]), BASIS.slice(0, 3))).toThrow(EncodingError);
    }
    const basis = BASIS.slice(0, 2);
    const scale = 2 ** 30;
    const largest = largestEncodable(basis, scale);
    expect(largest).toBeCloseTo(basis[0] * basis[1] * 2 ** -31, 3);
    const embedding = new Embedding(64);
    toResidues(encodeToIntegers(embedding, new Float64Array(32).fill(largest * 0.999), null, scale), basis, scale);
    expect(() =>
      toResidues(encodeToIntegers(embedding, new Float64Array(32).fill(largest * 1.001), null, scale), basis, scale),
    ).toThrow(`magnitudes up to ${largest}`);
  });
});

describe("values from residues", () => {
  it("are the centred integers over the scale, rounded once, at every size", () => {
    for (const basis of [
      BASIS.slice(0, 1),
      BASIS.slice(0, 2),
      BASIS.slice(0, 3),
      BASIS.slice(0, 12),
      SMALL,
      SMALL.slice(0, 2),
      [12289],
    ]) {
      const random = testRandom(`from ${basis.length}`);
      const q = product(basis);
      const integers: bigint[] = [0n, 1n, -1n, q / 2n, -(q / 2n)];
      for (let bits = 1; 1n << BigInt(bits + 1) < q; bits++) {
        for (const x of [
          1n << BigInt(bits),
          (1n << BigInt(bits)) + 1n,
          random.bigBits(bits + 1),
          q / 2n - (1n << BigInt(bits)),
        ]) {
          if (2n * x < q) integers.push(x, -x);
        }
      }
      const residues = new Uint32Array(basis.length * integers.length);
      for (const [l, p] of basis.entries())
        for (const [i, x] of integers.entries()) residues[l * integers.length + i] = Number(mod(x, BigInt(p)));
      for (const scale of [1, 2 ** 30, 1.37 * 2 ** 41, 0.3]) {
        expect([...fromResidues(residues, basis, scale)]).toEqual(integers.map((x) => divideToFloat64(x, scale)));
      }
      const count = integers.length;
      for (const i of [0, 3, 4, count - 1]) {
        expect(
          compose(
            basis.map((_, l) => residues[l * count + i]),
            basis,
          ),
        ).toBe(integers[i]);
      }
    }
  });

  it("undo toResidues exactly", () => {
    for (const basis of [BASIS.slice(0, 2), BASIS.slice(0, 7)]) {
      const values = edges(product(basis)).map((x) => x + 0);
      expect(fromResidues(toResidues(values, basis), basis, 1)).toEqual(values.map((x) => (x === 0 ? 0 : x)));
    }
  });

  it("are refused for other shapes and scales", () => {
    expect(() => fromResidues(new Uint32Array(5), SMALL, 1)).toThrow(ParameterError);
    expect(() => fromResidues(new Uint32Array(6), SMALL, 1, new Float64Array(3))).toThrow(ParameterError);
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "8" as never]) {
      expect(() => fromResidues(new Uint32Array(6), SMALL, scale)).toThrow(/scale/);
      expect(() => encodeToIntegers(new Embedding(4), [1], null, scale)).toThrow(/scale/);
    }
  });
});

describe("encoding as a whole", () => {
  it("loses no more than the rounding of the coefficients", () => {
    for (const [degree, bits] of [
      [64, 20],
      [1024, 30],
      [4096, 40],
    ]) {
      const embedding = new Embedding(degree);
      const basis = nttPrimes({ degree, bits: 30, count: 3 });
      const random = testRandom(`whole ${degree}`);
      const scale = 1.25 * 2 ** bits;
      const re = Float64Array.from({ length: degree / 2 }, () => random.real(-50, 50));
      const im = Float64Array.from(re, () => random.real(-50, 50));
      const integers = encodeToIntegers(embedding, re, im, scale);
      expect(integers.every(Number.isInteger)).toBe(true);
      const back = embedding.decode(fromResidues(toResidues(integers, basis, scale), basis, scale));
      // Each of N coefficients is off by at most 1/2, and so adds at most that to a slot.
      const bound = degree / 2 / scale;
      for (let i = 0; i < re.length; i++) {
        expect(Math.abs(back.re[i] - re[i])).toBeLessThan(bound);
        expect(Math.abs(back.im[i] - im[i])).toBeLessThan(bound);
      }
    }
  });
});
