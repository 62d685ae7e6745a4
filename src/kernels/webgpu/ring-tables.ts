/** Constants of the ring kernels, computed on bigint and laid out as the shaders read them. */
import { invMod, mod } from "../../math/modular.js";
import { nttTables } from "../../math/ntt.js";
import { conversionTables, product } from "../../math/rns.js";

const R = 1n << 32n;

/** A constant for a Shoup product: w and floor(w 2^32 / q), for w in [0, q). */
export function shoupPair(w: bigint, q: bigint): [number, number] {
  return [Number(w), Number((w << 32n) / q)];
}

/** Shoup pairs of scalars [.., limb], in the same order. */
export function shoupPairs(scalars: Uint32Array, basis: readonly number[]): Uint32Array {
  const out = new Uint32Array(2 * scalars.length);
  const moduli = basis.map(BigInt);
  for (let i = 0; i < scalars.length; i++) out.set(shoupPair(BigInt(scalars[i]), moduli[i % moduli.length]), 2 * i);
  return out;
}

/** Twiddles of one prime as Shoup pairs, both directions, [N][2] each. */
export interface Twiddles {
  readonly forward: Uint32Array;
  readonly inverse: Uint32Array;
}

const twiddleCache = new Map<string, Twiddles>();

/** Made once per (q, N); not to be written to. Some tens of milliseconds at N = 2^16. */
export function twiddlesOf(degree: number, q: number): Twiddles {
  const key = `${q}/${degree}`;
  let twiddles = twiddleCache.get(key);
  if (!twiddles) {
    const modulus = BigInt(q);
    const { psiRev, psiInvRev } = nttTables(modulus, degree);
    twiddles = { forward: pairsOf(psiRev, modulus), inverse: pairsOf(psiInvRev, modulus) };
    twiddleCache.set(key, twiddles);
  }
  return twiddles;
}

function pairsOf(values: BigUint64Array, q: bigint): Uint32Array {
  const out = new Uint32Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    out[2 * i] = Number(values[i]);
    out[2 * i + 1] = Number((values[i] << 32n) / q);
  }
  return out;
}

/** Whether Montgomery reduction may take the short form: all primes are 1 + k 2^16. */
export function isSparse(primes: readonly number[]): boolean {
  return primes.every((q) => q % 65536 === 1);
}

/** 1/q modulo 2^32, for Montgomery reduction by subtraction. */
export function montgomeryFactor(q: number): number {
  return Number(invMod(BigInt(q), R));
}

/** Words of one `Limb` of shaders/ring/limb.wgsl. */
const LIMB_WORDS = 10;

/** The array of `Limb` for a basis. `primes` are those of the twiddle tables, in their order. */
export function limbTable(degree: number, basis: readonly number[], primes: readonly number[], sparse: boolean): Uint32Array {
  const out = new Uint32Array(LIMB_WORDS * basis.length);
  basis.forEach((q, l) => {
    const modulus = BigInt(q);
    const { nInv, psiInvRev } = nttTables(modulus, degree);
    const words = [
      q,
      sparse ? q >>> 16 : montgomeryFactor(q),
      ...shoupPair(R % modulus, modulus),
      ...shoupPair(nInv, modulus),
      ...shoupPair((nInv * psiInvRev[1]) % modulus, modulus),
      primes.indexOf(q),
    ];
    out.set(words, l * LIMB_WORDS);
  });
  return out;
}

/** A conversion of some limbs of an operand to primes of its own. */
export interface Conversion {
  /** The first limb that is converted. */
  readonly limb: number;
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** Constants of conversions side by side, as shaders/entry/ring_convert.wgsl binds them. */
export interface ConversionWords {
  /** [source] of (d_i, padding, Shoup pair of (D/d_i)^-1). */
  readonly sources: Uint32Array;
  /** [tile] of what it is converted from and which limbs of the result it makes. */
  readonly runs: Uint32Array;
  /** [tile] of four target primes with their constants. */
  readonly tiles: Uint32Array;
  /** [tile, source, 4] of (D/d_i) modulo the target. */
  readonly matrix: Uint32Array;
}

/** The results of all conversions lie one after the other. */
export function conversionWords(conversions: readonly Conversion[]): ConversionWords {
  const words = { sources: [] as number[], runs: [] as number[], tiles: [] as number[], matrix: [] as number[] };
  let before = 0;
  for (const { limb, source, target } of conversions) {
    const tables = conversionTables(source, target);
    const minusD = -product(source);
    const first = words.sources.length / 4;
    tables.source.forEach((d, i) => {
      words.sources.push(Number(d), 0, ...shoupPair(tables.inverses[i], d));
    });
    for (let t = 0; t < target.length; t += 4) {
      words.runs.push(limb, first, source.length, words.matrix.length / 4, before + t, Math.min(4, target.length - t));
      // Lanes beyond the last target repeat it; their results are not stored.
      const lanes = [0, 1, 2, 3].map((lane) => Math.min(t + lane, target.length - 1));
      const constants = lanes.map((j) => {
        const q = tables.target[j];
        return [Number(q), montgomeryFactor(target[j]), ...shoupPair(R % q, q), Number(mod(minusD, q))];
      });
      for (let k = 0; k < 5; k++) words.tiles.push(...constants.map((lane) => lane[k]));
      for (let i = 0; i < source.length; i++) words.matrix.push(...lanes.map((j) => Number(tables.matrix[j][i])));
    }
    before += target.length;
  }
  const { sources, runs, tiles, matrix } = words;
  return {
    sources: Uint32Array.from(sources),
    runs: Uint32Array.from(runs),
    tiles: Uint32Array.from(tiles),
    matrix: Uint32Array.from(matrix),
  };
}

/** 1/D modulo each kept prime, as Shoup pairs, D the product of the dropped ones. */
export function divisionWords(kept: readonly number[], dropped: readonly number[]): Uint32Array {
  const d = product(dropped);
  return Uint32Array.from(kept.flatMap((q) => shoupPair(invMod(d, BigInt(q)), BigInt(q))));
}

/** [kept] of (1/D as a Shoup pair, -D, padding) for the product D of dropped primes: `Divisor` of shaders/ntt/rows.wgsl. */
export function divisorWords(kept: readonly number[], dropped: readonly number[]): Uint32Array {
  const d = product(dropped);
  return Uint32Array.from(kept.map(BigInt).flatMap((q) => [...shoupPair(invMod(d, q), q), Number(mod(-d, q)), 0]));
}

/** Whether residues modulo the dropped prime are small enough for shaders/ring/centre.wgsl. */
export function isNearAll(kept: readonly number[], dropped: number): boolean {
  return kept.every((q) => dropped <= 4 * q);
}
