/** The one table of modular operations: every backend runs it and must return what bigint returns. No test runner in here. */
import type { KernelBackend, ModularHandle, ModularKernels, ModulusDeclaration } from "../../src/kernels/interface.js";
import { testRandom } from "./random.js";

interface Operands {
  /** Batch 6. */
  readonly a: ModularHandle;
  /** Batch 3. */
  readonly b: ModularHandle;
  readonly exponents: (count: number) => bigint[];
  readonly base: bigint;
}

export interface ModularCase {
  readonly name: string;
  readonly run: (k: ModularKernels, operands: Operands) => ModularHandle;
}

export const MODULAR_CASES: readonly ModularCase[] = [
  { name: "upload and read", run: (k, { a }) => k.slice(a, 0, 6) },
  { name: "multiply", run: (k, { a }) => k.multiply(a, a) },
  { name: "multiply, broadcast", run: (k, { a, b }) => k.multiply(a, b) },
  { name: "products", run: (k, { a }) => k.products(a, [[0, 1, 2, 3, 4, 5], [], [5], [2, 2, 2], [0, 5]]) },
  { name: "power, shared exponent", run: (k, { b }) => k.power(b, 65537n) },
  { name: "power, exponents 0, 1, 2 and others", run: (k, { b, exponents }) => k.power(b, [0n, 1n, 2n, ...exponents(3)]) },
  { name: "power, all exponents zero", run: (k, { b }) => k.power(b, 0n) },
  {
    name: "multi-power",
    run: (k, { a, exponents }) => k.multiPower(a, [[0n, 5n, 0n], [1n, 1n, 0n], exponents(3), [0n, 0n, 0n]], 2),
  },
  { name: "multi-power of one group", run: (k, { a, exponents }) => k.multiPower(a, [exponents(6)], 1) },
  {
    name: "fixed base",
    run: (k, { base, exponents }) => k.fixedBasePower(k.fixedBase(base, 24), [0n, 1n, 2n ** 24n - 1n, ...exponents(2)]),
  },
  { name: "slice and concat", run: (k, { a, b }) => k.concat([k.slice(a, 4, 2), b]) },
  { name: "chain of products", run: (k, { a }) => k.multiply(k.multiply(a, a), k.multiply(a, a)) },
];

/** A reproducible odd modulus n, so that n^power has `bits` bits or one less. */
export function testModulus(bits: number, power: 1 | 2): ModulusDeclaration {
  return { n: testRandom(`modulus ${bits} ${power}`).bigBits(bits / power) | 1n, power };
}

/** Runs the table on a backend: values by name of the case. */
export async function runModularCases(
  backend: KernelBackend,
  declaration: ModulusDeclaration,
  names?: readonly string[],
): Promise<Map<string, bigint[]>> {
  const k = await backend.modular(declaration);
  const m = k.modulus;
  const random = testRandom(`modular ${m}`);
  const a = k.upload([0n, 1n, m - 1n, m - 2n, random.bigBelow(m), random.bigBelow(m)]);
  const b = k.upload([random.bigBelow(m), m - 1n, (m - 1n) / 2n]);
  const exponents = (count: number) => Array.from({ length: count }, (_, i) => (BigInt(i + 1) * 0x9e3779b1n) & 0xffffffn);
  const operands: Operands = { a, b, exponents, base: random.bigBelow(m) };
  const results = new Map<string, bigint[]>();
  for (const c of MODULAR_CASES) {
    if (names && !names.includes(c.name)) continue;
    const handle = c.run(k, operands);
    results.set(c.name, await k.read(handle));
    handle.dispose();
  }
  a.dispose();
  b.dispose();
  return results;
}
