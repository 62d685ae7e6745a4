/**
 * Hybrid key switching (Han, Ki, CT-RSA 2020) in three kernels: digits, inner products with the key, and the division by P, which
 * takes primes of the level along where a product is rescaled at once.
 */
import type { RingHandle, RingKernels } from "../kernels/interface.js";
import type { SwitchingKey } from "./evaluation-keys.js";
import type { CkksParameters } from "./parameters.js";
import { scoped } from "./scope.js";

/**
 * How many special primes leave with the last division of a key switch, which decides its rounding: of variance k/12 (1 + 2N/3) a
 * coefficient for k at once, as the conversion is not corrected. At the canonical scale all but one leave first, and then that one:
 * already with two at once the worst slot is not always 3 bits below that of a fresh public-key encryption. At the squared scale of
 * products any rounding is nothing, and one division does.
 */
export function lastDivision(parameters: CkksParameters, scaleDegree: 1 | 2): number {
  return scaleDegree === 2 ? parameters.specialPrimes.length : 1;
}

/** The digits [digits, items] of polynomials in NTT form over a level's primes, for any number of {@link switchDigits}. */
export function digitsOf(ring: RingKernels, parameters: CkksParameters, a: RingHandle): RingHandle {
  return ring.decompose(a, parameters.digitSize, parameters.specialPrimes);
}

/**
 * [2, items] over the level's primes: (u0, u1) with u0 + u1 t = c s' for the digits of c, plus the addend [m, items], m <= 2. The last
 * division drops `last` primes of those of the level and P: of P alone, of which what is left leaves before; or all of P and those of the level,
 * which rescales.
 */
export function switchDigits(
  ring: RingKernels,
  parameters: CkksParameters,
  digits: RingHandle,
  key: SwitchingKey,
  addend: RingHandle,
  last: number,
): RingHandle {
  const special = parameters.specialPrimes.length;
  const terms = Math.ceil((digits.basis.length - special) / parameters.digitSize);
  return scoped((keep) => {
    const sum = keep(ring.innerProducts(digits, key.handle, { terms, outputs: 2 }, addend));
    return ring.rescale(last >= special ? sum : keep(ring.rescale(sum, special - last)), last);
  });
}

/** {@link switchDigits} for polynomials [items] that are switched once. */
export function switchKey(
  ring: RingKernels,
  parameters: CkksParameters,
  a: RingHandle,
  key: SwitchingKey,
  addend: RingHandle,
  last: number,
): RingHandle {
  return scoped((keep) => switchDigits(ring, parameters, keep(digitsOf(ring, parameters, a)), key, addend, last));
}
