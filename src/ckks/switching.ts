/**
 * Hybrid key switching (Han, Ki, CT-RSA 2020) in three kernels: digits, inner products with the key, and the division by P, which
 * takes primes of the level along where a product is rescaled at once.
 */
import type { RingHandle, RingKernels } from "../kernels/interface.js";
import type { SwitchingKey } from "./evaluation-keys.js";
import type { CkksParameters } from "./parameters.js";
import { scoped } from "./scope.js";

/** The digits [digits, items] of polynomials in NTT form over a level's primes, for any number of {@link switchDigits}. */
export function digitsOf(ring: RingKernels, parameters: CkksParameters, a: RingHandle): RingHandle {
  return ring.decompose(a, parameters.digitSize, parameters.specialPrimes);
}

/**
 * [2, items] over the digits' primes: P times what {@link switchDigits} gives, before P is divided out, so that sums of several need one
 * division. The addend, over the level's primes, is multiplied by P.
 */
export function innerProductsOf(
  ring: RingKernels,
  { digitSize, specialPrimes }: CkksParameters,
  digits: RingHandle,
  key: SwitchingKey,
  addend?: RingHandle,
): RingHandle {
  const terms = Math.ceil((digits.basis.length - specialPrimes.length) / digitSize);
  return ring.innerProducts(digits, key.handle, { terms, outputs: 2 }, addend);
}

/**
 * [2, items] over the level's primes: (u0, u1) with u0 + u1 t = c s' for the digits of c, plus the addend [m, items], m <= 2. `rescaled`
 * primes of the level leave in the same division as P, which rounds to nearest.
 */
export function switchDigits(
  ring: RingKernels,
  parameters: CkksParameters,
  digits: RingHandle,
  key: SwitchingKey,
  addend: RingHandle,
  rescaled = 0,
): RingHandle {
  return scoped((keep) => {
    const sum = keep(innerProductsOf(ring, parameters, digits, key, addend));
    return ring.rescale(sum, parameters.specialPrimes.length + rescaled);
  });
}

/** {@link switchDigits} for polynomials [items] that are switched once. */
export function switchKey(
  ring: RingKernels,
  parameters: CkksParameters,
  a: RingHandle,
  key: SwitchingKey,
  addend: RingHandle,
  rescaled = 0,
): RingHandle {
  return scoped((keep) => switchDigits(ring, parameters, keep(digitsOf(ring, parameters, a)), key, addend, rescaled));
}
