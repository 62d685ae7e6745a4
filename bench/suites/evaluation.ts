/**
 * The suite `ckks`: what evaluation costs. Ours work on batches, SEAL on one ciphertext after the other, both at one ring, with our
 * modulus at least as wide and both within the table for 128 bits of security.
 */
import type {
  CkksCiphertext,
  CkksEvaluationKeys,
  CkksParameters,
  Ckks as CkksScheme,
  KeyNeeds,
  PresetName,
} from "../../src/ckks/index.js";
import type { Engine } from "../../src/index.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import { testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { benchMatrix } from "../matrix.js";
import { Ckks, LinearTransform, nttPrimes, CkksParameters as Parameters, presetParameters } from "../package-under-test.js";
import { SEAL_LABEL, SEAL_PRIMES, type SealSetup, sealModulusBits } from "../peers/seal.js";
import { sealMatrix, sealProduct, sealRelinearisationKeys, sealRelinearise, sealRotate } from "../peers/seal-evaluation.js";
import type { RowName, RowParams } from "../row.js";
import type { Target } from "../target.js";

/** Slots that stray further are wrong, and wrong results are not timed. */
const TOLERANCE = 2 ** -12;
/** Residues of the digits that one call of WebAssembly works on: few enough for a cache, enough for messages not to count. */
const WASM_RESIDUES = 2 ** 21;

/** Sets with a scale no smaller than the peer's, in composite levels of two primes: twice the primes, and so more work. */
const PRESET: Readonly<Record<number, PresetName>> = { 8192: "seal-8192-40", 16384: "seal-16384-40", 32768: "seal-32768-40" };

/**
 * Sets that hold the peer's modulus in the fewest primes, with one prime a level and few digits: the most that 30 bits a prime give.
 * Bits of a base prime, of a level prime, number of primes, of special primes of 30 bits, and of primes in a digit.
 */
const LEAN: Readonly<Record<number, readonly [number, number, number, number, number]>> = {
  8192: [29, 28, 5, 2, 2],
  16384: [28, 28, 11, 4, 4],
  32768: [30, 30, 21, 8, 7],
};

function leanParameters(degree: number): CkksParameters {
  const [baseBits, levelBits, count, special, digitSize] = LEAN[degree]!;
  const specialPrimes = nttPrimes({ degree, bits: 30, count: special });
  const levelPrimes = nttPrimes({ degree, bits: levelBits, count: count - 2, avoid: specialPrimes });
  const basePrimes = nttPrimes({ degree, bits: baseBits, count: 2, avoid: [...specialPrimes, ...levelPrimes] });
  return Parameters.from({ degree, basePrimes, levelPrimes, specialPrimes, digitSize, scaleBits: levelBits });
}

/** Least ratio to node-seal for products and rotations. */
const RATIO: Readonly<Record<number, number>> = { 8192: 3, 16384: 4, 32768: 6 };
const SPEEDUP = 1.8;
const MATRIX_RATIO = 4;

interface Setting {
  readonly backend: KernelBackend;
  readonly engine: Engine;
  readonly parameters: CkksParameters;
}

type Prepare = (setting: Setting) => Promise<Prepared>;

export const evaluationCases = (): Case[] => Object.keys(SEAL_PRIMES).map(Number).flatMap(casesAt);

