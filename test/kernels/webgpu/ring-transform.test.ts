import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RingKernels } from "../../../src/kernels/interface.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { forwardNtt, inverseNtt, nttTables } from "../../../src/math/ntt.js";
import { isPrime, nttPrimes } from "../../../src/math/primes.js";
import { testRandom } from "../../support/random.js";

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.create();
});
afterAll(() => backend.close());

/** Residues [batch, limb, N], the largest ones among them. */
function residues(seed: string, degree: number, basis: readonly number[], batch: number): Uint32Array {
  const random = testRandom(seed);
  return Uint32Array.from({ length: batch * basis.length * degree }, (_, i) => {
    const q = basis[Math.floor(i / degree) % basis.length];
    return random.below(8) === 0 ? q - 1 : random.below(q);
  });
}

/** Every row through the transform of src/math. */
function transformed(input: Uint32Array, degree: number, basis: readonly number[], forward: boolean): Uint32Array {
  const out = new Uint32Array(input.length);
  for (let row = 0; row * degree < input.length; row++) {
    const values = BigUint64Array.from(input.subarray(row * degree, (row + 1) * degree), BigInt);
    const tables = nttTables(BigInt(basis[row % basis.length]), degree);
    if (forward) forwardNtt(values, tables);
    else inverseNtt(values, tables);
    out.set(Uint32Array.from(values, Number), row * degree);
  }
  return out;
}

/** The largest primes below 2^30 that are 1 modulo 2N and not modulo 2^16. */
function densePrimes(degree: number, count: number): number[] {
  const primes: number[] = [];
  for (let q = 2 ** 30 - 2 * degree + 1; primes.length < count; q -= 2 * degree) {
    if (q % 65536 !== 1 && isPrime(BigInt(q))) primes.push(q);
  }
  return primes;
}

const firstDifference = (a: Uint32Array, b: Uint32Array) => (a.length === b.length ? a.findIndex((x, i) => x !== b[i]) : -2);

/** Checks both directions on a batch of two items, and that each took at most two dispatches. */
async function check(k: RingKernels, basis: readonly number[]): Promise<void> {
  const { degree } = k;
  const input = residues(`transform ${degree}`, degree, basis, 2);
  const a = k.upload(input, { basis, form: "coefficient", batch: 2 });
  const u = k.upload(input, { basis, form: "ntt", batch: 2 });
  const most = degree > 4096 ? 2 : 1;
  for (const [handle, forward] of [
    [a, true],
    [u, false],
  ] as const) {
    const before = backend.counters().dispatches;
    const result = forward ? k.ntt(handle) : k.intt(handle);
    expect(backend.counters().dispatches - before).toBe(most);
    expect(firstDifference(await k.read(result), transformed(input, degree, basis, forward))).toBe(-1);
    result.dispose();
    handle.dispose();
  }
}

describe("transforms", () => {
  it.each([10, 11, 12, 13, 14, 15, 16])("of 2^%i values are those of src/math, in at most two dispatches", async (logDegree) => {
    const degree = 2 ** logDegree;
    const basis = nttPrimes({ degree, bits: 30, count: 2 });
    await check(await backend.ring(degree, basis), basis);
  });

  it("work for small and for dense primes", async () => {
    const degree = 1024;
    const primes = [12289, 40961, ...densePrimes(degree, 2)];
    await check(await backend.ring(degree, primes), primes);
  });

  it("find their twiddles when the basis is a part of the primes, in any order", async () => {
    const degree = 8192;
    const primes = nttPrimes({ degree, bits: 29, count: 5 });
    await check(await backend.ring(degree, primes), [primes[4], primes[1], primes[2]]);
  });
});

describe("the other operations", () => {
  it("multiply by dense primes as src/math does", async () => {
    const degree = 1024;
    const basis = densePrimes(degree, 2);
    const k = await backend.ring(degree, basis);
    const x = residues("x", degree, basis, 4);
    const y = residues("y", degree, basis, 2);
    const a = k.upload(x, { basis, form: "ntt", batch: 4 });
    const b = k.upload(y, { basis, form: "ntt", batch: 2 });
    const q = (i: number) => BigInt(basis[Math.floor(i / degree) % basis.length]);
    const product = Uint32Array.from(x, (value, i) => Number((BigInt(value) * BigInt(y[i % y.length])) % q(i)));
    expect(firstDifference(await k.read(k.multiply(a, b)), product)).toBe(-1);
    const item = degree * basis.length;
    const sums = Uint32Array.from({ length: 2 * item }, (_, i) => {
      const first = 2 * (i - (i % item)) + (i % item);
      return Number((BigInt(product[first]) + BigInt(product[first + item])) % q(i));
    });
    expect(firstDifference(await k.read(k.multiplyAccumulate(a, b, 2)), sums)).toBe(-1);
  });

  it.each([
    ["add", 1],
    ["multiply", 1],
    ["tensor", 1],
    ["automorphism", 1],
    ["convert", 1],
    ["rescale of values", 4],
    ["rescale of coefficients", 2],
    ["multiplyAccumulate", 1],
    ["linearCombination", 1],
    ["restrict", 1],
    ["slice", 0],
    ["concat", 2],
  ])("%s takes %i dispatches for all limbs and items", async (name, dispatches) => {
    const degree = 8192;
    const basis = nttPrimes({ degree, bits: 30, count: 3 });
    const k = await backend.ring(degree, basis);
    const shape = { basis, batch: 4 };
    const u = k.upload(new Uint32Array(4 * 3 * degree), { ...shape, form: "ntt" });
    const a = k.upload(new Uint32Array(4 * 3 * degree), { ...shape, form: "coefficient" });
    const run: Record<string, () => { dispose(): void }> = {
      add: () => k.add(u, u),
      multiply: () => k.multiply(u, u),
      tensor: () => k.tensor(u, u),
      automorphism: () => k.automorphism(a, 5),
      convert: () => k.convert(a, basis),
      "rescale of values": () => k.rescale(u, 1),
      "rescale of coefficients": () => k.rescale(a, 1),
      multiplyAccumulate: () => k.multiplyAccumulate(u, u, 2),
      linearCombination: () => k.linearCombination(u, new Uint32Array(2 * 3), 2),
      restrict: () => k.restrict(u, [basis[2]]),
      slice: () => k.slice(u, 1, 2),
      concat: () => k.concat([u, u]),
    };
    const before = backend.counters().dispatches;
    run[name]().dispose();
    expect(backend.counters().dispatches - before).toBe(dispatches);
    u.dispose();
    a.dispose();
  });

  it.each([1, 2, 3, 5])("a key switch with digits of %i primes takes 12 dispatches", async (size) => {
    const degree = 8192;
    const primes = nttPrimes({ degree, bits: 30, count: 7 });
    const basis = primes.slice(0, 5);
    const k = await backend.ring(degree, primes);
    const terms = Math.ceil(5 / size);
    const zeros = (batch: number, over: readonly number[]) =>
      k.upload(new Uint32Array(batch * over.length * degree), { basis: over, form: "ntt", batch });
    const [a, addend, keys] = [zeros(2, basis), zeros(4, basis), zeros(2 * terms, primes)];
    const before = backend.counters().dispatches;
    const digits = k.decompose(a, size, primes.slice(5));
    expect(backend.counters().dispatches - before).toBe(6);
    const products = k.innerProducts(digits, keys, { terms, outputs: 2 }, addend);
    expect(backend.counters().dispatches - before).toBe(7);
    const switched = k.rescale(products, 2);
    expect(backend.counters().dispatches - before).toBe(12);
    for (const handle of [a, addend, keys, digits, products, switched]) handle.dispose();
  });
});
