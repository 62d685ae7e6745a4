/**
 * The suite `gpu`: large batches on a GPU, beside WebAssembly on all threads and the peer in the same run, each row with the bytes
 * and multiplies a second that it comes to. Most informative cases first: a lease of hardware is short.
 */
import type { KernelBackend } from "../../src/kernels/interface.js";
import { testRandom } from "../../test/support/random.js";
import type { Case, Prepared } from "../case.js";
import { nttPrimes } from "../package-under-test.js";
import { SEAL_PRIMES } from "../peers/seal.js";
import { endToEndCases } from "./inference.js";
import { modularCases } from "./modular.js";
import { paillierCases } from "./paillier.js";
import { batchFor, peerSetup, ringCases } from "./ring.js";

const DEGREES = [4096, 16384, 65536, 8192, 32768];
const TERMS = 32;

export const gpuCases = (): Case[] => [
  ...modularCases(2048),
  ...throughLibrary(2048, 10_000),
  ...endToEndCases(),
  ...throughLibrary(2048, 100_000),
  ...DEGREES.flatMap((degree) => [...transforms(degree), ...operations(degree), combination(degree)]),
  ...modularCases(3072),
  ...throughLibrary(3072, 10_000),
  ...throughLibrary(2048, 1000),
  ...throughLibrary(3072, 1000),
];

/** Calls between two waits where the question is what the device does while nobody waits. */
const CALLS = 8;

/** SEAL's transform costs the same at any width of prime: at 60 bits it gets the most out of each. */
const transforms = (degree: number): Case[] => {
  const choice = { seal: { degree, primeBits: [60, 60, 60], secure: false }, limbs: 4 };
  return [
    ...ringCases({ ...choice, names: ["ntt", "intt"] }),
    ...ringCases({ ...choice, names: ["ntt", "multiply", "rescale"], calls: CALLS }).map(({ peer: _, ...test }) => test),
  ];
};

/** Where SEAL has no parameters of this degree that are secure, ours stand alone. */
function operations(degree: number): Case[] {
  const names = ["add", "multiply", "rescale"] as const;
  if (degree in SEAL_PRIMES) return ringCases({ seal: peerSetup(degree), names });
  const limbs = degree < 8192 ? 3 : 23;
  const cases = ringCases({ seal: { degree, primeBits: [60, 60, 60], secure: false }, limbs, names });
  return cases.map(({ peer: _, params: { peerModulusBits: __, ...params }, ...test }) => ({ ...test, params }));
}

/** The heart of an encrypted prediction: ciphertexts with a weight each, summed. */
function combination(degree: number): Case {
  const limbs = 3;
  return {
    name: "dot",
    params: {
      N: degree,
      limbs,
      modulusBits: 30 * limbs,
      features: TERMS,
      variant: "polynomials with a plain weight each, summed",
    },
    effort: { bytes: 4 * (TERMS + 1) * limbs * degree },
    prepare: (backend) => prepareCombination(backend, degree, limbs),
  };
}

async function prepareCombination(backend: KernelBackend, degree: number, limbs: number): Promise<Prepared | undefined> {
  if (backend.name === "bigint") return undefined;
  const basis = nttPrimes({ degree, bits: 30, count: limbs });
  const k = await backend.ring(degree, basis);
  const groups = batchFor(backend, TERMS * limbs * degree);
  const random = testRandom(`bench combination ${degree}`);
  const residues = new Uint32Array(groups * TERMS * limbs * degree);
  const item = random.residues(limbs * degree, Math.min(...basis));
  for (let at = 0; at < residues.length; at += item.length) residues.set(item, at);
  const a = k.upload(residues, { basis, form: "ntt", batch: groups * TERMS });
  const weights = Uint32Array.from({ length: TERMS * limbs }, (_, i) => random.below(basis[i % limbs]!));
  return {
    items: groups,
    params: { batch: groups },
    run: async () => {
      const result = k.linearCombination(a, weights, groups);
      await backend.flush();
      result.dispose();
    },
    close: () => a.dispose(),
  };
}

/** Paillier as an application calls it: what the caller's thread adds is in these figures, and in those of the kernels it is not. */
function throughLibrary(keyBits: number, batch: number): Case[] {
  return paillierCases(keyBits, { batch })
    .filter(({ name, params }) => name !== "sum" && params.variant !== "WebAssembly alone")
    .map((test) => (test.name === "decrypt" ? { ...test, params: { ...test.params, variant: "through the library" } } : test));
}
