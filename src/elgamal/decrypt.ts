/** Decryption: M = c2 c1^-x. */
import { inversesOf } from "../engine/index.js";
import type { ModularKernels } from "../kernels/interface.js";
import { disposePair, type Pair } from "./pair.js";

/**
 * The group elements of ciphertexts. c1, which is public, is inverted and not its power: so x keeps its own short length, where -x modulo q would
 * be as long as q, and nothing that depends on x is inverted by BigInt. Takes ownership of the pair. The products depend on the length of x alone.
 */
export async function openPair(kernels: ModularKernels, pair: Pair, x: bigint, signal?: AbortSignal): Promise<bigint[]> {
  try {
    const inverses = kernels.upload(await inversesOf(await kernels.read(pair.c1, { signal }), kernels.modulus, { signal }));
    try {
      const powers = kernels.power(inverses, x);
      try {
        const elements = kernels.multiply(powers, pair.c2);
        try {
          return await kernels.read(elements, { signal });
        } finally {
          elements.dispose();
        }
      } finally {
        powers.dispose();
      }
    } finally {
      inverses.dispose();
    }
  } finally {
    disposePair(pair);
  }
}