function casesAt(degree: number): Case[] {
  const seal: SealSetup = { degree, primeBits: SEAL_PRIMES[degree]! };
  const values = slotValues(degree, "peer");
  const heavy: Target = { ratio: RATIO[degree]!, speedup: SPEEDUP };
  const one = (
    parameters: CkksParameters,
    name: RowName,
    variant: string,
    prepare: Prepare,
    peer: () => Promise<Prepared>,
    target?: Target,
  ): Case => ({
    name,
    params: {
      ...describeParameters(parameters),
      peerModulusBits: sealModulusBits(seal.primeBits),
      peerKeyMiB: toMiB(sealKeyBytes(seal)),
      variant: `${variant}, scale 2^${parameters.scaleBits}`,
    },
    prepare: (backend, engine) => prepare({ backend, engine, parameters }),
    peer: { label: SEAL_LABEL, prepare: peer },
    target,
  });
  const lean = leanParameters(degree);
  const wide = presetParameters(PRESET[degree]!);
  const product = () => sealProduct(seal, values);
  const rotation = () => sealRotate(seal, values);
  const matrix = (rows: number, columns: number): Case =>
    one(
      lean,
      "matrix-vector",
      `${rows} x ${columns}, one vector a ciphertext, rescaled`,
      (setting) => ourMatrix(setting, rows, columns),
      () => sealMatrix(seal, benchMatrix(rows, columns)),
      { ratio: MATRIX_RATIO, speedup: SPEEDUP },
    );
  return [
    one(lean, "multiply + relinearise + rescale", "all three", ourProduct, product, heavy),
    one(lean, "relinearise", "of a product", ourRelinearise, () => sealRelinearise(seal, values)),
    one(lean, "rotate", "by 1", ourRotate, rotation, heavy),
    matrix(64, 64),
    matrix(10, 64),
    one(lean, "keygen", "relinearisation key", ourKeys, () => sealRelinearisationKeys(seal)),
    one(wide, "multiply + relinearise + rescale", "all three", ourProduct, product),
    one(wide, "rotate", "by 1", ourRotate, rotation),
  ];
}

/** 16 N k (k - 1) bytes for k primes, the special one included (SEAL, issue 285). */
const sealKeyBytes = ({ degree, primeBits: { length: k } }: SealSetup): number => 16 * degree * k * (k - 1);

function describeParameters(parameters: CkksParameters): RowParams {
  const { degree, primes, levels, scaleBits, logQ, logP } = parameters;
  const tenth = (bits: number) => Math.round(10 * bits) / 10;
  return { N: degree, limbs: primes.length, levels, scaleBits, modulusBits: tenth(logQ), specialBits: tenth(logP) };
}

function slotValues(degree: number, name: string): Float64Array {
  const random = testRandom(`evaluation ${degree} ${name}`);
  return Float64Array.from({ length: degree / 2 }, () => random.real(-1, 1));
}

function batchFor(backend: KernelBackend, { degree, primes, specialPrimes }: CkksParameters): number {
  if (backend.name === "bigint") return 1;
  if (backend.name === "webgpu") return backend.describe().isSoftware ? 1 : 32;
  return Math.max(2, Math.round(WASM_RESIDUES / (degree * (primes.length + specialPrimes.length))));
}

/** A scheme with keys for one need, and vectors encrypted under them. */
async function open({ backend, engine, parameters }: Setting, needs: KeyNeeds, vectors?: readonly Float64Array[]) {
  const ckks = await Ckks.create(engine, parameters);
  const secret = await ckks.generateSecretKey();
  const keys = await ckks.generateEvaluationKeys(secret, ckks.keysFor(needs));
  const inputs =
    vectors ?? Array.from({ length: batchFor(backend, parameters) }, (_, i) => slotValues(parameters.degree, `ours ${i}`));
  const a = await ckks.encrypt(inputs, secret);
  return { ckks, secret, keys, inputs, a };
}

interface Computation {
  readonly needs: KeyNeeds;
  readonly compute: (ckks: CkksScheme, a: CkksCiphertext, keys: CkksEvaluationKeys) => CkksCiphertext | Promise<CkksCiphertext>;
  /** Slot j of the result for a vector. */
  readonly expected: (vector: Float64Array, slot: number) => number;
  readonly vectors?: readonly Float64Array[];
  /** Slots that hold results; all of them unless given. */
  readonly slots?: number;
}

async function computation(setting: Setting, { needs, compute, expected, vectors, slots }: Computation): Promise<Prepared> {
  const { ckks, secret, keys, inputs, a } = await open(setting, needs, vectors);
  const result = await compute(ckks, a, keys);
  const found = await ckks.decrypt(result, secret);
  result.dispose();
  return {
    items: inputs.length,
    params: { batch: inputs.length, precisionBits: precision(found, inputs, expected, slots), keyMiB: toMiB(keys.bytes()) },
    run: async () => {
      const made = await compute(ckks, a, keys);
      await setting.backend.flush();
      made.dispose();
    },
    close: () => {
      for (const owned of [a, keys, secret]) owned.dispose();
    },
  };
}

