/** Big-integer kernels modulo n^2, beside the same arithmetic in paillier-bigint. */
import type { KernelBackend, ModularHandle, ModularKernels, ModulusDeclaration } from "../../src/kernels/interface.js";
import { type TestRandom, testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { fixedBaseProducts, powerProducts, productMultiplies } from "../effort.js";
import { onDevice } from "../measure.js";
import { PAILLIER_BIGINT_LABEL, paillierBigintKey } from "../peers/paillier-bigint.js";
import type { RowName, RowParams } from "../row.js";
import type { Target } from "../target.js";

/** Numbers in one call. */
function batchFor(backend: KernelBackend, heavy: boolean): number {
  if (backend.name === "bigint") return heavy ? 1 : 16;
  const { isSoftware } = backend.describe();
  if (backend.name === "wasm") return heavy ? 16 : 4096;
  if (heavy) return isSoftware ? 1 : 8192;
  return isSoftware ? 32 : 32768;
}

interface Operands {
  readonly random: TestRandom;
  readonly a: ModularHandle;
  readonly b: ModularHandle;
}

interface ModularCase {
  readonly name: RowName;
  readonly params: RowParams;
  readonly heavy: boolean;
  /** Products modulo n^2 of one operation. */
  readonly products: number;
  /** Prepares the call; what happens in here is not timed. */
  readonly call: (k: ModularKernels, operands: Operands) => () => ModularHandle;
  readonly peer?: (n: bigint, random: TestRandom) => () => unknown;
}

const exponents = (random: TestRandom, count: number, bits: number) => Array.from({ length: count }, () => random.bigBits(bits));

function cases(keyBits: number): ModularCase[] {
  const square = { keyBits, modulusBits: 2 * keyBits };
  return [
    {
      name: "product",
      params: { ...square, variant: "modulo n^2" },
      heavy: false,
      products: 1,
      call:
        (k, { a, b }) =>
        () =>
          k.multiply(a, b),
      peer: (n, random) => {
        const key = paillierBigintKey(n);
        const [a, b] = [random.bigBelow(n * n), random.bigBelow(n * n)] as const;
        return () => key.addition(a, b);
      },
    },
    {
      name: "power",
      params: { ...square, exponentBits: 64, variant: "an exponent for each" },
      heavy: false,
      products: powerProducts(64),
      call: (k, { a, random }) => {
        const list = exponents(random, a.batch, 64);
        return () => k.power(a, list);
      },
      peer: (n, random) => powerPeer(n, random, 64),
    },
    {
      name: "power",
      params: { ...square, exponentBits: keyBits, variant: "one exponent for all" },
      heavy: true,
      products: powerProducts(keyBits),
      call: (k, { a, random }) => {
        const exponent = random.bigBits(keyBits);
        return () => k.power(a, exponent);
      },
      peer: (n, random) => powerPeer(n, random, keyBits),
    },
    {
      name: "power",
      params: { ...square, exponentBits: keyBits / 2, variant: "fixed base" },
      heavy: true,
      products: fixedBaseProducts(keyBits / 2),
      call: (k, { a, random }) => {
        const table = k.fixedBase(random.bigBelow(k.modulus), keyBits / 2);
        const list = exponents(random, a.batch, keyBits / 2);
        return () => k.fixedBasePower(table, list);
      },
    },
  ];
}

function powerPeer(n: bigint, random: TestRandom, bits: number): () => unknown {
  const key = paillierBigintKey(n);
  const c = random.bigBelow(n * n);
  const k = random.bigBits(bits);
  return () => key.multiply(c, k);
}

/** Products modulo n^2 beside plain BigInt, many in one call of the peer too. */
export function productCases(keyBits: number, target?: Target): Case[] {
  const n = modulusOf(keyBits);
  const { params, heavy, call } = cases(keyBits).find(({ name }) => name === "product")!;
  return [
    {
      name: "product",
      params: { ...params, variant: "modulo n^2, beside BigInt" },
      target,
      prepare: (backend) => prepareModular(backend, { n, power: 2 }, batchFor(backend, heavy), call),
      peer: { label: `BigInt of Node ${process.versions.node}`, prepare: () => prepareBigint(n * n) },
    },
  ];
}

function prepareBigint(m: bigint): Prepared {
  const random = testRandom("bigint");
  const list = Array.from({ length: 64 }, () => random.bigBelow(m));
  return {
    items: list.length,
    run: () => {
      let last = list.at(-1)!;
      for (const value of list) last = (value * last) % m;
      return last;
    },
  };
}

/**
 * A product and a power modulo n^2 in both forms: n-adic, as numbers x0 + x1 n, and flat, as numbers modulo a modulus of which nothing else
 * is known.
 */
export function formCases(keyBits: number): Case[] {
  const n = modulusOf(keyBits);
  const square = { keyBits, modulusBits: 2 * keyBits };
  const forms = { "n-adic": { n, power: 2 }, flat: { n: n * n, power: 1 } } as const;
  return Object.entries(forms).flatMap(([form, declaration]) => [
    {
      name: "product" as const,
      params: { ...square, variant: form },
      prepare: (backend: KernelBackend) =>
        prepareModular(
          backend,
          declaration,
          batchFor(backend, false),
          (k, { a, b }) =>
            () =>
              k.multiply(a, b),
        ),
      peer: { label: `BigInt of Node ${process.versions.node}`, prepare: () => prepareBigint(n * n) },
    },
    {
      name: "power" as const,
      params: { ...square, exponentBits: 256, variant: form },
      prepare: (backend: KernelBackend) =>
        prepareModular(backend, declaration, batchFor(backend, true), (k, { a, random }) => {
          const exponent = random.bigBits(256);
          return () => k.power(a, exponent);
        }),
      peer: { label: PAILLIER_BIGINT_LABEL, prepare: () => ({ items: 1, run: powerPeer(n, testRandom("peer"), 256) }) },
    },
  ]);
}

const modulusOf = (keyBits: number): bigint => testRandom(`modulus ${keyBits}`).bigBits(keyBits) | 1n;

export function modularCases(keyBits: number): Case[] {
  const n = modulusOf(keyBits);
  return cases(keyBits).map(({ name, params, heavy, products, call, peer }) => ({
    name,
    params,
    effort: { multiplies: products * productMultiplies(2 * keyBits) },
    prepare: (backend) => prepareModular(backend, { n, power: 2 }, batchFor(backend, heavy), call),
    ...(peer && {
      peer: { label: PAILLIER_BIGINT_LABEL, prepare: () => ({ items: 1, run: peer(n, testRandom("peer")) }) },
    }),
  }));
}

async function prepareModular(
  backend: KernelBackend,
  modulus: ModulusDeclaration,
  batch: number,
  call: ModularCase["call"],
): Promise<Prepared> {
  const k = await backend.modular(modulus);
  const random = testRandom(`bench modular ${batch}`);
  // No time depends on the values: a few make a large batch.
  const values = Array.from({ length: Math.min(batch, 256) }, () => random.bigBelow(k.modulus));
  const upload = () => k.upload(Array.from({ length: batch }, (_, i) => values[i % values.length]!));
  const [a, b] = [upload(), upload()];
  const record = call(k, { random, a, b });
  const run = async () => {
    const result = record();
    await backend.flush();
    result.dispose();
  };
  return {
    items: batch,
    params: { batch, ...(await onDevice(backend, { items: batch, run })) },
    run,
    close: () => {
      a.dispose();
      b.dispose();
    },
  };
}
