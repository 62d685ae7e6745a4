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

/** Constants of a base conversion, as shaders/entry/ring_convert.wgsl binds them. */
export interface ConversionWords {
  /** [source] of (d_i, padding, Shoup pair of (D/d_i)^-1). */
  readonly sources: Uint32Array;
  /** [tile] of four target primes with their constants. */
  readonly tiles: Uint32Array;
  /** [tile, source, 4] of (D/d_i) modulo the target. */
  readonly matrix: Uint32Array;
}

export function conversionWords(source: readonly number[], target: readonly number[]): ConversionWords {
  const tables = conversionTables(source, target);
  const sources = new Uint32Array(4 * source.length);
  tables.source.forEach((d, i) => {
    sources.set([Number(d), 0, ...shoupPair(tables.inverses[i], d)], 4 * i);
  });
  const tileCount = Math.ceil(target.length / 4);
  const tiles = new Uint32Array(20 * tileCount);
  const matrix = new Uint32Array(4 * tileCount * source.length);
  const d = product(source);
  for (let lane = 0; lane < 4 * tileCount; lane++) {
    // Lanes beyond the last target repeat it; their results are not stored.
    const j = Math.min(lane, target.length - 1);
    const q = tables.target[j];
    const [radix, quotient] = shoupPair(R % q, q);
    const words = [Number(q), montgomeryFactor(target[j]), radix, quotient, Number(mod(-d, q))];
    words.forEach((word, k) => {
      tiles[20 * (lane >> 2) + 4 * k + (lane & 3)] = word;
    });
    tables.matrix[j].forEach((entry, i) => {
      matrix[4 * ((lane >> 2) * source.length + i) + (lane & 3)] = Number(entry);
    });
  }
  return { sources, tiles, matrix };
}

/** 1/D modulo each kept prime, as Shoup pairs, D the product of the dropped ones. */
export function divisionWords(kept: readonly number[], dropped: readonly number[]): Uint32Array {
  const d = product(dropped);
  return Uint32Array.from(kept.flatMap((q) => shoupPair(invMod(d, BigInt(q)), BigInt(q))));
}