const toMiB = (bytes: number): number => Math.round((10 * bytes) / 2 ** 20) / 10;

const square = (vector: Float64Array, slot: number): number => vector[slot]! ** 2;

const ourProduct: Prepare = (setting) =>
  computation(setting, {
    needs: { relinearise: true },
    compute: (ckks, a, keys) => ckks.multiplyRescale(a, a, keys),
    expected: square,
  });

async function ourRelinearise(setting: Setting): Promise<Prepared> {
  const { ckks, secret, keys, inputs, a } = await open(setting, { relinearise: true });
  const product = ckks.multiply(a, a);
  const checked = ckks.relinearise(product, keys);
  const precisionBits = precision(await ckks.decrypt(checked, secret), inputs, square);
  checked.dispose();
  return {
    items: inputs.length,
    params: { batch: inputs.length, precisionBits, keyMiB: toMiB(keys.bytes()) },
    run: async () => {
      const made = ckks.relinearise(product, keys);
      await setting.backend.flush();
      made.dispose();
    },
    close: () => {
      for (const owned of [a, product, keys, secret]) owned.dispose();
    },
  };
}

const ourRotate: Prepare = (setting) =>
  computation(setting, {
    needs: { rotations: [1] },
    compute: (ckks, a, keys) => ckks.rotate(a, 1, keys),
    expected: (vector, slot) => vector[(slot + 1) % vector.length]!,
  });

function ourMatrix(setting: Setting, rows: number, columns: number): Promise<Prepared> {
  const { parameters, backend } = setting;
  const matrix = benchMatrix(rows, columns);
  const transform = LinearTransform.fromMatrix(matrix.rows);
  const vector = Float64Array.from({ length: parameters.slots }, (_, i) => matrix.vector[i % columns]!);
  // Keys and diagonals, up to hundreds of MiB, serve all of a batch.
  const batch = backend.name === "bigint" ? 1 : 4 * Math.max(1, Math.round(batchFor(backend, parameters) / 8));
  return computation(setting, {
    needs: { rotations: [...transform.keyPlan(parameters).rotations.keys()] },
    compute: async (ckks, a, keys) => {
      const product = await transform.apply(ckks, a, keys);
      if (product.scaleDegree === 1) return product;
      const rescaled = ckks.rescale(product);
      product.dispose();
      return rescaled;
    },
    expected: (_, slot) => matrix.product[slot]!,
    vectors: Array.from({ length: batch }, () => vector),
    slots: rows,
  });
}

async function ourKeys({ engine, backend, parameters }: Setting): Promise<Prepared> {
  const ckks = await Ckks.create(engine, parameters);
  const secret = await ckks.generateSecretKey();
  const plan = ckks.keysFor({ relinearise: true });
  return {
    items: 1,
    params: { keyMiB: toMiB(plan.bytes) },
    run: async () => {
      const keys = await ckks.generateEvaluationKeys(secret, plan);
      await backend.flush();
      keys.dispose();
    },
    close: () => secret.dispose(),
  };
}

/** -log2 of the largest error, to a tenth of a bit. */
function precision(
  found: readonly Float64Array[],
  inputs: readonly Float64Array[],
  expected: (vector: Float64Array, slot: number) => number,
  slots = inputs[0]!.length,
): number {
  let largest = 0;
  for (const [i, vector] of inputs.entries()) {
    for (let j = 0; j < slots; j++) {
      const error = Math.abs(found[i]![j]! - expected(vector, j));
      if (!(error <= TOLERANCE)) throw new Error(`slot ${j} of vector ${i} strays by ${error}`);
      largest = Math.max(largest, error);
    }
  }
  return Math.floor(-10 * Math.log2(largest)) / 10;
}
