/** Big integers as rows of hexadecimal text, in the order of a batch (assembly/modular/hex.ts says why). */
import { type HostOptions, paced } from "../../pace.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const ZERO = "0".charCodeAt(0);

/** Rows of 8 * words characters. Values are in [0, 2^(32 words)). */
export function textOf(values: readonly bigint[], words: number): Uint8Array {
  const row = 8 * words;
  const out = new Uint8Array(values.length * row).fill(ZERO);
  values.forEach((value, i) => {
    const text = value.toString(16);
    encoder.encodeInto(text, out.subarray((i + 1) * row - text.length, (i + 1) * row));
  });
  return out;
}

/** The reverse, in slices of 50 ms. Rejects with the signal's reason. */
export async function valuesOf(text: Uint8Array, words: number, options: HostOptions): Promise<bigint[]> {
  const row = 8 * words;
  const values: bigint[] = [];
  const step = (i: number) => {
    values.push(BigInt(`0x${decoder.decode(text.subarray(i * row, (i + 1) * row))}`));
  };
  await paced(text.length / row, step, options);
  return values;
}
