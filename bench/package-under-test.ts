/** The built package and its back door. Types come from the source, values from dist/: what is timed is what is shipped. */
import type * as Internal from "../src/internal.js";
import { builtFolder } from "../test/support/built.js";

export const { BigintBackend, nttPrimes, probeAdapters, WebGpuBackend } = (await import(
  `${builtFolder()}/internal.js`
)) as typeof Internal;
