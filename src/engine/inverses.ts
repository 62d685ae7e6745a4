/** Inverses of many numbers, which no kernel computes. */
import { type HostOptions, paced } from "../kernels/pace.js";
import { invModBatch } from "../math/modular.js";

/** Values that share one inversion: as costly as some hundred products, of which each value takes three. */
const SHARED = 128;

/**
 * The inverses modulo m, on the caller's thread, which is let go between runs of {@link SHARED} values. Throws ParameterError where there is
 * none, and the signal's reason.
 */
export async function inversesOf(values: readonly bigint[], m: bigint, options?: HostOptions): Promise<bigint[]> {
  const out: bigint[] = [];
  const step = (i: number) => out.push(...invModBatch(values.slice(i * SHARED, (i + 1) * SHARED), m));
  await paced(Math.ceil(values.length / SHARED), step, options);
  return out;
}
