/**
 * The one table of ring operations: every backend runs it, in Node and in the browser, and must return what bigint returns.
 * No test runner in here, so that a page can import it.
 */
import type { KernelBackend, RingHandle, RingKernels } from "../../src/kernels/interface.js";
import { nttPrimes } from "../../src/math/primes.js";
import { testRandom } from "./random.js";

export interface RingSetting {
  readonly degree: number;
  readonly limbs: number;
}

/** Primes beyond the basis, for conversions. */
const EXTRA_PRIMES = 2;

/** Which residues the operands hold: random ones, or the largest and smallest that can occur. */
export type RingFill = "random" | "edges";

interface Operands {
  readonly basis: readonly number[];
  readonly extra: readonly number[];
  /** Batch 6, coefficient form. */
  readonly a: RingHandle;
  /** Batch 6, NTT form. */
  readonly u: RingHandle;
  /** Batch 3, NTT form. */
  readonly v: RingHandle;
  readonly scalars: (count: number) => Uint32Array;
  /** [2, limbs + 1], NTT form, over all primes in another order than that of a digit. */
  readonly keys: RingHandle;
}

export interface RingCase {
  readonly name: string;
  /** Fewest limbs for which the operation exists. */
  readonly leastLimbs?: number;
  readonly run: (k: RingKernels, operands: Operands) => RingHandle;
}

/** [digits, 2]: digits of two items, `size` primes each. */
const digits = (k: RingKernels, { v, extra }: Operands, size: number) => k.decompose(k.slice(v, 1, 2), size, extra);

/** Inner products with the keys of the digits of two items; with the addend, what a rescale makes a key switch of. */
function keyProducts(k: RingKernels, operands: Operands, size: number, addend?: RingHandle): RingHandle {
  const a = digits(k, operands, size);
  return k.innerProducts(a, operands.keys, { terms: a.batch / 2, outputs: 2 }, addend);
}

export const RING_CASES: readonly RingCase[] = [
  { name: "upload and read", run: (k, { a }) => k.slice(a, 0, a.batch) },
  { name: "add", run: (k, { u, v }) => k.add(u, v) },
  { name: "subtract", run: (k, { u, v }) => k.subtract(u, v) },
  { name: "subtract from itself", run: (k, { u }) => k.subtract(u, u) },
  { name: "negate", run: (k, { a }) => k.negate(a) },
  { name: "multiply", run: (k, { u, v }) => k.multiply(u, v) },
  { name: "square", run: (k, { u }) => k.multiply(u, u) },
  { name: "multiply by scalars", run: (k, { a, scalars }) => k.multiplyScalars(a, scalars(3)) },
  { name: "add scalars, coefficients", run: (k, { a, scalars }) => k.addScalars(a, scalars(6)) },
  { name: "add scalars, values", run: (k, { u, scalars }) => k.addScalars(u, scalars(1)) },
  { name: "inner products, shared", run: (k, { u, v }) => k.multiplyAccumulate(u, v, 2) },
  { name: "inner products, one each", run: (k, { u }) => k.multiplyAccumulate(u, u, 3) },
  { name: "linear combination", run: (k, { u, scalars }) => k.linearCombination(u, scalars(2 * 3), 2) },
  { name: "linear combination of one group", run: (k, { a, scalars }) => k.linearCombination(a, scalars(6), 1) },
  { name: "products of ciphertexts", run: (k, { u }) => k.tensor(u, u) },
  { name: "products with one ciphertext", run: (k, { u }) => k.tensor(u, k.slice(u, 1, 2)) },
  { name: "ntt", run: (k, { a }) => k.ntt(a) },
  { name: "intt", run: (k, { u }) => k.intt(u) },
  { name: "ntt and back", run: (k, { a }) => k.intt(k.ntt(a)) },
  { name: "lazy sums into a transform", run: (k, { u }) => k.intt(k.add(k.add(u, u), k.add(u, u))) },
  { name: "automorphism, coefficients", run: (k, { a }) => k.automorphism(a, 3) },
  { name: "automorphism, values", run: (k, { u }) => k.automorphism(u, 2 * k.degree - 1) },
  { name: "convert to other primes", run: (k, { a, extra }) => k.convert(a, extra) },
  { name: "convert to more primes", run: (k, { a, basis, extra }) => k.convert(a, [...extra, ...basis]) },
  { name: "rescale, coefficients", leastLimbs: 2, run: (k, { a }) => k.rescale(a, 1) },
  { name: "rescale, values", leastLimbs: 2, run: (k, { u }) => k.rescale(u, 1) },
  { name: "rescale by two primes", leastLimbs: 3, run: (k, { u }) => k.rescale(u, 2) },
  { name: "rescale to one prime", leastLimbs: 2, run: (k, { a, basis }) => k.rescale(a, basis.length - 1) },
  { name: "digits of one prime", run: (k, operands) => digits(k, operands, 1) },
  { name: "digits of two primes", leastLimbs: 2, run: (k, operands) => digits(k, operands, 2) },
  { name: "one digit", leastLimbs: 2, run: (k, { v, extra, basis }) => k.decompose(v, basis.length, extra) },
  { name: "digits without special primes", leastLimbs: 2, run: (k, { v }) => k.decompose(v, 2, []) },
  { name: "key products", run: (k, operands) => keyProducts(k, operands, 2) },
  {
    name: "key products of one output",
    run: (k, { u, keys }) => k.innerProducts(u, k.slice(keys, 0, 2), { terms: 2, outputs: 1 }),
  },
  {
    name: "key products of three outputs",
    run: (k, { v, keys, basis }) => {
      const parts = [0, 1, 2].map((o) => k.slice(keys, o * (basis.length - 1), 3));
      return k.innerProducts(v, k.concat(parts), { terms: 3, outputs: 3 });
    },
  },
  {
    name: "key products of five outputs",
    leastLimbs: 2,
    run: (k, { u, keys, basis }) => {
      const parts = [0, 1, 2, 1, 0].map((o) => k.slice(keys, o, 2));
      const addend = k.restrict(k.slice(u, 0, 3), basis.slice(0, -1));
      return k.innerProducts(u, k.concat(parts), { terms: 2, outputs: 5 }, addend);
    },
  },
  {
    name: "key products and an addend for one output",
    run: (k, operands) => keyProducts(k, operands, 1, k.slice(operands.u, 0, 2)),
  },
  {
    name: "key products and an addend of fewer primes",
    leastLimbs: 2,
    run: (k, operands) => keyProducts(k, operands, 2, k.restrict(k.slice(operands.u, 2, 4), operands.basis.slice(0, -1))),
  },
  {
    name: "key switch",
    run: (k, operands) => k.rescale(keyProducts(k, operands, 3, k.slice(operands.u, 1, 4)), operands.extra.length),
  },
  { name: "restrict", leastLimbs: 2, run: (k, { u, basis }) => k.restrict(u, [basis[basis.length - 1], basis[0]]) },
  { name: "slice", run: (k, { u }) => k.slice(u, 2, 3) },
  { name: "operation on a slice", run: (k, { u, v }) => k.multiply(k.slice(u, 3, 3), v) },
  {
    name: "automorphisms",
    run: (k, { u, v }) => k.automorphisms([v, k.slice(u, 5, 1), u, v], [5, 2 * k.degree - 1, 3, 1]),
  },
  { name: "concat", run: (k, { u, v }) => k.concat([v, k.slice(u, 5, 1), u]) },
];

