/** Encoding and encryption: the same vectors through our scheme and through SEAL's, at one scale and one ring. */
import type { CkksParameters } from "../../src/ckks/index.js";
import type { Engine } from "../../src/index.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import { testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { Ckks, nttPrimes, CkksParameters as Parameters } from "../package-under-test.js";
import {
  limbsFor,
  SEAL_LABEL,
  type SealCipher,
  type SealPlain,
  type SealSetup,
  sealCkks,
  sealModulusBits,
} from "../peers/seal.js";
import type { RowName } from "../row.js";
import type { Target } from "../target.js";
import { batchFor } from "./ring.js";

const SCALE_BITS = 40;
/** Residues in one call, for each thread: encryption awaits its backend several times, and copies on the caller's thread. */
const ENCRYPTION_RESIDUES = 2 ** 22;
/** Slots that stray further are wrong, and wrong results are not timed. */
const TOLERANCE = 2 ** -18;

interface Ours {
  readonly backend: KernelBackend;
  readonly engine: Engine;
  readonly parameters: CkksParameters;
  /** One vector an item. */
  readonly vectors: readonly Float64Array[];
}

interface CkksCase {
  readonly name: RowName;
  readonly variant: string;
  readonly ours: (setting: Ours) => Promise<Omit<Prepared, "items">>;
  readonly seal: (setup: SealSetup, values: Float64Array) => Promise<Prepared>;
}

const CASES: readonly CkksCase[] = [
  { name: "encode", variant: "N/2 real slots, to NTT form", ours: ourEncode, seal: sealEncode },
  { name: "decode", variant: "N/2 real slots, from NTT form", ours: ourDecode, seal: sealDecode },
  { name: "encrypt", variant: "public key, encoding included", ours: ourEncrypt, seal: sealEncrypt },
  {
    name: "decrypt",
    variant: "c0 + c1 s alone",
    ours: ourDecryption,
    seal: (setup, values) => sealDecrypt(setup, values, false),
  },
  { name: "decrypt", variant: "decoding included", ours: ourDecrypt, seal: (setup, values) => sealDecrypt(setup, values, true) },
];

export interface CkksChoice {
  readonly seal: SealSetup;
  readonly targets?: Partial<Readonly<Record<RowName, Target>>>;
}

/** The cases at one degree, with a modulus at least as wide as the peer's in primes of 30 bits. */
export function ckksCases({ seal: setup, targets }: CkksChoice): Case[] {
  const { degree, primeBits } = setup;
  const limbs = limbsFor(primeBits);
  const sizes = { N: degree, limbs, modulusBits: 30 * limbs, peerModulusBits: sealModulusBits(primeBits), scaleBits: SCALE_BITS };
  const random = testRandom(`bench ckks ${degree}`);
  const vector = () => Float64Array.from({ length: degree / 2 }, () => random.real(-1, 1));
  return CASES.map(({ name, variant, ours, seal }) => ({
    name,
    params: { ...sizes, variant },
    prepare: async (backend, engine) => {
      // One prime a level would bring the scale down to 30 bits: all primes in level 0 keep it where the peer has it.
      const basePrimes = nttPrimes({ degree, bits: 30, count: limbs });
      const parameters = Parameters.from({ degree, basePrimes, levelPrimes: [], scaleBits: SCALE_BITS });
      const batch = batchFor(backend, 2 * limbs * degree, ENCRYPTION_RESIDUES);
      const vectors = Array.from({ length: batch }, vector);
      const { params, ...rest } = await ours({ backend, engine, parameters, vectors });
      return { ...rest, items: batch, params: { ...params, batch } };
    },
    peer: { label: SEAL_LABEL, prepare: () => seal(setup, vector()) },
    target: targets?.[name],
  }));
}

async function ourEncode({ backend, parameters, vectors }: Ours) {
  const basis = parameters.primes;
  const ring = await backend.ring(parameters.degree, basis);
  return {
    run: async () => {
      const coefficients = await ring.encode(vectors, { scale: parameters.scale(0), basis });
      const values = ring.ntt(coefficients);
      await backend.flush();
      coefficients.dispose();
      values.dispose();
    },
  };
}

async function ourDecode({ backend, parameters, vectors }: Ours) {
  const basis = parameters.primes;
  const ring = await backend.ring(parameters.degree, basis);
  const scale = parameters.scale(0);
  const coefficients = await ring.encode(vectors, { scale, basis });
  const values = ring.ntt(coefficients);
  coefficients.dispose();
  const decode = async () => {
    const back = ring.intt(values);
    const slots = await ring.decode(back, scale, { realOnly: true });
    back.dispose();
    return slots.map(({ re }) => re);
  };
  return { run: decode, params: { precisionBits: precision(await decode(), vectors) }, close: () => values.dispose() };
}

