/** Operations on ciphertexts: what anybody can do with the public key alone. Every bound is checked before work is recorded. */
import { ParameterError, show } from "../errors.js";
import type { KernelBackend, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { invModBatch } from "../math/modular.js";
import { plainFactor } from "../math/paillier.js";
import { type CiphertextProperties, PaillierCiphertexts, requireSameEncoding } from "./ciphertexts.js";
import { inChunks, type WorkOptions } from "./chunks.js";
import { checkScaleBits, encodeSlots, encodeValue, type SlotValues } from "./encoding.js";
import type { PaillierPublicKey } from "./keys.js";
import { capacity, requireCapacity } from "./slots.js";

/** Where operations run: kernels modulo n^2 of one key. */
export interface EvaluationContext {
  readonly backend: KernelBackend;
  readonly kernels: ModularKernels;
  readonly key: PaillierPublicKey;
}

const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);
const largest = (values: readonly bigint[]): bigint => values.reduce((max, v) => (magnitude(v) > max ? magnitude(v) : max), 0n);

function derived(handle: ModularHandle, from: CiphertextProperties, changes: Partial<CiphertextProperties>): PaillierCiphertexts {
  const { key, layout, scaleBits, bound } = from;
  return new PaillierCiphertexts(handle, { key, layout, scaleBits, bound, fresh: false, ...changes });
}

/** The sum, ciphertext by ciphertext; b's batch divides a's. Throws LevelError where a slot could overflow. */
export function add({ kernels, key }: EvaluationContext, a: PaillierCiphertexts, b: PaillierCiphertexts): PaillierCiphertexts {
  requireSameEncoding(a, b, "add");
  const bound = a.bound + b.bound;
  requireCapacity(bound, a.layout, "add");
  return derived(kernels.multiply(a.handle(key), b.handle(key)), a, { bound });
}

/** The sum of batches of one size, ciphertext by ciphertext. Throws LevelError where a slot could overflow. */
export function addMany({ kernels, key }: EvaluationContext, parts: readonly PaillierCiphertexts[]): PaillierCiphertexts {
  if (parts.length === 0 || parts.some((p) => p.batch !== parts[0].batch)) {
    throw new ParameterError({
      what: "addMany",
      expected: "at least one batch, all of one size",
      got: `[${parts.map((p) => p.batch).join(", ")}]`,
      remedy: "leave out empty or odd batches",
    });
  }
  for (const part of parts) requireSameEncoding(parts[0], part, "addMany");
  const bound = parts.reduce((sum, p) => sum + p.bound, 0n);
  requireCapacity(bound, parts[0].layout, "addMany");
  const all = kernels.concat(parts.map((p) => p.handle(key)));
  const { batch } = parts[0];
  const sums = kernels.products(
    all,
    Array.from({ length: batch }, (_, i) => parts.map((_part, j) => j * batch + i)),
  );
  all.dispose();
  return derived(sums, parts[0], { bound });
}

/** The sum of each run of ciphertexts: a as [groups, terms] to [groups]. Throws LevelError where a slot could overflow. */
export function sum({ kernels, key }: EvaluationContext, a: PaillierCiphertexts, groups = 1): PaillierCiphertexts {
  const terms = checkGroups(a.batch, groups);
  const bound = a.bound * BigInt(terms);
  requireCapacity(bound, a.layout, "sum");
  const runs = Array.from({ length: groups }, (_, g) => Array.from({ length: terms }, (_unused, k) => g * terms + k));
  return derived(kernels.products(a.handle(key), runs), a, { bound });
}

function checkGroups(batch: number, groups: number): number {
  if (!Number.isInteger(groups) || groups < 1 || batch % groups !== 0) {
    throw new ParameterError({ what: "groups", expected: `a divisor of ${batch}`, got: show(groups), remedy: "arrange the batch as [groups, terms]" });
  }
  return batch / groups;
}

/**
 * Adds plain slot vectors at the ciphertexts' own scale: one for all, or a number of them that divides the batch (item i meets vector i mod length).
 * Throws EncodingError for a value that fits no slot and LevelError where a slot could overflow.
 */
export function addPlain({ kernels, key }: EvaluationContext, a: PaillierCiphertexts, vectors: readonly SlotValues[]): PaillierCiphertexts {
  const encoding = { layout: a.layout, scaleBits: a.scaleBits, bound: capacity(a.layout) };
  let bound = 0n;
  const plaintexts = vectors.map((vector) => {
    for (let i = 0; i < vector.length; i++) {
      const v = magnitude(encodeValue(vector[i], a.scaleBits));
      if (v > bound) bound = v;
    }
    return encodeSlots(vector, encoding);
  });
  bound += a.bound;
  requireCapacity(bound, a.layout, "addPlain");
  const handle = a.handle(key);
  const plain = kernels.upload(plaintexts.map((m) => plainFactor(m, key.n)));
  const result = kernels.multiply(handle, plain);
  plain.dispose();
  return derived(result, a, { bound });
}

