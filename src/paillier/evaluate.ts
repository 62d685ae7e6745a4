/** Operations on ciphertexts: what anybody can do with the public key alone. Every bound is checked before work is recorded. */
import { inversesOf, type WorkOptions } from "../engine/index.js";
import { ParameterError, show } from "../errors.js";
import type { KernelBackend, ModularHandle, ModularKernels } from "../kernels/interface.js";
import { plainFactor } from "../math/paillier.js";
import { type CiphertextProperties, PaillierCiphertexts, requireSameEncoding } from "./ciphertexts.js";
import { checkScaleBits, checkValues, encodeSlots, encodeValue, type SlotValues } from "./encoding.js";
import type { PaillierPublicKey } from "./keys.js";
import { capacity, requireCapacity } from "./slots.js";

/** Where operations run: kernels modulo n^2 of one key. */
export interface EvaluationContext {
  readonly backend: KernelBackend;
  readonly kernels: ModularKernels;
  readonly key: PaillierPublicKey;
}

/** |x|. */
export const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);

/** The largest of some integers >= 0, or 0. */
export function largest(values: readonly bigint[]): bigint {
  let max = 0n;
  for (const v of values) if (v > max) max = v;
  return max;
}

/** A batch computed from another: no longer fresh, and otherwise alike unless said. */
export function derived(
  handle: ModularHandle,
  from: CiphertextProperties,
  changes: Partial<CiphertextProperties>,
): PaillierCiphertexts {
  const { key, layout, scaleBits, bound } = from;
  return new PaillierCiphertexts(handle, { key, layout, scaleBits, bound, fresh: false, ...changes });
}

/** The sum, ciphertext by ciphertext; b's batch divides a's. Throws LevelError where a slot could overflow. */
export function add({ kernels, key }: EvaluationContext, a: PaillierCiphertexts, b: PaillierCiphertexts): PaillierCiphertexts {
  const bound = boundOfTwo(a, b, "add");
  return derived(kernels.multiply(a.handle(key), b.handle(key)), a, { bound });
}

/** The bound of a sum or difference. Throws ParameterError for operands that are not alike, LevelError where a slot could overflow. */
function boundOfTwo(a: PaillierCiphertexts, b: PaillierCiphertexts, what: string): bigint {
  requireSameEncoding(a, b, what);
  const bound = a.bound + b.bound;
  requireCapacity(bound, a.layout, what, a.bound > b.bound ? a.bound : b.bound);
  return bound;
}

/** -a. One inversion serves the whole batch. */
export async function negate(
  { kernels, key }: EvaluationContext,
  a: PaillierCiphertexts,
  { signal }: WorkOptions = {},
): Promise<PaillierCiphertexts> {
  const values = await kernels.read(a.handle(key), { signal });
  return derived(kernels.upload(await inversesOf(values, kernels.modulus, { signal })), a, {});
}

/** The difference, ciphertext by ciphertext; b's batch divides a's. Throws as {@link add}, before b is inverted. */
export async function subtract(
  context: EvaluationContext,
  a: PaillierCiphertexts,
  b: PaillierCiphertexts,
  options: WorkOptions = {},
): Promise<PaillierCiphertexts> {
  const bound = boundOfTwo(a, b, "subtract");
  const handle = a.handle(context.key);
  const inverse = await negate(context, b, options);
  try {
    return derived(context.kernels.multiply(handle, inverse.handle(context.key)), a, { bound });
  } finally {
    inverse.dispose();
  }
}

