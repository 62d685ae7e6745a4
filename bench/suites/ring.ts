/** Ring kernels: work on a ciphertext of two polynomials, all limbs, beside the same on a ciphertext of SEAL. */
import type { KernelBackend, RingHandle, RingKernels } from "../../src/kernels/interface.js";
import { testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { nttPrimes } from "../package-under-test.js";
import { SEAL_LABEL, SEAL_PRIMES, type SealCkks, sealCkks } from "../peers/seal.js";
import type { RowName } from "../row.js";

const PRIME_BITS = 30;
const POLYNOMIALS = 2;

/** Ciphertexts in one call: a GPU wants many, plain bigint is slow with one. */
const batchFor = (backend: KernelBackend): number => (backend.name === "bigint" ? 1 : backend.describe().isSoftware ? 4 : 64);

type Operation = (k: RingKernels, a: RingHandle, other: RingHandle) => RingHandle;
type Cipher = ReturnType<SealCkks["seal"]["CipherText"]>;
type SealOperation = (
  s: SealCkks,
  operands: { a: Cipher; b: Cipher; coefficients: Cipher; plain: ReturnType<SealCkks["encode"]> },
  out: Cipher,
) => void;

interface RingCase {
  readonly name: RowName;
  readonly form: "ntt" | "coefficient";
  /** The second operand: one ciphertext for each, or one plaintext polynomial for all. */
  readonly other: "ciphertext" | "plaintext";
  readonly run: Operation;
  readonly seal: SealOperation;
}

const CASES: readonly RingCase[] = [
  {
    name: "ntt",
    form: "coefficient",
    other: "plaintext",
    run: (k, a) => k.ntt(a),
    seal: ({ evaluator }, { coefficients }, out) => evaluator.cipherTransformToNtt(coefficients, out),
  },
  {
    name: "intt",
    form: "ntt",
    other: "plaintext",
    run: (k, a) => k.intt(a),
    seal: ({ evaluator }, { a }, out) => evaluator.cipherTransformFromNtt(a, out),
  },
  {
    name: "add",
    form: "ntt",
    other: "ciphertext",
    run: (k, a, b) => k.add(a, b),
    seal: ({ evaluator }, { a, b }, out) => evaluator.add(a, b, out),
  },
  {
    name: "multiply plain",
    form: "ntt",
    other: "plaintext",
    run: (k, a, b) => k.multiply(a, b),
    seal: ({ evaluator }, { a, plain }, out) => evaluator.multiplyPlain(a, plain, out),
  },
  {
    name: "rescale",
    form: "ntt",
    other: "plaintext",
    run: (k, a) => k.rescale(a, 1),
    seal: ({ evaluator }, { a }, out) => evaluator.rescaleToNext(a, out),
  },
];

/** The cases at one degree. Our modulus is at least as wide as the peer's, in primes of 30 bits where SEAL has 40 to 60. */
export function ringCases(degree: number): Case[] {
  const sealPrimes = SEAL_PRIMES[degree]!;
  const peerBits = sealPrimes.slice(0, -1).reduce((sum, bits) => sum + bits, 0);
  const limbs = Math.floor(peerBits / PRIME_BITS) + 1;
  return CASES.map(({ name, form, other, run, seal }) => ({
    name,
    params: { N: degree, limbs, modulusBits: limbs * PRIME_BITS, variant: "ciphertext of two polynomials" },
    prepare: (backend) => prepareRing(backend, { degree, limbs, batch: batchFor(backend), form, other }, run),
    peer: { label: SEAL_LABEL, prepare: () => prepareSeal(degree, sealPrimes, seal) },
  }));
}

export interface RingSetup {
  readonly degree: number;
  readonly limbs: number;
  /** Ciphertexts. */
  readonly batch: number;
  readonly form: "ntt" | "coefficient";
  readonly other: "ciphertext" | "plaintext";
}

/** Random operands on a backend, and one call on all of them. */
export async function prepareRing(backend: KernelBackend, setup: RingSetup, run: Operation): Promise<Prepared> {
  const { degree, limbs, batch, form, other } = setup;
  const basis = nttPrimes({ degree, bits: PRIME_BITS, count: limbs });
  const k = await backend.ring(degree, basis);
  const random = testRandom(`bench ${degree} ${limbs}`);
  const upload = (items: number) => {
    const residues = new Uint32Array(items * limbs * degree);
    for (let i = 0; i < residues.length; i++) residues[i] = random.below(basis[Math.floor(i / degree) % limbs]!);
    return k.upload(residues, { basis, form, batch: items });
  };
  const a = upload(POLYNOMIALS * batch);
  const b = upload(other === "plaintext" ? 1 : POLYNOMIALS * batch);
  return {
    items: batch,
    params: { batch },
    run: async () => {
      const result = run(k, a, b);
      await backend.flush();
      result.dispose();
    },
    close: () => {
      a.dispose();
      b.dispose();
    },
  };
}

async function prepareSeal(degree: number, primeBits: readonly number[], operation: SealOperation): Promise<Prepared> {
  const s = await sealCkks(degree, primeBits);
  const random = testRandom("seal");
  const values = Float64Array.from({ length: degree / 2 }, () => random.real(-1, 1));
  const plain = s.encode(values, 2 ** 40);
  const [a, b, coefficients, out] = Array.from({ length: 4 }, () => s.seal.CipherText()) as [Cipher, Cipher, Cipher, Cipher];
  s.encryptor.encrypt(plain, a);
  s.encryptor.encrypt(plain, b);
  s.evaluator.cipherTransformFromNtt(a, coefficients);
  return { items: 1, run: () => operation(s, { a, b, coefficients, plain }, out) };
}
