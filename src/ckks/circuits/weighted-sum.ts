/**
 * Sums of ciphertexts of different levels with real weights, at exactly the scale that one rescaling brings to the level's own.
 */
import type { RingHandle, RingKernels } from "../../kernels/interface.js";
import type { CkksCiphertext } from "../ciphertext.js";
import { scalarsOf } from "../constants.js";
import type { CkksParameters } from "../parameters.js";
import { scoped } from "../scope.js";
import type { LinearTerm } from "./schedule.js";

/**
 * What a value of level `from` is multiplied by for each unit of its weight, so that its scale becomes the square of that of
 * `level`: scale(level)^2 / scale(from). Any level will do without a rescaling of its own: only residues are left out.
 */
export function weightScale(parameters: CkksParameters, from: number, level: number): number {
  const scale = parameters.scale(level);
  return from === level ? scale : scale * (scale / parameters.scale(from));
}

/**
 * The sum of weight times value, [2, batch] over the primes of `level`, at the square of its scale. At least one term; values
 * have scale degree 1, two components, one batch, and lie at `level` or above. Throws EncodingError for weights that the modulus
 * cannot hold.
 */
export function weightedSum(
  ring: RingKernels,
  parameters: CkksParameters,
  terms: readonly LinearTerm<CkksCiphertext>[],
  level: number,
): RingHandle {
  const basis = parameters.basis(level);
  return scoped((keep) => {
    const rows = terms.map(({ value, weight }) =>
      scalarsOf(parameters, [weight], level, weightScale(parameters, value.level, level)),
    );
    const cut = terms.map(({ value: { handle, level: from } }) => (from === level ? handle : keep(ring.restrict(handle, basis))));
    if (cut.length === 1) return ring.multiplyScalars(cut[0], rows[0]);
    const scalars = new Uint32Array(rows.length * basis.length);
    for (const [k, row] of rows.entries()) scalars.set(row, k * basis.length);
    // [components and items, terms], as linear combinations take them.
    const items = cut[0].batch;
    const parts = Array.from({ length: items * cut.length }, (_, i) =>
      keep(ring.slice(cut[i % cut.length], Math.floor(i / cut.length), 1)),
    );
    return ring.linearCombination(keep(ring.concat(parts)), scalars, items);
  });
}
