/** Encrypted dot products with plain weights. */
import { inChunks, inversesOf, type WorkOptions } from "../engine/index.js";
import { ParameterError, show } from "../errors.js";
import type { ModularHandle, ModularKernels } from "../kernels/interface.js";
import type { PaillierCiphertexts } from "./ciphertexts.js";
import { checkScaleBits, encodeValue } from "./encoding.js";
import { checkGroups, derived, type EvaluationContext, largest, magnitude, type ScalarOptions } from "./evaluate.js";
import { requireCapacity } from "./slots.js";

/** x where it is above 0, else 0. */
const positive = (x: bigint): bigint => (x > 0n ? x : 0n);

/** Options of {@link dot}. */
export interface DotOptions extends ScalarOptions {
  /** a is [groups, features]; 1 unless said. */
  readonly groups?: number;
}

/** Powers recorded at once: bounds the memory of a large product, on backends that hold every power. */
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
  requireCapacity(bound, a.layout, "dot", a.bound);
  const results = await signedMultiPower(context, a.handle(context.key), integers, options);
  return derived(results, a, { bound, scaleBits: a.scaleBits + scaleBits });
}

/**
 * Products of powers with exponents [outputs][terms] of either sign: a as [groups, terms] to [groups, outputs].
 * The handle stays the caller's. One inversion serves all negative exponents of a piece of work.
 */
export async function signedMultiPower(
  { kernels, backend }: EvaluationContext,
  handle: ModularHandle,
  exponents: readonly (readonly bigint[])[],
  { groups = 1, ...options }: WorkOptions & { readonly groups?: number } = {},
): Promise<ModularHandle> {
  const [outputs, terms] = [exponents.length, handle.batch / groups];
  // Numerators, and denominators beside them where any exponent is negative.
  const hasNegative = exponents.some((row) => row.some((w) => w < 0n));
  const rows = hasNegative ? exponents.flatMap((row) => [row.map(positive), row.map((w) => positive(-w))]) : exponents;
  const size = Math.max(1, Math.floor(POWERS_AT_ONCE / (outputs * terms)));
  const parts = await inChunks(
    groups,
    size,
    options,
    async (start, count) => {
      const slice = kernels.slice(handle, start * terms, count * terms);
      const part = kernels.multiPower(slice, rows, count);
      slice.dispose();
      await backend.flush();
      return part;
    },
    (part) => part.dispose(),
  );
  // A part is [groups, outputs, sign], so the parts in a row are too.
  const products = kernels.concat(parts);
  for (const part of parts) part.dispose();
  return hasNegative ? quotients(kernels, products, options) : products;
}

/** From pairs [count, 2] of a numerator and a denominator the quotients [count]. Takes ownership of the handle. */
async function quotients(kernels: ModularKernels, pairs: ModularHandle, { signal }: WorkOptions): Promise<ModularHandle> {
  const every = (offset: number) => Array.from({ length: pairs.batch / 2 }, (_, i) => [2 * i + offset]);
  const numerators = kernels.products(pairs, every(0));
  const denominators = kernels.products(pairs, every(1));
  pairs.dispose();
  try {
    const inverses = kernels.upload(await inversesOf(await kernels.read(denominators, { signal }), kernels.modulus, { signal }));
    const result = kernels.multiply(numerators, inverses);
    inverses.dispose();
    return result;
  } finally {
    numerators.dispose();
    denominators.dispose();
  }
}
