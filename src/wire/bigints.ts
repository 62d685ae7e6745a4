/** Lists of big integers, each in a fixed number of big-endian bytes. */
import { WireError } from "../errors.js";
import { bigintToBytes, bytesToBigint } from "../math/bytes.js";

/** Packs integers in [0, 256^width), one after the other. Throws ParameterError where one does not fit. */
export function packBigints(values: readonly bigint[], width: number): Uint8Array {
  const out = new Uint8Array(values.length * width);
  for (let i = 0; i < values.length; i++) out.set(bigintToBytes(values[i], width), i * width);
  return out;
}

/** What {@link unpackBigints} expects. */
export interface BigintLayout {
  /** Name of the section in messages. */
  readonly what: string;
  /** Bytes of each integer, at least 1. */
  readonly width: number;
  readonly count: number;
  /** Every integer is below this bound. */
  readonly below: bigint;
}

/** Reads exactly `count` integers. Throws WireError on any other length and on an integer that is not below the bound. */
export function unpackBigints(bytes: Uint8Array, { what, width, count, below }: BigintLayout): bigint[] {
  if (bytes.length !== width * count) {
    throw new WireError({
      what,
      expected: `${count} integers of ${width} bytes`,
      got: `${bytes.length} bytes`,
      remedy: "ask the sender to send it again",
    });
  }
  const values = new Array<bigint>(count);
  for (let i = 0; i < count; i++) {
    const value = bytesToBigint(bytes.subarray(i * width, (i + 1) * width));
    if (value >= below) {
      throw new WireError({
        what: `${what}, item ${i}`,
        expected: "an integer below the modulus",
        got: "a larger one",
        remedy: "refuse this sender's data",
      });
    }
    values[i] = value;
  }
  return values;
}
