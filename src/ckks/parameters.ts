/** CKKS parameters: a literal that anyone may write, checked once into a frozen object. */
import { LevelError, ParameterError, show } from "../errors.js";
import { checkNttPrime, nttPrimes } from "../math/primes.js";
import { product } from "../math/rns.js";
import { sha256 } from "../wire/hash.js";
import { checkSecurity, maxLogQP, type SecurityLevel } from "./security.js";

/** What a parameter set is written as: plain data, fit for JSON. */
export interface CkksParametersLiteral {
  /** Ring degree N, a power of two from 1024 to 65536; there are N/2 slots. */
  readonly degree: number;
  /** The primes of level 0, each below 2^30. Their product carries the scale and the largest value. */
  readonly basePrimes: readonly number[];
  /**
   * The primes of the levels above 0, level 1 first, `primesPerLevel` of them each; consumed from the last to the first by
   * rescaling. The product of a level's primes is close to 2^scaleBits.
   */
  readonly levelPrimes: readonly number[];
  /** log2 of the scale of level 0: an integer from 16 to 60. */
  readonly scaleBits: number;
  /** 1, for scales up to 30 bits, or 2: composite levels, for scales of 48 to 58 bits. 1 unless said otherwise. */
  readonly primesPerLevel?: 1 | 2;
  /** The primes of the special modulus P, which key switching works with; none unless said otherwise. */
  readonly specialPrimes?: readonly number[];
  /** Primes of Q in one digit of key switching; as many as there are special primes unless said otherwise. */
  readonly digitSize?: number;
  /** Classical security in bits; 128 unless said otherwise. */
  readonly security?: SecurityLevel;
}

/** Head-room above scale x magnitude in the base modulus, in bits: sign, noise, and values slightly out of bounds. */
export const HEADROOM_BITS = 5;

export class CkksParameters {
  readonly degree: number;
  readonly basePrimes: readonly number[];
  readonly levelPrimes: readonly number[];
  readonly scaleBits: number;
  readonly primesPerLevel: 1 | 2;
  readonly specialPrimes: readonly number[];
  readonly digitSize: number;
  readonly security: SecurityLevel;
  /** SHA-256 of the canonical literal: what files and messages are checked against. */
  readonly hash: Uint8Array;
  readonly #scales: readonly number[];

  private constructor(literal: Required<CkksParametersLiteral>) {
    this.degree = literal.degree;
    this.basePrimes = Object.freeze([...literal.basePrimes]);
    this.levelPrimes = Object.freeze([...literal.levelPrimes]);
    this.scaleBits = literal.scaleBits;
    this.primesPerLevel = literal.primesPerLevel;
    this.specialPrimes = Object.freeze([...literal.specialPrimes]);
    this.digitSize = literal.digitSize;
    this.security = literal.security;
    this.hash = sha256(new TextEncoder().encode(`webhe ckks 1 ${JSON.stringify(this.toLiteral())}`));
    const scales = [2 ** this.scaleBits];
    // Upwards, so that scale[i]^2 / q_i is scale[i-1]: two ciphertexts of one level always add.
    for (let level = 1; level <= this.levels; level++) scales.push(Math.sqrt(scales[level - 1] * this.levelModulus(level)));
    this.#scales = scales;
    Object.freeze(this);
  }

  /** Checks a literal from anywhere. Throws ParameterError, or SecurityError where the modulus is too large for the ring. */
  static from(literal: CkksParametersLiteral): CkksParameters {
    const checked = checkShape(literal);
    const { degree, basePrimes, levelPrimes, specialPrimes, scaleBits } = checked;
    const primes = [...basePrimes, ...levelPrimes, ...specialPrimes];
    for (const q of primes) checkNttPrime(BigInt(q), degree);
    checkSecurity(degree, product(primes), checked.security);
    const parameters = new CkksParameters(checked);
    if (parameters.maxMagnitude(0) < 1) {
      refuse(
        "base modulus",
        `at least 2^${HEADROOM_BITS} times the scale`,
        `${basePrimes.length} primes at scale 2^${scaleBits}`,
        "add a base prime",
      );
    }
    return parameters;
  }

  /** Number of slots, N/2. */
  get slots(): number {
    return this.degree / 2;
  }

  /** Number of rescalings that a fresh ciphertext admits. */
  get levels(): number {
    return this.levelPrimes.length / this.primesPerLevel;
  }