async function ourEncrypt({ engine, backend, parameters, vectors }: Ours) {
  const ckks = await Ckks.create(engine, parameters);
  const secret = await ckks.generateSecretKey();
  const key = await ckks.publicKey(secret);
  const ciphertext = await ckks.encrypt(vectors, key);
  const precisionBits = precision(await ckks.decrypt(ciphertext, secret), vectors);
  ciphertext.dispose();
  return {
    run: async () => {
      const made = await ckks.encrypt(vectors, key);
      await backend.flush();
      made.dispose();
    },
    params: { precisionBits },
    close: () => {
      key.dispose();
      secret.dispose();
    },
  };
}

/** What SEAL calls decryption: it ends at a plaintext in NTT form. */
async function ourDecryption({ backend, parameters, vectors }: Ours) {
  const basis = parameters.primes;
  const ring = await backend.ring(parameters.degree, basis);
  const upload = (batch: number) => {
    const random = testRandom(`decryption ${batch}`);
    const residues = random.residues(batch * basis.length * parameters.degree, Math.min(...basis));
    return ring.upload(residues, { basis, form: "ntt", batch });
  };
  const [c0, c1, s] = [upload(vectors.length), upload(vectors.length), upload(1)];
  return {
    run: async () => {
      const product = ring.multiply(c1, s);
      const message = ring.add(c0, product);
      await backend.flush();
      product.dispose();
      message.dispose();
    },
    close: () => {
      for (const handle of [c0, c1, s]) handle.dispose();
    },
  };
}

async function ourDecrypt({ engine, parameters, vectors }: Ours) {
  const ckks = await Ckks.create(engine, parameters);
  const secret = await ckks.generateSecretKey();
  const key = await ckks.publicKey(secret);
  const ciphertext = await ckks.encrypt(vectors, key);
  key.dispose();
  return {
    run: () => ckks.decrypt(ciphertext, secret),
    params: { precisionBits: precision(await ckks.decrypt(ciphertext, secret), vectors) },
    close: () => {
      ciphertext.dispose();
      secret.dispose();
    },
  };
}

async function sealEncode(setup: SealSetup, values: Float64Array): Promise<Prepared> {
  const { seal, encoder } = await sealCkks(setup);
  const plain = seal.PlainText();
  return { items: 1, run: () => encoder.encode(values, 2 ** SCALE_BITS, plain), close: () => plain.delete() };
}

async function sealDecode(setup: SealSetup, values: Float64Array): Promise<Prepared> {
  const s = await sealCkks(setup);
  const plain = s.encode(values, 2 ** SCALE_BITS);
  precision([s.encoder.decode(plain) as Float64Array], [values]);
  return { items: 1, run: () => s.encoder.decode(plain), close: () => plain.delete() };
}

async function sealEncrypt(setup: SealSetup, values: Float64Array): Promise<Prepared> {
  const { seal, encoder, encryptor } = await sealCkks(setup);
  const [plain, cipher]: [SealPlain, SealCipher] = [seal.PlainText(), seal.CipherText()];
  return {
    items: 1,
    run: () => {
      encoder.encode(values, 2 ** SCALE_BITS, plain);
      encryptor.encrypt(plain, cipher);
    },
    close: () => {
      plain.delete();
      cipher.delete();
    },
  };
}

async function sealDecrypt(setup: SealSetup, values: Float64Array, decoding: boolean): Promise<Prepared> {
  const { seal, encoder, encryptor, decryptor, encode } = await sealCkks(setup);
  const [plain, cipher]: [SealPlain, SealCipher] = [encode(values, 2 ** SCALE_BITS), seal.CipherText()];
  encryptor.encrypt(plain, cipher);
  const run = () => {
    decryptor.decrypt(cipher, plain);
    return decoding ? encoder.decode(plain) : undefined;
  };
  decryptor.decrypt(cipher, plain);
  precision([encoder.decode(plain) as Float64Array], [values]);
  return {
    items: 1,
    run,
    close: () => {
      plain.delete();
      cipher.delete();
    },
  };
}

/** -log2 of the largest error, to a tenth of a bit. */
function precision(found: readonly Float64Array[], expected: readonly Float64Array[]): number {
  let largest = 0;
  for (const [i, row] of expected.entries()) {
    for (const [j, x] of row.entries()) {
      const error = Math.abs(found[i]![j]! - x);
      if (!(error <= TOLERANCE)) throw new Error(`slot ${j} of vector ${i} strays by ${error}`);
      largest = Math.max(largest, error);
    }
  }
  return Math.floor(-10 * Math.log2(largest)) / 10;
}
