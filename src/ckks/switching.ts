/**
 * Hybrid key switching (Han, Ki, CT-RSA 2020) in three kernels: digits, inner products with the key, and the division by P, which
 * takes primes of the level along where a product is rescaled at once.
 */
import type { RingHandle, RingKernels } from "../kernels/interface.js";
import type { SwitchingKey } from "./evaluation-keys.js";
import type { CkksParameters } from "./parameters.js";
import { scoped } from "./scope.js";

/**
 * Special primes that may leave in one division: its rounding has variance k/12 (1 + 2N/3) a coefficient, since the conversion is
 * not corrected, and for k > 3 that is no longer 3 bits below the noise of a fresh public-key encryption.
 */
const MOST_AT_ONCE = 3;

/** How many special primes leave with the last division of a key switch, which decides its rounding. */
export function lastDivision(parameters: CkksParameters): number {
  const count = parameters.specialPrimes.length;
  return count > MOST_AT_ONCE ? 1 : count;
}

/** The digits [digits, items] of polynomials in NTT form over a level's primes, for any number of {@link switchDigits}. */
export function digitsOf(ring: RingKernels, parameters: CkksParameters, a: RingHandle): RingHandle {
  return ring.decompose(a, parameters.digitSize, parameters.specialPrimes);
}

/**
 * [2, items] over the level's primes: (u0, u1) with u0 + u1 t = c s' for the digits of c, plus the addend [m, items], m <= 2. With
 * `rescale`, which asks for level >= 1, the level's primes are divided out in the same division.
 */
export function switchDigits(
  ring: RingKernels,
  parameters: CkksParameters,
  digits: RingHandle,
  key: SwitchingKey,
  addend: RingHandle,
  rescale = false,
): RingHandle {
  const special = parameters.specialPrimes.length;
  const terms = Math.ceil((digits.basis.length - special) / parameters.digitSize);
  return scoped((keep) => {
    const sum = keep(ring.innerProducts(digits, key.handle, { terms, outputs: 2 }, addend));
    // A rescaling's own rounding is small beside the noise of what was multiplied: its primes and P may leave at once.
    if (rescale) return ring.rescale(sum, special + parameters.primesPerLevel);
    const last = lastDivision(parameters);
    return ring.rescale(last === special ? sum : keep(ring.rescale(sum, special - last)), last);
  });
}

/** {@link switchDigits} for polynomials [items] that are switched once. */
export function switchKey(
  ring: RingKernels,
  parameters: CkksParameters,
  a: RingHandle,
  key: SwitchingKey,
  addend: RingHandle,
  rescale = false,
): RingHandle {
  return scoped((keep) => switchDigits(ring, parameters, keep(digitsOf(ring, parameters, a)), key, addend, rescale));
}