  /** All primes of Q, level 0 first. */
  get primes(): readonly number[] {
    return [...this.basePrimes, ...this.levelPrimes];
  }

  /** The primes of Q and then those of P: what secret and evaluation keys rest over. */
  get allPrimes(): readonly number[] {
    return [...this.primes, ...this.specialPrimes];
  }

  /** log2 of the product of all primes of Q. */
  get logQ(): number {
    return log2Product(this.primes);
  }

  /** log2 of the special modulus; 0 without one. */
  get logP(): number {
    return log2Product(this.specialPrimes);
  }

  /** Whether there is a special modulus, without which ciphertexts can neither be relinearised nor rotated. */
  get hasKeySwitching(): boolean {
    return this.specialPrimes.length > 0;
  }

  /** The primes of a level. */
  basis(level: number): number[] {
    this.#checkLevel(level);
    return [...this.basePrimes, ...this.levelPrimes.slice(0, level * this.primesPerLevel)];
  }

  /** The product of the primes that rescaling from a level >= 1 divides by, as a float64. */
  levelModulus(level: number): number {
    const d = this.primesPerLevel;
    return this.levelPrimes.slice((level - 1) * d, level * d).reduce((all, q) => all * q, 1);
  }

  /** Digits of key switching at a level. */
  digits(level: number): number {
    return Math.ceil(this.basis(level).length / this.digitSize);
  }

  /** The one scale of a level. */
  scale(level: number): number {
    this.#checkLevel(level);
    return this.#scales[level];
  }

  /** The largest |slot value| that a level carries with head-room, decided by its modulus. */
  maxMagnitude(level: number): number {
    const integer = product(this.basis(level)) >> BigInt(HEADROOM_BITS);
    return Number(integer) / this.scale(level);
  }

  /** Plain data that {@link from} takes back. What is at its default is left out, so that hashes of older sets stay what they are. */
  toLiteral(): CkksParametersLiteral & { readonly security: SecurityLevel } {
    const { degree, basePrimes, levelPrimes, scaleBits, security, primesPerLevel, specialPrimes, digitSize } = this;
    return {
      degree,
      basePrimes: [...basePrimes],
      levelPrimes: [...levelPrimes],
      scaleBits,
      security,
      ...(primesPerLevel !== 1 && { primesPerLevel }),
      ...(specialPrimes.length > 0 && { specialPrimes: [...specialPrimes], digitSize }),
    };
  }

  #checkLevel(level: number): void {
    if (!Number.isInteger(level) || level < 0 || level > this.levels) {
      throw new LevelError({
        what: "level",
        expected: `an integer in [0, ${this.levels}]`,
        got: show(level),
        remedy: "choose parameters with more levels",
      });
    }
  }
}

function refuse(what: string, expected: string, got: string, remedy: string): never {
  throw new ParameterError({ what, expected, got, remedy });
}

const log2Product = (primes: readonly number[]): number => primes.reduce((sum, q) => sum + Math.log2(q), 0);
const isScale = (bits: unknown): boolean => Number.isInteger(bits) && Number(bits) >= 16 && Number(bits) <= 60;
const isSecurity = (bits: unknown): boolean => bits === 128 || bits === 192 || bits === 256;

const KEYS = ["degree", "basePrimes", "levelPrimes", "scaleBits", "primesPerLevel", "specialPrimes", "digitSize", "security"];

