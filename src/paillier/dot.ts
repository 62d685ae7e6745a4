/** Encrypted dot products with plain weights. */
import { ParameterError, show } from "../errors.js";
import type { ModularHandle, ModularKernels } from "../kernels/interface.js";
import { invModBatch } from "../math/modular.js";
import { inChunks, type WorkOptions } from "./chunks.js";
import type { PaillierCiphertexts } from "./ciphertexts.js";
import { checkScaleBits, encodeValue } from "./encoding.js";
import { checkGroups, derived, type EvaluationContext, largest, magnitude, type ScalarOptions } from "./evaluate.js";
import { requireCapacity } from "./slots.js";

/** Options of {@link dot}. */
export interface DotOptions extends ScalarOptions {
  /** a is [groups, features]; 1 unless said. */
  readonly groups?: number;
}

/** Powers recorded at once: bounds the memory of a large product. */
const POWERS_AT_ONCE = 4096;

/**
 * Dot products with plain weights [outputs][features]: a as [groups, features] to [groups, outputs], slot by slot.
 * Negative weights go into a second product, and one inversion serves all of those. Zero weights cost nothing.
 * Throws ParameterError for weights of another shape, EncodingError, and LevelError where a slot could overflow.
 */
export async function dot(
  context: EvaluationContext,
  a: PaillierCiphertexts,
  weights: readonly ArrayLike<number | bigint>[],
  options: DotOptions = {},
): Promise<PaillierCiphertexts> {
  const { groups = 1, scaleBits = 0 } = options;
  checkScaleBits(scaleBits);
  const features = checkGroups(a.batch, groups);
  const isList: boolean = Array.isArray(weights);
  if (!isList || weights.some((row) => typeof row !== "object" || row === null)) {
    const remedy = "pass one row of weights an output";
    throw new ParameterError({ what: "weights", expected: "an array of rows", got: show(weights), remedy });
  }
  const outputs = weights.length;
  if (outputs === 0 || weights.some((row) => row.length !== features)) {
    throw new ParameterError({
      what: "weights",
      expected: `rows of ${features} weights`,
      got: `rows of [${weights.map((row) => row.length).join(", ")}]`,
      remedy: "pass one weight per encrypted feature",
    });
  }
  const integers = weights.map((row) => Array.from(row, (w) => encodeValue(w, scaleBits)));
  const bound = a.bound * largest(integers.map((row) => row.reduce((s, w) => s + magnitude(w), 0n)));
  requireCapacity(bound, a.layout, "dot");
  const { kernels, key, backend } = context;
  const handle = a.handle(key);
  const size = Math.max(1, Math.floor(POWERS_AT_ONCE / (outputs * features)));
  const parts = await inChunks(
    groups,
    size,
    options,
    async (start, count) => {
      const slice = kernels.slice(handle, start * features, count * features);
      const part = signedProducts(kernels, slice, integers, count);
      slice.dispose();
      await backend.flush();
      return part;
    },
    (part) => part.dispose(),
  );
  // A part is [groups, outputs, sign], so the parts in a row are too.
  const pairs = kernels.concat(parts);
  for (const part of parts) part.dispose();
  const hasNegative = integers.some((row) => row.some((w) => w < 0n));
  const results = await quotients(kernels, pairs, hasNegative, options);
  return derived(results, a, { bound, scaleBits: a.scaleBits + scaleBits });
}

/** For each group and output, the product over positive weights and the product over negative ones: [groups, outputs, 2]. */
function signedProducts(
  kernels: ModularKernels,
  a: ModularHandle,
  weights: readonly (readonly bigint[])[],
  groups: number,
): ModularHandle {
  const features = a.batch / groups;
  const powers = kernels.power(
    a,
    weights.flatMap((row) => Array.from({ length: groups }, () => row.map(magnitude)).flat()),
  );
  const lists: number[][] = [];
  for (let g = 0; g < groups; g++) {
    for (let o = 0; o < weights.length; o++) {
      const signed = (keep: (w: bigint) => boolean) =>
        weights[o].flatMap((w, f) => (keep(w) ? [(o * groups + g) * features + f] : []));
      lists.push(
        signed((w) => w > 0n),
        signed((w) => w < 0n),
      );
    }
  }
  const products = kernels.products(powers, lists);
  powers.dispose();
  return products;
}

/** From pairs [count, 2] of a numerator and a denominator the quotients [count]. Takes ownership of the handle. */
async function quotients(
  kernels: ModularKernels,
  pairs: ModularHandle,
  hasDenominators: boolean,
  { signal }: WorkOptions,
): Promise<ModularHandle> {
  const every = (offset: number) => Array.from({ length: pairs.batch / 2 }, (_, i) => [2 * i + offset]);
  const numerators = kernels.products(pairs, every(0));
  if (!hasDenominators) {
    pairs.dispose();
    return numerators;
  }
  const denominators = kernels.products(pairs, every(1));
  pairs.dispose();
  try {
    const inverses = kernels.upload(invModBatch(await kernels.read(denominators, { signal }), kernels.modulus));
    const result = kernels.multiply(numerators, inverses);
    inverses.dispose();
    return result;
  } finally {
    numerators.dispose();
    denominators.dispose();
  }
}
