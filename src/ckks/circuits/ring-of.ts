/** The kernels of a scheme, for circuits, which are a part of it. */
import type { RingKernels } from "../../kernels/interface.js";
import { BackPressure } from "../back-pressure.js";
import type { Ckks } from "../scheme.js";

/** What keeps the recordings of one computation in bounds. */
export function pressureOf(ckks: Ckks): BackPressure {
  // biome-ignore lint/complexity/useLiteralKeys: as below.
  return new BackPressure(ckks["flush"]);
}

export function ringOf(ckks: Ckks): RingKernels {
  // biome-ignore lint/complexity/useLiteralKeys: this is how TypeScript lets a friend in.
  return ckks["ring"];
}
