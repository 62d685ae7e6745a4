/**
 * The suite `cpu`: what WebAssembly is held to. Each case stands beside the peer that does the same work, on one thread and on
 * two, with the bound that was promised.
 */
import type { Case } from "../case.js";
import { SEAL_PRIMES, type SealSetup } from "../peers/seal.js";
import type { Target } from "../target.js";
import { ckksCases } from "./ckks.js";
import { endToEndCases } from "./inference.js";
import { productCases } from "./modular.js";
import { paillierCases } from "./paillier.js";
import { peerSetup, ringCases } from "./ring.js";

/** Two threads against one, on batches. */
const BATCHES: Target = { speedup: 1.8 };
const atLeast = (ratio: number): Target => ({ ...BATCHES, ratio });

/** SEAL's transform costs the same at any width of prime: at 60 bits it gets the most out of each. */
const TRANSFORMS: readonly SealSetup[] = [4096, 8192, 16384, 32768, 65536].map((degree) => ({
  degree,
  primeBits: [60, 60, 60],
  secure: false,
}));
const PER_BIT: Target = { ...BATCHES, ratioPerBit: 2.2 };

export const cpuCases = (): Case[] => [
  ...TRANSFORMS.flatMap((seal) =>
    ringCases({ seal, limbs: 4, names: ["ntt", "intt"], targets: { ntt: PER_BIT, intt: PER_BIT } }),
  ),
  ...Object.keys(SEAL_PRIMES)
    .map(Number)
    .flatMap((degree) => [...ringOperations(degree), ...encryption(degree)]),
  ...productCases(2048, atLeast(3.3)),
  ...productCases(3072),
  ...paillierCases(2048, {
    targets: {
      encrypt: { ...atLeast(60), ms: 0.8 },
      decrypt: atLeast(12),
      "decrypt by WebAssembly": atLeast(7),
      dot: atLeast(10),
      sum: atLeast(2),
    },
  }),
  ...paillierCases(3072),
  ...endToEndCases({ ratio: 5 }),
];

const ringOperations = (degree: number): Case[] =>
  ringCases({
    seal: peerSetup(degree),
    names: ["multiply", "multiply plain", "add", "rescale"],
    targets: { multiply: atLeast(3), "multiply plain": atLeast(3), add: atLeast(1), rescale: atLeast(3) },
  });

const encryption = (degree: number): Case[] =>
  ckksCases({
    seal: peerSetup(degree),
    targets: {
      encode: atLeast(3),
      decode: atLeast(3),
      encrypt: degree === 8192 ? { ...atLeast(3), ms: 1.7 } : atLeast(3),
      decrypt: atLeast(3),
    },
  });
