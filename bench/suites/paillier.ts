/** Paillier from values to ciphertexts and back, beside paillier-bigint under the same key. */
import type { Engine } from "../../src/index.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import type { EngineLike } from "../../src/paillier/index.js";
import { type TestRandom, testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { type Effort, paillierMultiplies } from "../effort.js";
import { generatePaillierKey, Paillier, type PaillierSecretKey, WasmBackend } from "../package-under-test.js";
import { PAILLIER_BIGINT_LABEL, paillierBigintKeys } from "../peers/paillier-bigint.js";
import type { RowName, RowParams } from "../row.js";
import type { Target } from "../target.js";

export const FEATURES = 30;
export const WEIGHT_BITS = 32;
const SUMMANDS = 1000;

/** Ciphertexts in one call; `wanted` is for a hardware GPU, where hundreds are few, and for WebAssembly up to what keeps its threads busy. */
export function batchOf(backend: KernelBackend, wanted = 64): number {
  if (backend.name === "bigint") return 2;
  if (backend.name === "wasm") return Math.min(wanted, 1024);
  return backend.describe().isSoftware ? Math.min(wanted, 64) : wanted;
}

export type Keys = ReturnType<typeof paillierBigintKeys>;

/** One operation of the scheme and what does the same in paillier-bigint. */
export interface PaillierCase {
  readonly name: RowName;
  readonly params?: RowParams;
  readonly target?: Target;
  /** Times are per value of a ciphertext, of which nobody has counted the multiplies. */
  readonly isPerValue?: boolean;
  /** Undefined where the case does not apply to the backend. */
  readonly ours: (
    engine: EngineLike,
    key: PaillierSecretKey,
    random: TestRandom,
    wanted?: number,
  ) => Promise<Prepared | undefined>;
  readonly peer?: (keys: Keys, random: TestRandom) => () => unknown;
}

/** Numbers as the values of a column have them: integers that a float64 holds. */
export const values = (random: TestRandom, count: number): number[] => Array.from({ length: count }, () => random.u32() + 1);

/** Weights of exactly 32 bits. */
export const weights = (random: TestRandom): number[] =>
  Array.from({ length: FEATURES }, () => Number(random.bigBits(WEIGHT_BITS)));

const cases = (targets: Partial<Readonly<Record<string, Target>>>): PaillierCase[] => [
  {
    name: "encrypt",
    params: { variant: "public key" },
    target: targets.encrypt,
    ours: encrypt,
    peer: encryptPeer,
  },
  {
    name: "decrypt",
    params: { variant: "as the backend chooses (OpenSSL in Node)" },
    target: targets.decrypt,
    ours: decrypt,
    peer: decryptPeer,
  },
  {
    name: "decrypt",
    params: { variant: "WebAssembly alone" },
    target: targets["decrypt by WebAssembly"],
    ours: decryptByWebAssembly,
    peer: decryptPeer,
  },
  {
    name: "dot",
    params: { features: FEATURES, variant: `${WEIGHT_BITS}-bit weights` },
    target: targets.dot,
    ours: dot,
    peer: ({ publicKey }, random) => {
      const list = weights(random).map(BigInt);
      const terms = list.map(() => random.bigBelow(publicKey._n2));
      return () => publicKey.addition(...terms.map((c, i) => publicKey.multiply(c, list[i]!)));
    },
  },
  {
    name: "sum",
    params: { variant: `of ${SUMMANDS} ciphertexts` },
    target: targets.sum,
    ours: sum,
    peer: ({ publicKey }, random) => {
      const terms = Array.from({ length: SUMMANDS }, () => random.bigBelow(publicKey._n2));
      return () => publicKey.addition(...terms);
    },
  },
];

export interface PaillierChoice {
  readonly targets?: Partial<Readonly<Record<string, Target>>>;
  /** Ciphertexts in one call of a hardware GPU. */
  readonly batch?: number;
}

/** The cases at one key length. */
export function paillierCases(keyBits: number, { targets = {}, batch }: PaillierChoice = {}): Case[] {
  return withKeys(keyBits, cases(targets), batch);
}

/** Cases that share one key pair, made when the first of them is prepared. */
export function withKeys(keyBits: number, list: readonly PaillierCase[], batch?: number): Case[] {
  let made: Promise<PaillierSecretKey> | undefined;
  const key = () => (made ??= generatePaillierKey({ bits: keyBits }));
  return list.map(({ name, params, target, isPerValue, ours, peer }) => ({
    name,
    params: { keyBits, modulusBits: 2 * keyBits, ...params },
    target,
    effort: isPerValue ? undefined : effortOf(name, keyBits),
    prepare: async (_backend: KernelBackend, engine: Engine) =>
      ours(engine, await key(), testRandom(`paillier ${keyBits}`), batch),
    peer: peer && {
      label: PAILLIER_BIGINT_LABEL,
      prepare: async () => ({ items: 1, run: peer(keysOf(await key()), testRandom(`peer ${keyBits}`)) }),
    },
  }));
}

function effortOf(name: RowName, keyBits: number): Effort | undefined {
  if (name === "encrypt") return { multiplies: paillierMultiplies.encrypt(keyBits) };
  if (name === "decrypt") return { multiplies: paillierMultiplies.decrypt(keyBits) };
  return name === "dot" ? { multiplies: paillierMultiplies.dot(keyBits, FEATURES, WEIGHT_BITS) } : undefined;
}

function keysOf(key: PaillierSecretKey): Keys {
  const { p, q } = key.primeBytes();
  const integer = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  return paillierBigintKeys(integer(p), integer(q));
}

async function encrypt(engine: EngineLike, key: PaillierSecretKey, random: TestRandom, wanted?: number): Promise<Prepared> {
  return encryption(engine, await Paillier.create(engine, key.publicKey), random, wanted);
}

/** Encryption by whoever holds the scheme object, which is disposed of at the end. */
export function encryption(engine: EngineLike, paillier: Paillier, random: TestRandom, wanted?: number): Prepared {
  const batch = batchOf(engine.kernels, wanted);
  const list = values(random, batch);
  return {
    items: batch,
    params: { batch },
    run: async () => {
      const made = await paillier.encrypt(list);
      await engine.kernels.flush();
      made.dispose();
    },
    close: () => paillier.dispose(),
  };
}

async function decrypt(engine: EngineLike, key: PaillierSecretKey, random: TestRandom, wanted?: number): Promise<Prepared> {
  const paillier = await Paillier.create(engine, key);
  const batch = batchOf(engine.kernels, wanted);
  const list = values(random, batch);
  const ciphertexts = await paillier.encrypt(list);
  const found = await paillier.decrypt(ciphertexts);
  if (list.some((value, i) => value !== found[i])) throw new Error("a decryption is wrong");
  return {
    items: batch,
    params: { batch },
    run: () => paillier.decrypt(ciphertexts),
    close: () => {
      ciphertexts.dispose();
      paillier.dispose();
    },
  };
}

/** The same on a backend of its own that never asks OpenSSL. */
async function decryptByWebAssembly(
  engine: EngineLike,
  key: PaillierSecretKey,
  random: TestRandom,
): Promise<Prepared | undefined> {
  if (engine.kernels.name !== "wasm") return undefined;
  const kernels = await WasmBackend.create({ threads: engine.kernels.describe().threads, openssl: false });
  const prepared = await decrypt({ kernels }, key, random);
  return {
    ...prepared,
    close: async () => {
      await prepared.close?.();
      await kernels.close();
    },
  };
}

export function encryptPeer({ publicKey }: Keys, random: TestRandom): () => unknown {
  const m = BigInt(values(random, 1)[0]!);
  return () => publicKey.encrypt(m);
}

export function decryptPeer({ publicKey, privateKey }: Keys, random: TestRandom): () => unknown {
  const m = BigInt(values(random, 1)[0]!);
  const c = publicKey.encrypt(m);
  if (privateKey.decrypt(c) !== m) throw new Error("a decryption of the peer is wrong");
  return () => privateKey.decrypt(c);
}

/** Dot products in one call; the ciphertexts of a hardware GPU are `wanted`. */
function groupsOf(backend: KernelBackend, wanted: number | undefined): number {
  if (backend.name === "bigint") return 1;
  if (wanted === undefined || backend.name === "wasm" || backend.describe().isSoftware) return 16;
  return Math.max(1, Math.round(wanted / FEATURES));
}

async function dot(engine: EngineLike, key: PaillierSecretKey, random: TestRandom, wanted?: number): Promise<Prepared> {
  const paillier = await Paillier.create(engine, key.publicKey);
  const groups = groupsOf(engine.kernels, wanted);
  const rows = imported(paillier, groups * FEATURES, random);
  const row = weights(random);
  return {
    items: groups,
    params: { batch: groups },
    run: async () => {
      const made = await paillier.dot(rows, [row], { groups });
      await engine.kernels.flush();
      made.dispose();
    },
    close: () => {
      rows.dispose();
      paillier.dispose();
    },
  };
}

/** Sums in one call of several threads. */
const SUMS = 8;

async function sum(engine: EngineLike, key: PaillierSecretKey, random: TestRandom): Promise<Prepared> {
  const paillier = await Paillier.create(engine, key.publicKey);
  const groups = engine.kernels.name === "wasm" ? SUMS : 1;
  const terms = imported(paillier, groups * SUMMANDS, random);
  return {
    items: groups,
    params: { batch: groups },
    run: async () => {
      const made = paillier.sum(terms, groups);
      await engine.kernels.flush();
      made.dispose();
    },
    close: () => {
      terms.dispose();
      paillier.dispose();
    },
  };
}

/** Random numbers modulo n^2: as ciphertexts they hold anything, and products cost the same. */
export function imported(paillier: Paillier, count: number, random: TestRandom) {
  const { n } = paillier.publicKey;
  return paillier.importIntegers(
    Array.from({ length: count }, () => random.bigBelow(n * n)),
    { bound: 2n ** 32n },
  );
}
