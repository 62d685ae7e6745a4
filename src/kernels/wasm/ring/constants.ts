/** Constants of ring kernels as the words that assembly/ring reads. */
import { centred, invMod, mod } from "../../../math/modular.js";
import { automorphismMaps } from "../../../math/ntt.js";
import { conversionTables, mixedRadixTables, product } from "../../../math/rns.js";
import type { Form } from "../../interface.js";

const RADIX = 1n << 32n;

/** A constant w < q and floor(w 2^32 / q). */
const shoup = (w: bigint, q: bigint): [number, number] => [Number(w), Number((w * RADIX) / q)];

/** The record of a target as assembly/ring/convert.ts reads it, with 1/D where D has an inverse. */
function targetWords(q: bigint, d: bigint, constant: bigint, factors: readonly bigint[]): number[] {
  const division = mod(d, q) === 0n ? [0, 0] : shoup(invMod(d, q), q);
  return [Number(constant), Number((constant * RADIX) % q), ...division, ...factors.map((m) => Number((m * RADIX) % q))];
}

/** Constants of a conversion, in the layout of assembly/ring/convert.ts, with 1/D for the targets that have one. */
export function conversionWords(source: readonly number[], target: readonly number[]): Uint32Array {
  const { inverses, matrix } = conversionTables(source, target);
  const d = product(source);
  const halves = source.map((p) => BigInt((p - 1) / 2));
  const words: number[] = source.flatMap((p, i) => [p, ...shoup(inverses[i], BigInt(p)), Number(halves[i])]);
  target.forEach((prime, j) => {
    const q = BigInt(prime);
    const constant = mod(-halves.reduce((sum, h, i) => sum + h * matrix[j][i], 0n), q);
    words.push(...targetWords(q, d, constant, matrix[j]));
  });
  return Uint32Array.from(words);
}

/** Digits of several primes are made of halves up to this many, where no prime is smaller than this: assembly/ring/halves.ts. */
const MOST_HALVED = 12;
const LEAST_HALVED = 2 ** 22;

/** Whether sums over so many primes to these targets are made of halves. */
export function isHalvable(sources: number, target: readonly number[]): boolean {
  return sources > 1 && sources <= MOST_HALVED && target.every((q) => q >= LEAST_HALVED);
}

/** Two words: the low halves of m and of 2^15 m modulo q, then the high ones, all in (-2^14, 2^14]. */
export function halvesOf(m: bigint, q: bigint): [number, number] {
  const parts = [m, (m << 15n) % q].map((x) => {
    const c = Number(centred(x, q));
    // The low half first, and what would have a high half of -2^14 has 2^14 or less after adding q.
    const split = (y: number): [number, number] => [y - 32768 * Math.ceil((y - 16384) / 32768), Math.ceil((y - 16384) / 32768)];
    const [low, high] = split(c);
    return high > -16384 ? [low, high] : split(c + Number(q));
  });
  const word = (i: number) => ((parts[0][i] & 0xffff) | (parts[1][i] << 16)) >>> 0;
  return [word(0), word(1)];
}

/**
 * Constants of a division by the product of several primes: those of mixed-radix.ts; records of their limbs, that ask for transforms alone;
 * then those of the targets, of divide.ts where isHalvable, else of convert.ts.
 */
export function divisionWords(source: readonly number[], target: readonly number[]): Uint32Array {
  const { offsets, inverses, matrix, constants } = mixedRadixTables(source, target);
  const d = product(source);
  const digits = source.flatMap((prime, i) => {
    const p = BigInt(prime);
    const multiple = prime * Math.ceil(2 ** 30 / prime);
    return [prime, Number(offsets[i]), multiple, (prime - 1) / 2, ...inverses[i].flatMap((w) => shoup(w, p))];
  });
  const limbs = source.flatMap((prime) => [prime, ...shoup(1n, BigInt(prime)), 0]);
  const isHalved = isHalvable(source.length, target);
  const targets = target.flatMap((prime, j) => {
    const q = BigInt(prime);
    if (isHalved) return [...shoup(invMod(d, q), q), ...matrix[j].flatMap((m) => halvesOf(m, q))];
    return targetWords(q, d, constants[j], matrix[j]);
  });
  return Uint32Array.from([...digits, ...limbs, ...targets]);
}

/** Constants of one digit of a key switch to targets among `all` primes, as assembly/ring/decompose.ts reads them. */
export interface DigitRecords {
  readonly isHalved: boolean;
  /** [source] of four words each. */
  readonly sources: number[];
  /** [target] of K and the factors. */
  readonly targets: number[][];
}

export function digitRecords(source: readonly number[], target: readonly number[]): DigitRecords {
  const { inverses, matrix } = conversionTables(source, target);
  const isHalved = isHalvable(source.length, target);
  const halves = source.map((p) => (isHalved ? 0n : BigInt((p - 1) / 2)));
  return {
    isHalved,
    sources: source.flatMap((p, i) => [p, ...shoup(inverses[i], BigInt(p)), Number(halves[i])]),
    targets: target.map((prime, j) => {
      const q = BigInt(prime);
      if (isHalved) return [0, ...matrix[j].flatMap((m) => halvesOf(m, q))];
      const sum = halves.reduce((s, h, i) => s + h * matrix[j][i], 0n);
      return [Number(mod(-sum, q)), ...matrix[j].map(Number)];
    }),
  };
}

/** X -> X^galoisElement as assembly/ring/permute.ts reads it: a map of coefficients, or shuffles and a map of vectors of values. */
export function permutationWords(degree: number, galoisElement: number, form: Form): Uint32Array {
  const { target, negate, source } = automorphismMaps(degree, galoisElement);
  if (form === "coefficient") {
    const words = new Uint32Array(degree);
    for (let i = 0; i < degree; i++) words[target[i]] = 2 * i + negate[i];
    return words;
  }
  const words = new Uint32Array(16 + degree / 4);
  const shuffles = new Map<string, number>();
  for (let i = 0; i < degree; i += 4) {
    const lanes = source.slice(i, i + 4).map((place) => place % 4);
    let shuffle = shuffles.get(lanes.join());
    if (shuffle === undefined) {
      shuffle = shuffles.size;
      shuffles.set(lanes.join(), shuffle);
      // Bytes 4 l .. 4 l + 3 of a lane.
      words.set(
        lanes.map((l) => 0x03020100 + 0x04040404 * l),
        4 * shuffle,
      );
    }
    words[16 + i / 4] = 4 * Math.floor(source[i] / 4) + shuffle;
  }
  return words;
}
