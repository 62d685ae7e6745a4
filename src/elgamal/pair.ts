/** The two halves of ciphertexts in a backend. */
import type { ModularHandle } from "../kernels/interface.js";

/** c1 = g^r and c2 = M y^r, batches of one size. */
export interface Pair {
  readonly c1: ModularHandle;
  readonly c2: ModularHandle;
}

/** Makes both halves; frees the first where the second fails. */
export function makePair(make: (half: keyof Pair) => ModularHandle): Pair {
  const c1 = make("c1");
  try {
    return { c1, c2: make("c2") };
  } catch (error) {
    c1.dispose();
    throw error;
  }
}

export function disposePair({ c1, c2 }: Pair): void {
  c1.dispose();
  c2.dispose();
}
