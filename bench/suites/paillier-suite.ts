/**
 * The suite `paillier`: every operation of the scheme, beside paillier-bigint under the same keys, on one thread and on two, with the
 * bounds that were promised; several values to a ciphertext, per value; and arithmetic modulo n^2 in both of its forms.
 */
import type { EngineLike } from "../../src/paillier/index.js";
import type { TestRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { generatePaillierKey, Paillier, type PaillierSecretKey, widestLayout } from "../package-under-test.js";
import { PAILLIER_BIGINT_LABEL, randomPaillierBigintKeys } from "../peers/paillier-bigint.js";
import type { Target } from "../target.js";
import { formCases } from "./modular.js";
import {
  batchOf,
  decryptPeer,
  encryption,
  encryptPeer,
  FEATURES,
  imported,
  type PaillierCase,
  paillierCases,
  values,
  WEIGHT_BITS,
  weights,
  withKeys,
} from "./paillier.js";

/** Two threads against one, on batches. */
const atLeast = (ratio: number): Target => ({ ratio, speedup: 1.8 });

/** Bits of a slot: 32 of a value, 15 for additions, and the sign. */
const SLOT_BITS = 48;

/** Outputs of a matrix. */
const OUTPUTS = 10;

export const paillierSuite = (): Case[] => [
  ...paillierCases(2048, {
    targets: {
      encrypt: { ...atLeast(60), ms: 0.8 },
      decrypt: { ...atLeast(12), ms: 2.8 },
      "decrypt by WebAssembly": atLeast(7),
      dot: { ...atLeast(10), ms: 2.3 },
      sum: atLeast(2),
    },
  }),
  ...withKeys(2048, operations),
  ...formCases(2048),
  ...paillierCases(3072),
  ...withKeys(3072, operations),
  ...formCases(3072),
  ...paillierCases(4096),
  keygen(2048),
  keygen(3072),
];

const operations: readonly PaillierCase[] = [
  {
    name: "encrypt",
    params: { variant: "by the key's owner" },
    ours: async (engine, key, random) => encryption(engine, await Paillier.create(engine, key), random),
    peer: encryptPeer,
  },
  {
    name: "encrypt",
    params: { variant: "with masks from the pool" },
    ours: async (engine, key, random) => {
      const paillier = await Paillier.create(engine, key.publicKey);
      const batch = batchOf(engine.kernels, 1024);
      const masks = imported(paillier, batch, random).handle(paillier.publicKey);
      const { kernels } = paillier.context();
      // Numbers of their size, taken again and again, which the library never does: making so many would take longer than using them.
      paillier.pool.take = (count) => [kernels.slice(masks, 0, count)];
      const prepared = encryption(engine, paillier, random, 1024);
      return { ...prepared, close: () => [masks.dispose(), prepared.close?.()] };
    },
    peer: encryptPeer,
  },
  {
    name: "matrix-vector",
    params: { features: FEATURES, outputs: OUTPUTS, variant: `${WEIGHT_BITS}-bit weights of either sign` },
    ours: matrix,
    peer: ({ publicKey }, random) => {
      const columns = signedWeights(random).map((column) => column.map((w) => BigInt(w < 0 ? -w : w)));
      const terms = columns[0]!.map(() => random.bigBelow(publicKey._n2));
      return () => columns.map((column) => publicKey.addition(...terms.map((c, i) => publicKey.multiply(c, column[i]!))));
    },
  },
  {
    name: "encrypt",
    params: { variant: `slots of ${SLOT_BITS} bits` },
    isPerValue: true,
    ours: (engine, key, random) => packed(engine, key, random, encryptPacked),
    peer: encryptPeer,
  },
  {
    name: "decrypt",
    params: { variant: `slots of ${SLOT_BITS} bits` },
    isPerValue: true,
    ours: (engine, key, random) => packed(engine, key, random, decryptPacked),
    peer: decryptPeer,
  },
  {
    name: "add",
    params: { variant: "two ciphertexts" },
    ours: (engine, key, random) => pairs(engine, key, random, (paillier, a, b) => paillier.add(a, b)),
    peer: ({ publicKey }, random) => {
      const [a, b] = [random.bigBelow(publicKey._n2), random.bigBelow(publicKey._n2)] as const;
      return () => publicKey.addition(a, b);
    },
  },
  {
    name: "add",
    params: { variant: "a plain number" },
    ours: (engine, key, random) => pairs(engine, key, random, (paillier, a) => paillier.addPlain(a, [[12345]])),
    peer: ({ publicKey }, random) => {
      const a = random.bigBelow(publicKey._n2);
      return () => publicKey.plaintextAddition(a, 12345n);
    },
  },
  {
    name: "multiply plain",
    params: { variant: "a number of 32 bits for each" },
    ours: (engine, key, random) => {
      const scalars = values(random, batchOf(engine.kernels, 1024));
      return pairs(engine, key, random, (paillier, a) => paillier.multiplyPlain(a, scalars));
    },
    peer: ({ publicKey }, random) => {
      const [a, w] = [random.bigBelow(publicKey._n2), BigInt(random.u32()) + 1n] as const;
      return () => publicKey.multiply(a, w);
    },
  },
];

type Ciphertexts = Awaited<ReturnType<Paillier["encrypt"]>>;

/** [outputs][features]. */
const signedWeights = (random: TestRandom): number[][] =>
  Array.from({ length: OUTPUTS }, () => weights(random).map((w, i) => (i % 2 === 0 ? w : -w)));

/** One encrypted row of features times a matrix, for several rows at once. */
async function matrix(engine: EngineLike, key: PaillierSecretKey, random: TestRandom): Promise<Prepared> {
  const paillier = await Paillier.create(engine, key.publicKey);
  const rows = engine.kernels.name === "bigint" ? 1 : 4;
  const a = imported(paillier, rows * FEATURES, random);
  const columns = signedWeights(random);
  const plain = Array.from({ length: FEATURES }, (_, i) => columns.map((column) => column[i]!));
  return {
    items: rows,
    params: { batch: rows },
    run: async () => {
      const made = await paillier.timesMatrix(a, plain);
      await engine.kernels.flush();
      made.dispose();
    },
    close: () => {
      for (const owned of [a, paillier]) owned.dispose();
    },
  };
}

/** An operation on a batch of ciphertexts of 32-bit numbers, and on another. */
async function pairs(
  engine: EngineLike,
  key: PaillierSecretKey,
  random: TestRandom,
  operation: (paillier: Paillier, a: Ciphertexts, b: Ciphertexts) => Ciphertexts | Promise<Ciphertexts>,
): Promise<Prepared> {
  const paillier = await Paillier.create(engine, key.publicKey);
  const batch = batchOf(engine.kernels, 1024);
  const [a, b] = [imported(paillier, batch, random), imported(paillier, batch, random)];
  return {
    items: batch,
    params: { batch },
    run: async () => {
      const made = await operation(paillier, a, b);
      await engine.kernels.flush();
      made.dispose();
    },
    close: () => {
      for (const owned of [a, b, paillier]) owned.dispose();
    },
  };
}

/** Work on ciphertexts of as many slots as fit: what is counted are values. */
async function packed(
  engine: EngineLike,
  key: PaillierSecretKey,
  random: TestRandom,
  prepare: (
    paillier: Awaited<ReturnType<typeof openOwn>>,
    vectors: number[][],
    layout: Layout,
  ) => Promise<Pick<Prepared, "run" | "close">>,
): Promise<Prepared> {
  const paillier = await openOwn(engine, key);
  const layout = widestLayout(key.publicKey.bits, (1n << BigInt(SLOT_BITS - 1)) - 1n);
  const batch = batchOf(engine.kernels);
  const vectors = Array.from({ length: batch }, () => values(random, layout.slots));
  const { run, close } = await prepare(paillier, vectors, layout);
  return {
    items: batch * layout.slots,
    params: { batch: batch * layout.slots, values: layout.slots },
    run,
    close: async () => {
      await close?.();
      paillier.dispose();
    },
  };
}

type Layout = ReturnType<typeof widestLayout>;
const openOwn = (engine: EngineLike, key: PaillierSecretKey) => Paillier.create(engine, key);

const encryptPacked: Parameters<typeof packed>[3] = async (paillier, vectors, layout) => ({
  run: async () => {
    const made = await paillier.encryptSlots(vectors, { layout, bound: 2 ** 32 });
    made.dispose();
  },
});

const decryptPacked: Parameters<typeof packed>[3] = async (paillier, vectors, layout) => {
  const ciphertexts = await paillier.encryptSlots(vectors, { layout, bound: 2 ** 32 });
  const found = await paillier.decryptSlots(ciphertexts);
  if (vectors.some((vector, i) => vector.some((value, j) => value !== Number(found[i]![j]))))
    throw new Error("a decryption is wrong");
  return { run: () => paillier.decryptSlots(ciphertexts), close: () => ciphertexts.dispose() };
};

/** Keys are made by the platform, whatever computes with them: measured once, and the spread is that of a search for primes. */
const keygen = (keyBits: number): Case => ({
  name: "keygen",
  params: { keyBits, variant: "two Blum primes; the peer's are any" },
  prepare: async (backend) => {
    if (backend.name !== "wasm" || backend.describe().threads > 1) return undefined;
    return { items: 1, run: async () => (await generatePaillierKey({ bits: keyBits })).dispose() };
  },
  peer: { label: PAILLIER_BIGINT_LABEL, prepare: () => ({ items: 1, run: () => randomPaillierBigintKeys(keyBits) }) },
});