/** The sum of batches of one size, ciphertext by ciphertext. Throws LevelError where a slot could overflow. */
export function addMany({ kernels, key }: EvaluationContext, parts: readonly PaillierCiphertexts[]): PaillierCiphertexts {
  if (!Array.isArray(parts) || parts.length === 0 || parts.some((p) => !p?.batch || p.batch !== parts[0].batch)) {
    throw new ParameterError({
      what: "addMany",
      expected: "at least one batch, all of one size",
      got: Array.isArray(parts) ? `[${parts.map((p) => p?.batch ?? show(p)).join(", ")}]` : show(parts),
      remedy: "leave out empty or odd batches",
    });
  }
  for (const part of parts) requireSameEncoding(parts[0], part, "addMany");
  const bound = parts.reduce((sum, p) => sum + p.bound, 0n);
  requireCapacity(bound, parts[0].layout, "addMany", parts[0].bound);
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
  requireCapacity(bound, a.layout, "sum", a.bound);
  const runs = Array.from({ length: groups }, (_, g) => Array.from({ length: terms }, (_unused, k) => g * terms + k));
  return derived(kernels.products(a.handle(key), runs), a, { bound });
}

/** Terms of each group. Throws ParameterError unless the groups divide the batch. */
export function checkGroups(batch: number, groups: number): number {
  if (!Number.isInteger(groups) || groups < 1 || batch % groups !== 0) {
    throw new ParameterError({
      what: "groups",
      expected: `a divisor of ${batch}`,
      got: show(groups),
      remedy: "arrange the batch as [groups, terms]",
    });
  }
  return batch / groups;
}

/**
 * Adds plain slot vectors at the ciphertexts' own scale: one for all, or a number of them that divides the batch (item i meets vector i mod length).
 * Throws EncodingError for a value that fits no slot and LevelError where a slot could overflow.
 */
export function addPlain(
  { kernels, key }: EvaluationContext,
  a: PaillierCiphertexts,
  vectors: readonly SlotValues[],
): PaillierCiphertexts {
  const encoding = { layout: a.layout, scaleBits: a.scaleBits, bound: capacity(a.layout) };
  vectors.forEach(checkValues);
  const bound =
    a.bound +
    largest(
      vectors.flatMap((vector) =>
        Array.from(vector as ArrayLike<number | bigint>, (v) => magnitude(encodeValue(v, a.scaleBits))),
      ),
    );
  requireCapacity(bound, a.layout, "addPlain", a.bound);
  const handle = a.handle(key);
  const plain = kernels.upload(vectors.map((vector) => plainFactor(encodeSlots(vector, encoding), key.n)));
  try {
    return derived(kernels.multiply(handle, plain), a, { bound });
  } finally {
    plain.dispose();
  }
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
  const list = typeof scalars === "object" && scalars !== null ? Array.from(scalars) : [scalars];
  if (list.length === 0 || a.batch % list.length !== 0) {
    throw new ParameterError({
      what: "scalars",
      expected: `a number of them that divides ${a.batch}`,
      got: `${list.length}`,
      remedy: "pass one per ciphertext",
    });
  }
  const integers = list.map((w) => encodeValue(w, scaleBits));
  const bound = a.bound * largest(integers.map(magnitude));
  requireCapacity(bound, a.layout, "multiplyPlain", a.bound);
  const { kernels, key } = context;
  const exponents = Array.from({ length: a.batch }, (_, i) => magnitude(integers[i % integers.length]));
  const powers = kernels.power(a.handle(key), exponents);
  const signs = exponents.map((_, i) => integers[i % integers.length] < 0n);
  return derived(await invertWhere(context, powers, signs, options), a, { bound, scaleBits: a.scaleBits + scaleBits });
}

/** Inverts the items named, with one inversion for all of them. Takes ownership of the handle. */
export async function invertWhere(
  { kernels }: EvaluationContext,
  a: ModularHandle,
  signs: readonly boolean[],
  { signal }: WorkOptions,
): Promise<ModularHandle> {
  if (!signs.includes(true)) return a;
  try {
    const values = await kernels.read(a, { signal });
    const inverses = await inversesOf(
      values.filter((_, i) => signs[i]),
      kernels.modulus,
      { signal },
    );
    let next = 0;
    return kernels.upload(values.map((v, i) => (signs[i] ? inverses[next++] : v)));
  } finally {
    a.dispose();
  }
}
