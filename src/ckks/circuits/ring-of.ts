/** The kernels of a scheme, for circuits, which are a part of it. */
import type { RingKernels } from "../../kernels/interface.js";
import type { Ckks } from "../scheme.js";

export function ringOf(ckks: Ckks): RingKernels {
  // biome-ignore lint/complexity/useLiteralKeys: this is how TypeScript lets a friend in.
  return ckks["ring"];
}
