/**
 * Residue number systems on bigint: composition, and the centred base conversion that rescaling and
 * modulus switching are made of (Halevi, Polyakov, Shoup, CT-RSA 2019, section 2; here without
 * the floating-point correction, and with centred digits so that the error is symmetric).
 */
import { ParameterError } from "../errors.js";
import { centred, invMod, mod } from "./modular.js";

/** The product of the moduli. */
export function product(basis: readonly (number | bigint)[]): bigint {
  let q = 1n;
  for (const p of basis) q *= BigInt(p);
  return q;
}

/** The residues of any integer x. */
export function decompose(x: bigint, basis: readonly (number | bigint)[]): bigint[] {
  return basis.map((p) => mod(x, BigInt(p)));
}

/** Constants of a conversion from one basis to another. */
export interface ConversionTables {
  readonly source: readonly bigint[];
  readonly target: readonly bigint[];
  /** [(D/d_i)^-1] mod d_i. */
  readonly inverses: readonly bigint[];
  /** matrix[j][i] = (D/d_i) mod target j. */
  readonly matrix: readonly (readonly bigint[])[];
}

/** Tables for converting from the source basis to the target basis. Throws ParameterError where source primes repeat. */
export function conversionTables(source: readonly number[], target: readonly number[]): ConversionTables {
  if (new Set(source).size !== source.length) {
    throw new ParameterError({
      what: "source basis",
      expected: "distinct primes",
      got: `[${source.join(", ")}]`,
      remedy: "name each prime once",
    });
  }
  const s = source.map(BigInt);
  const t = target.map(BigInt);
  const d = product(source);
  return {
    source: s,
    target: t,
    inverses: s.map((p) => invMod(d / p, p)),
    matrix: t.map((q) => s.map((p) => (d / p) % q)),
  };
}

/**
 * One coefficient: the sum of ([x (D/d_i)^-1]_{d_i} centred) (D/d_i) in the target basis. It equals the centred x plus
 * a small multiple of D, at most half the number of source primes in magnitude.
 */
export function convertResidues(residues: readonly bigint[], { source, target, inverses, matrix }: ConversionTables): bigint[] {
  const y = residues.map((r, i) => centred(r * inverses[i], source[i]));
  return target.map((q, j) => {
    let sum = 0n;
    for (let i = 0; i < y.length; i++) sum += y[i] * matrix[j][i];
    return mod(sum, q);
  });
}

/**
 * Mixed radix (Garner): with prefix products P_i = d_1 ... d_(i-1), an integer in [0, D) is the sum of u_i P_i for unique digits u_i in
 * [0, d_i). The digits of x + (D - 1)/2, for odd primes, so give the x in [-(D - 1)/2, (D - 1)/2] as the sum of u_i P_i less (D - 1)/2.
 */
export interface MixedRadixTables {
  readonly source: readonly bigint[];
  readonly target: readonly bigint[];
  /** (D - 1)/2 mod d_i. */
  readonly offsets: readonly bigint[];
  /** inverses[i][j] = d_j^-1 mod d_i, for j < i. */
  readonly inverses: readonly (readonly bigint[])[];
  /** matrix[t][i] = P_i mod target t. */
  readonly matrix: readonly (readonly bigint[])[];
  /** -(D - 1)/2 mod target t. */
  readonly constants: readonly bigint[];
}

/** Tables for the exact centred conversion that division by several primes subtracts. */
export function mixedRadixTables(source: readonly number[], target: readonly number[]): MixedRadixTables {
  const s = source.map(BigInt);
  const t = target.map(BigInt);
  const half = (product(source) - 1n) / 2n;
  return {
    source: s,
    target: t,
    offsets: s.map((d) => half % d),
    inverses: s.map((d, i) => s.slice(0, i).map((e) => invMod(e, d))),
    matrix: t.map((q) => s.map((_, i) => product(source.slice(0, i)) % q)),
    constants: t.map((q) => mod(-half, q)),
  };
}

/** Makes integers in (-Q/2, Q/2] of their residues. */
export function composer(basis: readonly number[]): (residues: readonly (number | bigint)[]) => bigint {
  const q = product(basis);
  const factors = basis.map(BigInt).map((p) => (q / p) * invMod(q / p, p));
  return (residues) => {
    let x = 0n;
    for (let i = 0; i < basis.length; i++) x += factors[i] * BigInt(residues[i]);
    return centred(x, q);
  };
}

/** The integer in (-Q/2, Q/2] with these residues. */
export function compose(residues: readonly (number | bigint)[], basis: readonly number[]): bigint {
  return composer(basis)(residues);
}