function checkShape(literal: CkksParametersLiteral): Required<CkksParametersLiteral> {
  if (typeof literal !== "object" || literal === null) refuse("parameters", "an object", show(literal), "pass a CKKS literal");
  for (const key of Object.keys(literal)) {
    if (!KEYS.includes(key)) refuse("parameters", `the fields ${KEYS.join(", ")}`, show(key), "remove or correct the field");
  }
  const { degree, basePrimes, levelPrimes, scaleBits, primesPerLevel = 1, specialPrimes = [], security = 128 } = literal;
  if (![1024, 2048, 4096, 8192, 16384, 32768, 65536].includes(degree)) {
    refuse("degree", "a power of two from 1024 to 65536", show(degree), "use 4096, 8192, 16384 or 32768");
  }
  for (const [name, primes, least] of [
    ["basePrimes", basePrimes, 1],
    ["levelPrimes", levelPrimes, 0],
    ["specialPrimes", specialPrimes, 0],
  ] as const) {
    if (!Array.isArray(primes) || primes.length < least || primes.length > 64) {
      refuse(name, `an array of ${least} to 64 primes`, show(primes), "search primes with chooseParameters");
    }
    for (const q of primes) {
      if (!Number.isSafeInteger(q) || q < 2 ** 16 || q >= 2 ** 30)
        refuse(`a prime of ${name}`, "an integer in [2^16, 2^30)", show(q), "use NTT primes below 2^30");
    }
  }
  const all = [...basePrimes, ...levelPrimes, ...specialPrimes];
  if (new Set(all).size !== all.length) refuse("primes", "distinct primes", "a repetition", "name each prime once");
  if (!isScale(scaleBits)) refuse("scaleBits", "an integer from 16 to 60", show(scaleBits), "use 30");
  if (!isSecurity(security)) refuse("security", "128, 192 or 256", show(security), "leave it out for 128");
  if (primesPerLevel !== 1 && primesPerLevel !== 2)
    refuse("primesPerLevel", "1 or 2", show(primesPerLevel), "use 2 for scales above 30 bits");
  if (levelPrimes.length % primesPerLevel !== 0)
    refuse("levelPrimes", `a multiple of ${primesPerLevel} primes`, `${levelPrimes.length}`, "give every level its primes");
  const { digitSize = Math.max(1, specialPrimes.length) } = literal;
  if (!Number.isSafeInteger(digitSize) || digitSize < 1 || digitSize > Math.max(1, specialPrimes.length)) {
    const expected = `an integer from 1 to the number of special primes, ${specialPrimes.length}`;
    refuse("digitSize", expected, show(digitSize), "use smaller digits or more special primes");
  }
  return { degree, basePrimes, levelPrimes, scaleBits, primesPerLevel, specialPrimes, digitSize, security };
}

/** What {@link chooseParameters} needs to know. */
export interface CkksNeeds {
  /** Values that one ciphertext must hold. */
  readonly slots: number;
  /** Rescalings in the longest chain of products. */
  readonly levels: number;
  /** log2 of the scale; 30 by default, which primes of 30 bits fit. */
  readonly scaleBits?: number;
  /** The largest |value| of any result. */
  readonly magnitude: number;
  readonly security?: SecurityLevel;
}

/**
 * The smallest ring that holds the slots and is secure, with one 30-bit prime a level and as many base primes as the
 * magnitude asks for. Throws ParameterError where no ring up to 65536 does.
 */
export function chooseParameters(needs: CkksNeeds): CkksParameters {
  if (typeof needs !== "object" || needs === null)
    refuse("needs", "{ slots, levels, magnitude }", show(needs), "say what a ciphertext must hold");
  const { slots, levels, scaleBits = 30, magnitude, security = 128 } = needs;
  if (!isScale(scaleBits)) refuse("scaleBits", "an integer from 16 to 60", show(scaleBits), "use 30");
  if (!isSecurity(security)) refuse("security", "128, 192 or 256", show(security), "leave it out for 128");
  if (!Number.isSafeInteger(slots) || slots < 1 || slots > 32768)
    refuse("slots", "an integer from 1 to 32768", show(slots), "split the vector");
  if (!Number.isSafeInteger(levels) || levels < 0 || levels > 57)
    refuse("levels", "an integer from 0 to 57", show(levels), "use a shallower circuit");
  if (!(magnitude > 0 && Number.isFinite(magnitude)))
    refuse("magnitude", "a positive finite number", show(magnitude), "bound the results");
  for (let degree = 1024; degree <= 65536; degree *= 2) {
    if (degree < 2 * slots) continue;
    for (let base = 1; base <= 8; base++) {
      if ((base + levels) * 30 > maxLogQP(degree, security) + 1) break;
      const primes = nttPrimes({ degree, bits: 30, count: base + levels });
      // The primes closest to 2^30 become level primes: they decide how little the scale drifts.
      const literal = { degree, basePrimes: primes.slice(levels), levelPrimes: primes.slice(0, levels), scaleBits, security };
      if (product(primes) > 1n << BigInt(maxLogQP(degree, security))) break;
      const headroom = Number(product(literal.basePrimes)) / 2 ** (HEADROOM_BITS + scaleBits);
      if (headroom >= Math.max(1, magnitude)) return CkksParameters.from(literal);
    }
  }
  return refuse(
    "CKKS parameters",
    `a ring for ${slots} slots, ${levels} levels and results up to ${magnitude}`,
    "none up to degree 65536",
    "ask for less depth, magnitude or security",
  );
}