/** Options of products with plain numbers. */
export interface ScalarOptions extends WorkOptions {
  /** Plain numbers are held as the integers nearest to w 2^scaleBits; the result's scale is the sum. 0 unless said: integers. */
  readonly scaleBits?: number;
}

/**
 * Multiplies every slot by a plain number: one for all ciphertexts, or a number of them that divides the batch.
 * Throws EncodingError for a number that is no integer at scale 1, and LevelError where a slot could overflow.
 */
export async function multiplyPlain(
  context: EvaluationContext,
  a: PaillierCiphertexts,
  scalars: number | bigint | readonly (number | bigint)[],
  options: ScalarOptions = {},
): Promise<PaillierCiphertexts> {
  const { scaleBits = 0 } = options;
  checkScaleBits(scaleBits);
  const list = typeof scalars === "object" ? scalars : [scalars];
  if (list.length === 0 || a.batch % list.length !== 0) {
    throw new ParameterError({ what: "scalars", expected: `a number of them that divides ${a.batch}`, got: `${list.length}`, remedy: "pass one per ciphertext" });
  }
  const integers = list.map((w) => encodeValue(w, scaleBits));
  const bound = a.bound * largest(integers);
  requireCapacity(bound, a.layout, "multiplyPlain");
  const { kernels, key } = context;
  const exponents = Array.from({ length: a.batch }, (_, i) => magnitude(integers[i % integers.length]));
  const powers = kernels.power(a.handle(key), exponents);
  const signs = exponents.map((_, i) => integers[i % integers.length] < 0n);
  return derived(await invertWhere(context, powers, signs, options), a, { bound, scaleBits: a.scaleBits + scaleBits });
}

/** Inverts the items named, with one inversion for all of them. Takes ownership of the handle. */
async function invertWhere(
  { kernels }: EvaluationContext,
  a: ModularHandle,
  signs: readonly boolean[],
  { signal }: WorkOptions,
): Promise<ModularHandle> {
  if (!signs.includes(true)) return a;
  try {
    const values = await kernels.read(a, { signal });
    const inverses = invModBatch(
      values.filter((_, i) => signs[i]),
      kernels.modulus,
    );
    let next = 0;
    return kernels.upload(values.map((v, i) => (signs[i] ? inverses[next++] : v)));
  } finally {
    a.dispose();
  }
}

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
  const bound = a.bound * integers.map((row) => row.reduce((s, w) => s + magnitude(w), 0n)).reduce((m, s) => (s > m ? s : m), 0n);
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
  // [part][positive, negative] to all positives, then all negatives.
  const all = kernels.concat(parts);
  for (const part of parts) part.dispose();
  const results = await quotients(context, all, groups, outputs, size, options);
  return derived(results, a, { bound, scaleBits: a.scaleBits + scaleBits });
}

/** For each group and output, the product over positive weights and the product over negative ones: [groups, outputs, 2]. */
function signedProducts(kernels: ModularKernels, a: ModularHandle, weights: readonly (readonly bigint[])[], groups: number): ModularHandle {
  const features = a.batch / groups;
  const powers = kernels.power(
    a,
    weights.flatMap((row) => Array.from({ length: groups }, () => row.map(magnitude)).flat()),
  );
  const lists: number[][] = [];
  for (let g = 0; g < groups; g++) {
    for (let o = 0; o < weights.length; o++) {
      const signed = (keep: (w: bigint) => boolean) => weights[o].flatMap((w, f) => (keep(w) ? [(o * groups + g) * features + f] : []));
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

/** From [groups, outputs, 2] the quotients [groups, outputs]. Takes ownership of the handle. */
async function quotients(
  { kernels }: EvaluationContext,
  pairs: ModularHandle,
  groups: number,
  outputs: number,
  _size: number,
  { signal }: WorkOptions,
): Promise<ModularHandle> {
  const indices = Array.from({ length: groups * outputs }, (_, i) => i);
  const positive = kernels.products(
    pairs,
    indices.map((i) => [2 * i]),
  );
  const negative = kernels.products(
    pairs,
    indices.map((i) => [2 * i + 1]),
  );
  pairs.dispose();
  try {
    const inverses = kernels.upload(invModBatch(await kernels.read(negative, { signal }), kernels.modulus));
    const result = kernels.multiply(positive, inverses);
    inverses.dispose();
    return result;
  } finally {
    positive.dispose();
    negative.dispose();
  }
}
