/** The special modulus and the digits of key switching, for given primes of Q: as little work as the noise and the security allow. */
import { fusedEstimate } from "./estimates.js";
import {
  divisionVariance,
  type Estimate,
  freshEstimate,
  freshVariance,
  keySwitchVariance,
  type NoiseParameters,
  productEstimate,
  rescaledEstimate,
  uniformRange,
} from "./noise.js";
import type { CkksParametersLiteral } from "./parameters.js";
import { chooseSpecialPrimes } from "./prime-choice.js";

/** A choice, and what it costs. */
export interface KeySwitching {
  readonly specialPrimes: readonly number[];
  readonly digitSize: number;
  /** Digits at the top level. */
  readonly digits: number;
  /** Transforms of one limb in a key switch at the top level. */
  readonly transforms: number;
}

/** Key switching stays 3 bits below what is there already: a 64th of its variance. */
const SHARE = 2 ** -6;

/**
 * The digits of alpha primes and the special primes with the fewest transforms of limbs, beta (l + k) + 2 k + 2 l for l limbs in beta digits and k special
 * primes, among those whose product stays within `roomBits` and whose noise in the worst slot is 3 bits below that of a fresh public-key
 * encryption (or, without rotations, below the rounding of the rescaling that follows a product). `spare` are ascending primes that may become
 * special ones. Undefined where none fits.
 */
export function chooseKeySwitching(
  literal: CkksParametersLiteral,
  spare: readonly number[],
  roomBits: number,
  rotations: boolean,
): KeySwitching | undefined {
  const primes = [...literal.basePrimes, ...literal.levelPrimes];
  let best: KeySwitching | undefined;
  for (let digitSize = 1; digitSize <= primes.length; digitSize++) {
    const specialPrimes = fewestSpecial(literal, primes, spare, digitSize, rotations, roomBits);
    if (!specialPrimes) continue;
    const [l, k, digits] = [primes.length, specialPrimes.length, Math.ceil(primes.length / digitSize)];
    const transforms = digits * (l + k) + 2 * k + 2 * l;
    if (!best || transforms < best.transforms) best = { specialPrimes, digitSize, digits, transforms };
  }
  return best;
}

/** The fewest and, of these, the smallest special primes that digits of this size are content with. */
function fewestSpecial(
  literal: CkksParametersLiteral,
  primes: readonly number[],
  spare: readonly number[],
  digitSize: number,
  rotations: boolean,
  roomBits: number,
): number[] | undefined {
  const { degree } = literal;
  const digits = Math.ceil(primes.length / digitSize);
  // With a special modulus of 1, the variance is what is to be divided by P^2.
  const undivided = keySwitchVariance(modelOf(literal, primes, digitSize), 0) * worstSlot(degree, digits);
  for (let count = digitSize; count <= digitSize + 2; count++) {
    const budget = allowedVariance(literal, rotations) - divisionVariance({ degree });
    const need = Math.sqrt(undivided / budget);
    if (budget <= 0 || Math.log2(need) > roomBits) continue;
    const specialPrimes = chooseSpecialPrimes(spare, need, count);
    if (specialPrimes) {
      const bits = specialPrimes.reduce((sum, q) => sum + Math.log2(q), 0);
      return bits <= roomBits ? specialPrimes : undefined;
    }
  }
  return undefined;
}

function allowedVariance({ degree, levelPrimes, primesPerLevel = 1 }: CkksParametersLiteral, rotations: boolean): number {
  const ring = { degree } as NoiseParameters;
  if (rotations || levelPrimes.length === 0) return SHARE * freshVariance(ring, "public");
  let modulus = Number.POSITIVE_INFINITY;
  for (let i = 0; i < levelPrimes.length; i += primesPerLevel) {
    modulus = Math.min(
      modulus,
      levelPrimes.slice(i, i + primesPerLevel).reduce((all, q) => all * q, 1),
    );
  }
  return SHARE * divisionVariance(ring) * modulus ** 2;
}

/**
 * How far the worst of N/2 slots is above the mean variance: there the errors of the key have fixed values, whose squares are sums of `digits` exponential
 * variables, above beta + sqrt(2 beta t) + t with probability e^-t (Laurent, Massart, Annals of Statistics 28, 2000, lemma 1); t = ln(N/2).
 */
export function worstSlot(degree: number, digits: number): number {
  const t = Math.log(degree / 2);
  return 1 + Math.sqrt((2 * t) / digits) + t / digits;
}

/** A model of all primes as one level, with a special modulus of 1. */
function modelOf(literal: CkksParametersLiteral, primes: readonly number[], digitSize: number): NoiseParameters {
  const { degree, primesPerLevel = 1 } = literal;
  return {
    degree,
    primesPerLevel,
    specialPrimes: [1],
    digitSize,
    scale: () => 1,
    levelModulus: () => 1,
    basis: () => [...primes],
  };
}

/**
 * What is predicted at the end of a chain of `depth` products of independent operands, in a fresh public-key encryption: at each level a product,
 * and a rescaling, with the relinearisation where there is a special modulus. The last result reaches `magnitude`, so that operands
 * are up to its square root, theirs up to its fourth root, and so on; with a magnitude below 1 all operands are up to it.
 */
export function chain(p: NoiseParameters, depth: number, { magnitude }: { readonly magnitude: number }): Estimate {
  // Roots by Math.sqrt, which is correctly rounded everywhere.
  const ranges = [magnitude];
  while (ranges.length <= depth) ranges.unshift(magnitude > 1 ? Math.sqrt(ranges[0]) : magnitude);
  let e = freshEstimate(p, depth, "public", ranges[0]);
  for (let level = depth; level > 0; level--) {
    const product = productEstimate(p, level, e, e, false);
    const rescaled = p.specialPrimes.length > 0 ? fusedEstimate(p, level, product) : rescaledEstimate(p, level, product);
    // Values do not shrink on their way, as products of independent ones would: that would promise too much.
    e = { ...rescaled, ...uniformRange(ranges[depth - level + 1]) };
  }
  return e;
}
