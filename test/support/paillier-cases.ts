/**
 * What Paillier asks of the modular kernels at one key length, with the exponents that it uses. No test runner in here.
 * The factors need not be prime: kernels know nothing of that.
 */
import type { KernelBackend, ModularKernels } from "../../src/kernels/interface.js";
import { exponentBits } from "../../src/math/paillier.js";
import { testRandom } from "./random.js";

/** Kernels modulo n^2 or modulo the square of a factor, and one operation of the scheme. */
interface Case {
  readonly modulus: "n" | "p";
  readonly run: (k: ModularKernels, setting: Setting) => Promise<bigint[]>;
}

interface Setting {
  readonly n: bigint;
  readonly p: bigint;
  readonly bits: number;
  /** Numbers modulo whatever the kernels are modulo, the ends of the range among them. */
  readonly values: (count: number) => bigint[];
  readonly exponents: (bits: number, count: number) => bigint[];
}

const CASES: Readonly<Record<string, Case>> = {
  // Decryption and blinding. Six items, twice: OpenSSL takes over after four powers of a modulus.
  "c^(p - 1) modulo p^2": { modulus: "p", run: (k, s) => powers(k, s.values(6), s.p - 1n) },
  "c^(p - 1) modulo p^2, again": { modulus: "p", run: (k, s) => powers(k, s.values(6), s.p - 1n) },
  "r^p modulo p^2": { modulus: "p", run: (k, s) => powers(k, s.values(3), s.p) },
  // Masks, with and without a table, and for keys of others.
  "hs^a modulo n^2 by a table": {
    modulus: "n",
    run: async (k, s) => {
      const length = exponentBits(s.bits);
      const table = k.fixedBase(s.values(4)[3], length);
      const result = await k.read(k.fixedBasePower(table, [0n, 1n, (1n << BigInt(length)) - 1n, ...s.exponents(length, 3)]));
      table.dispose();
      return result;
    },
  },
  "hs^a modulo n^2": {
    modulus: "n",
    run: (k, s) => powers(k, s.values(4).slice(3), s.exponents(exponentBits(s.bits), 2)),
  },
  "r^n modulo n^2": { modulus: "n", run: (k, s) => powers(k, s.values(5).slice(2), s.n) },
  // Dot products, sums and products with plain numbers.
  "dot products with weights of 32 bits": {
    modulus: "n",
    run: (k, s) => k.read(k.multiPower(k.upload(s.values(12)), [s.exponents(32, 6), s.exponents(32, 6)], 2)),
  },
  "sums of 12": { modulus: "n", run: (k, s) => k.read(k.products(k.upload(s.values(12)), [[...Array(12).keys()]])) },
  "multiples by 64-bit numbers": { modulus: "n", run: (k, s) => powers(k, s.values(4), s.exponents(64, 4)) },
};

async function powers(k: ModularKernels, bases: readonly bigint[], exponents: bigint | readonly bigint[]): Promise<bigint[]> {
  const a = k.upload(bases);
  const result = k.power(a, exponents);
  a.dispose();
  try {
    return await k.read(result);
  } finally {
    result.dispose();
  }
}

/** Results by name of the case, for a key of `bits` bits. */
export async function runPaillierCases(backend: KernelBackend, bits: number): Promise<Map<string, bigint[]>> {
  const factors = testRandom(`factors ${bits}`);
  const [p, q] = [factors.bigBits(bits / 2) | 1n, factors.bigBits(bits / 2) | 1n];
  const n = p * q;
  const results = new Map<string, bigint[]>();
  for (const [name, { modulus, run }] of Object.entries(CASES)) {
    const random = testRandom(`${name} ${bits}`);
    const k = await backend.modular({ n: modulus === "n" ? n : p, power: 2 });
    const m = k.modulus;
    const values = (count: number) => [m - 1n, 1n, 0n, ...Array.from({ length: 9 }, () => random.bigBelow(m))].slice(0, count);
    const exponents = (length: number, count: number) => Array.from({ length: count }, () => random.bigBits(length));
    results.set(name, await run(k, { n, p, bits, values, exponents }));
  }
  return results;
}
