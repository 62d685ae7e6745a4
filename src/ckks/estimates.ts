/** Predictions of the sequences of kernels that this scheme chooses, from those of noise.ts. */
import { divisionVariance, type Estimate, keySwitchVariance, type NoiseParameters } from "./noise.js";

/** Relinearisation and rescaling in one division by P and the primes of the level. */
export function fusedEstimate(p: NoiseParameters, levelBefore: number, a: Estimate): Estimate {
  const switched = keySwitchVariance(p, levelBefore) / p.levelModulus(levelBefore) ** 2;
  const variance = switched + divisionVariance(p);
  const deviation = Math.sqrt((p.degree / 2) * variance) / p.scale(levelBefore - 1);
  return { ...a, deviation: Math.hypot(a.deviation, deviation) };
}

/** The same ciphertexts, of which each may be the worst. */
export function worstEstimate(estimates: readonly Estimate[]): Estimate {
  return {
    magnitude: Math.max(...estimates.map(({ magnitude }) => magnitude)),
    rms: Math.max(...estimates.map(({ rms }) => rms)),
    deviation: Math.max(...estimates.map(({ deviation }) => deviation)),
  };
}