/** The cases that a setting admits. */
export const casesFor = ({ limbs }: RingSetting): RingCase[] => RING_CASES.filter((c) => limbs >= (c.leastLimbs ?? 1));

/** Runs the table on a backend: canonical residues by name of the case. */
export async function runRingCases(
  backend: KernelBackend,
  setting: RingSetting,
  fill: RingFill,
  names?: readonly string[],
): Promise<Map<string, Uint32Array>> {
  const { degree, limbs } = setting;
  const primes = nttPrimes({ degree, bits: 30, count: limbs + EXTRA_PRIMES });
  const basis = primes.slice(0, limbs);
  const k = await backend.ring(degree, primes);
  const random = testRandom(`ring ${degree} ${limbs} ${fill}`);
  const residues = (batch: number, over = basis) => {
    const out = new Uint32Array(batch * over.length * degree);
    for (let i = 0; i < out.length; i++) {
      const q = over[Math.floor(i / degree) % over.length];
      out[i] = fill === "random" ? random.below(q) : [q - 1, 0, 1, (q - 1) / 2, (q + 1) / 2][random.below(5)];
    }
    return out;
  };
  const a = k.upload(residues(6), { basis, form: "coefficient", batch: 6 });
  const u = k.upload(residues(6), { basis, form: "ntt", batch: 6 });
  const v = k.upload(residues(3), { basis, form: "ntt", batch: 3 });
  const keyBasis = [primes[limbs + 1], ...basis, primes[limbs]];
  const keyBatch = 2 * (limbs + 1);
  const keys = k.upload(residues(keyBatch, keyBasis), { basis: keyBasis, form: "ntt", batch: keyBatch });
  const scalars = (count: number) =>
    Uint32Array.from({ length: count * limbs }, (_, i) =>
      i % 3 === 0 ? basis[i % limbs] - 1 : (i * 2654435761) % basis[i % limbs],
    );
  const operands: Operands = { basis, extra: primes.slice(limbs), a, u, v, scalars, keys };
  const results = new Map<string, Uint32Array>();
  for (const c of casesFor(setting)) {
    if (names && !names.includes(c.name)) continue;
    const handle = c.run(k, operands);
    results.set(c.name, await k.read(handle));
    handle.dispose();
  }
  for (const handle of [a, u, v, keys]) handle.dispose();
  return results;
}
