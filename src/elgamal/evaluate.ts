/** Operations on ciphertexts: what anybody can do with the public key alone. Every bound is checked before work is recorded. */
import { heedSignal, inversesOf, type WorkOptions } from "../engine/index.js";
import { LevelError, ParameterError, show } from "../errors.js";
import type { ModularHandle, ModularKernels } from "../kernels/interface.js";
import { ElGamalCiphertexts } from "./ciphertexts.js";
import { type ElGamalKind, integersOf, MAX_COUNT } from "./encoding.js";
import type { ElGamalPublicKey } from "./keys.js";
import { disposePair, makePair, type Pair } from "./pair.js";

/** Where operations run: kernels modulo p. */
export interface EvaluationContext {
  readonly kernels: ModularKernels;
  readonly key: ElGamalPublicKey;
}

/** Throws LevelError where a count could leave the range in which counts are searched for. */
function requireRange(bound: bigint, what: string): number {
  if (bound <= BigInt(MAX_COUNT)) return Number(bound);
  throw new LevelError({
    what: `${what}, count budget`,
    expected: "results of at most 2^32",
    got: `up to ${show(bound)}`,
    remedy: "encrypt with a smaller bound, or use Paillier, whose sums have no such limit",
  });
}

/** The product of plaintext elements, ciphertext by ciphertext: that of factors, or the sum of counts. b's batch divides a's. */
export function combine(
  { kernels, key }: EvaluationContext,
  a: ElGamalCiphertexts,
  b: ElGamalCiphertexts,
  kind: ElGamalKind,
): ElGamalCiphertexts {
  const what = kind === "factors" ? "multiply" : "add";
  const [left, right] = [a.pair(key, what, kind), b.pair(key, what, kind)];
  const bound = requireRange(BigInt(a.bound + b.bound), what);
  const pair = makePair((half) => kernels.multiply(left[half], right[half]));
  return new ElGamalCiphertexts(pair, { key, kind, bound, fresh: false });
}

/** The same over each run of ciphertexts: a as [groups, terms] to [groups]. */
export function combineRuns(
  { kernels, key }: EvaluationContext,
  a: ElGamalCiphertexts,
  groups: number,
  kind: ElGamalKind,
): ElGamalCiphertexts {
  const what = kind === "factors" ? "product" : "sum";
  const pair = a.pair(key, what, kind);
  if (!Number.isInteger(groups) || groups < 1 || a.batch % groups !== 0) {
    throw new ParameterError({
      what: `${what}, groups`,
      expected: `a divisor of ${a.batch}`,
      got: show(groups),
      remedy: "arrange the batch as [groups, terms]",
    });
  }
  const terms = a.batch / groups;
  const bound = requireRange(BigInt(a.bound) * BigInt(terms), what);
  const runs = Array.from({ length: groups }, (_, g) => Array.from({ length: terms }, (_unused, k) => g * terms + k));
  return new ElGamalCiphertexts(
    makePair((half) => kernels.products(pair[half], runs)),
    { key, kind, bound, fresh: false },
  );
}

/**
 * Plaintext elements to plain integer powers of either sign, one for all ciphertexts or a number of them that divides the batch: powers of
 * factors, or counts times numbers. The integers are public: how long this takes depends on them.
 */
export async function raise(
  { kernels, key }: EvaluationContext,
  a: ElGamalCiphertexts,
  scalars: number | bigint | ArrayLike<number | bigint>,
  kind: ElGamalKind,
  { signal }: WorkOptions = {},
): Promise<ElGamalCiphertexts> {
  heedSignal(signal);
  const what = kind === "factors" ? "power" : "multiplyPlain";
  const pair = a.pair(key, what, kind);
  const isList = typeof scalars === "object";
  const list = integersOf(isList ? scalars : [scalars], kind === "factors" ? "exponent" : "scalar");
  if (a.batch % list.length !== 0) {
    throw new ParameterError({
      what: `${what}, numbers`,
      expected: `a number of them that divides ${a.batch}`,
      got: `${list.length}`,
      remedy: "pass one for all, or one per ciphertext",
    });
  }
  const sizes = list.map((k) => (k < 0n ? -k : k));
  const largest = sizes.reduce((most, k) => (k > most ? k : most), 0n);
  if (largest > key.group.q) {
    const got = "one beyond q";
    throw new ParameterError({ what, expected: "numbers of magnitude at most q", got, remedy: "reduce them modulo q" });
  }
  const bound = kind === "factors" ? 0 : requireRange(BigInt(a.bound) * largest, what);
  const exponents = Array.from({ length: a.batch }, (_, i) => sizes[i % sizes.length]);
  const negative = exponents.map((_, i) => list[i % list.length] < 0n);
  const powers = makePair((half) => kernels.power(pair[half], exponents));
  const result = await invertWhere(kernels, powers, negative, signal);
  return new ElGamalCiphertexts(result, { key, kind, bound, fresh: false });
}

/** Inverts the ciphertexts named, with one inversion for all halves. Takes ownership of the pair. */
async function invertWhere(kernels: ModularKernels, pair: Pair, where: readonly boolean[], signal?: AbortSignal): Promise<Pair> {
  if (!where.includes(true)) return pair;
  try {
    const [c1, c2] = await Promise.all([kernels.read(pair.c1, { signal }), kernels.read(pair.c2, { signal })]);
    const chosen = (values: readonly bigint[]) => values.filter((_, i) => where[i]);
    const inverses = await inversesOf([...chosen(c1), ...chosen(c2)], kernels.modulus, { signal });
    let next = 0;
    const placed = (values: readonly bigint[]): ModularHandle =>
      kernels.upload(values.map((value, i) => (where[i] ? inverses[next++] : value)));
    return makePair((half) => placed(half === "c1" ? c1 : c2));
  } finally {
    disposePair(pair);
  }
}
