/** Ring kernels: work on a ciphertext of two polynomials, all limbs, beside the same on a ciphertext of SEAL. */
import type { KernelBackend, RingHandle, RingKernels } from "../../src/kernels/interface.js";
import { testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { type Effort, transformMultiplies } from "../effort.js";
import { onDevice } from "../measure.js";
import { nttPrimes } from "../package-under-test.js";
import {
  limbsFor,
  SEAL_LABEL,
  SEAL_PRIMES,
  type SealCipher,
  type SealCkks,
  type SealPlain,
  type SealSetup,
  sealCkks,
  sealModulusBits,
} from "../peers/seal.js";
import type { RowName } from "../row.js";
import type { Target } from "../target.js";

const PRIME_BITS = 30;
const POLYNOMIALS = 2;
/** Residues in one call of WebAssembly, for each thread: enough that messages to workers are lost in the work, few enough for a cache. */
const WASM_RESIDUES = 2 ** 21;
/**
 * Where memory is all that an operation waits for, fewer, as the peer's single ciphertext is few, and several calls before a
 * flush, as programs have them: residues in a call for each thread, and calls.
 */
const LIGHT = { call: 2 ** 17, calls: 16 };
/** Residues in one call of a GPU: more than its caches hold (128 MiB). */
const GPU_RESIDUES = 2 ** 25;

/** Ciphertexts in one call: a GPU wants many, plain bigint is slow with one. */
export function batchFor(backend: KernelBackend, residues: number, most = WASM_RESIDUES): number {
  if (backend.name === "bigint") return 1;
  if (backend.name === "wasm") return Math.max(2, Math.round((backend.describe().threads * most) / residues));
  return backend.describe().isSoftware ? 4 : Math.max(4, Math.min(4096, Math.round(GPU_RESIDUES / residues)));
}

type Operation = (k: RingKernels, a: RingHandle, other: RingHandle) => RingHandle;
type SealOperation = (
  s: SealCkks,
  operands: { a: SealCipher; b: SealCipher; coefficients: SealCipher; plain: SealPlain },
  out: SealCipher,
) => void;

interface RingCase {
  readonly name: RowName;
  readonly form: "ntt" | "coefficient";
  /** The second operand: one ciphertext for each, or one plaintext polynomial for all. */
  readonly other: "ciphertext" | "plaintext";
  /** A few instructions for each residue. */
  readonly isLight?: boolean;
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
    isLight: true,
    form: "ntt",
    other: "ciphertext",
    run: (k, a, b) => k.add(a, b),
    seal: ({ evaluator }, { a, b }, out) => evaluator.add(a, b, out),
  },
  {
    name: "multiply",
    form: "ntt",
    other: "ciphertext",
    run: (k, a, b) => k.tensor(a, b),
    seal: ({ evaluator }, { a, b }, out) => evaluator.multiply(a, b, out),
  },
  {
    name: "multiply plain",
    isLight: true,
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

export interface RingChoice {
  /** What the peer works with; ours is at least as wide, in primes of 30 bits where SEAL has 40 to 60. */
  readonly seal: SealSetup;
  /** Our limbs, where not as many as make the modulus at least as wide as the peer's. */
  readonly limbs?: number;
  /** Calls between two waits for the device, where not one. */
  readonly calls?: number;
  /** All of them unless given. */
  readonly names?: readonly RowName[];
  readonly targets?: Partial<Readonly<Record<RowName, Target>>>;
}

/** The cases at one degree, at the parameters that the peers' tables use unless said otherwise. */
export function ringCases({
  seal: setup,
  limbs = limbsFor(setup.primeBits),
  calls: wanted = 1,
  names,
  targets,
}: RingChoice): Case[] {
  const { degree, primeBits } = setup;
  const sizes = { N: degree, limbs, modulusBits: limbs * PRIME_BITS, peerModulusBits: sealModulusBits(primeBits) };
  return CASES.filter(({ name }) => names === undefined || names.includes(name)).map(
    ({ name, form, other, isLight, run, seal }) => ({
      name,
      params: { ...sizes, variant: `ciphertext of two polynomials${wanted > 1 ? `, ${wanted} calls a flush` : ""}` },
      prepare: (backend) => {
        const residues = POLYNOMIALS * limbs * degree;
        const batch = batchFor(backend, residues, isLight ? LIGHT.call : WASM_RESIDUES);
        const calls = isLight && backend.name === "wasm" ? LIGHT.calls : wanted;
        return prepareRing(backend, { degree, limbs, batch, form, other, calls }, run);
      },
      peer: { label: SEAL_LABEL, prepare: () => prepareSeal(setup, seal) },
      target: targets?.[name],
      effort: effortOf(name, degree, limbs),
    }),
  );
}

/** The parameter set of the peers' tables at a degree. */
export const peerSetup = (degree: number): SealSetup => ({ degree, primeBits: SEAL_PRIMES[degree]! });

/** Of one ciphertext. A product of two makes three polynomials. */
function effortOf(name: RowName, degree: number, limbs: number): Effort | undefined {
  const polynomial = 4 * limbs * degree;
  switch (name) {
    case "ntt":
    case "intt":
      return { bytes: 4 * polynomial, multiplies: transformMultiplies(degree, POLYNOMIALS * limbs) };
    case "rescale":
      // The dropped limb goes back, and its correction forward on all that stay.
      return { bytes: 4 * (2 * limbs - 1) * POLYNOMIALS * degree, multiplies: transformMultiplies(degree, POLYNOMIALS * limbs) };
    case "multiply":
      return { bytes: 7 * polynomial };
    case "multiply plain":
      return { bytes: 4 * polynomial };
    case "add":
      return { bytes: 6 * polynomial };
    default:
      return undefined;
  }
}

export interface RingSetup {
  readonly degree: number;
  readonly limbs: number;
  /** Ciphertexts. */
  readonly batch: number;
  readonly form: "ntt" | "coefficient";
  readonly other: "ciphertext" | "plaintext";
  /** Calls before a flush, each on the same operands; one unless given. */
  readonly calls?: number;
}

/** Random operands on a backend, and calls on all of them. */
export async function prepareRing(backend: KernelBackend, setup: RingSetup, run: Operation): Promise<Prepared> {
  const { degree, limbs, batch, form, other, calls = 1 } = setup;
  const basis = nttPrimes({ degree, bits: PRIME_BITS, count: limbs });
  const k = await backend.ring(degree, basis);
  const random = testRandom(`bench ${degree} ${limbs}`);
  const upload = (items: number) => {
    const item = limbs * degree;
    const residues = new Uint32Array(items * item);
    for (let i = 0; i < item; i++) residues[i] = random.below(basis[Math.floor(i / degree)]!);
    // One polynomial again and again: no time depends on the values, and a GPU's batch takes seconds to make.
    for (let at = item; at < residues.length; at += item) residues.copyWithin(at, 0, item);
    return k.upload(residues, { basis, form, batch: items });
  };
  const a = upload(POLYNOMIALS * batch);
  const b = upload(other === "plaintext" ? 1 : POLYNOMIALS * batch);
  const work = {
    items: batch * calls,
    run: async () => {
      for (let i = 1; i < calls; i++) run(k, a, b).dispose();
      const result = run(k, a, b);
      await backend.flush();
      result.dispose();
    },
  };
  return {
    ...work,
    params: { batch, ...(await onDevice(backend, work)) },
    close: () => {
      a.dispose();
      b.dispose();
    },
  };
}

async function prepareSeal(setup: SealSetup, operation: SealOperation): Promise<Prepared> {
  const s = await sealCkks(setup);
  const random = testRandom("seal");
  const values = Float64Array.from({ length: setup.degree / 2 }, () => random.real(-1, 1));
  const plain = s.encode(values, 2 ** 40);
  const ciphers = Array.from({ length: 4 }, () => s.seal.CipherText()) as [SealCipher, SealCipher, SealCipher, SealCipher];
  const [a, b, coefficients, out] = ciphers;
  s.encryptor.encrypt(plain, a);
  s.encryptor.encrypt(plain, b);
  s.evaluator.cipherTransformFromNtt(a, coefficients);
  return {
    items: 1,
    run: () => operation(s, { a, b, coefficients, plain }, out),
    close: () => {
      for (const cipher of ciphers) cipher.delete();
      plain.delete();
    },
  };
}
