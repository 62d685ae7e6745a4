/**
 * Uniform, ternary and binary samples from a stream. Rejection looks only at words that are thrown away,
 * so its timing tells nothing about what was kept (and in {@link randomBelow}, nothing but the bound).
 */
import { ParameterError } from "../errors.js";
import type { Stream } from "./chacha.js";
import { fromWords } from "./limbs.js";
import { bitLength } from "./modular.js";

/** Fills `out` with uniform residues in [0, q), 2 <= q <= 2^32: one word an attempt, masked to the length of q - 1, rejected when >= q. */
export function sampleUniform(stream: Stream, q: number, out: Uint32Array): void {
  if (!Number.isInteger(q) || q < 2 || q > 2 ** 32) {
    throw new ParameterError({
      what: "modulus of a uniform sample",
      expected: "an integer in [2, 2^32]",
      got: String(q),
      remedy: "pass a prime of the basis",
    });
  }
  const mask = 0xffffffff >>> Math.clz32(q - 1);
  let done = 0;
  while (done < out.length) {
    // Candidates are drawn into the place of the results and moved down over the rejected ones.
    const candidates = out.subarray(done);
    stream.fill(candidates);
    for (let i = 0; i < candidates.length; i++) {
      const v = (candidates[i] & mask) >>> 0;
      if (v < q) out[done++] = v;
    }
  }
}

/** Fills `out` with uniform values of {-1, 0, 1}: pairs of bits, lowest first, 0 -> 0, 1 -> 1, 2 -> -1, 3 rejected. */
export function sampleTernary(stream: Stream, out: Int8Array): void {
  const words = new Uint32Array(Math.min(1024, (out.length + 15) >> 4));
  let done = 0;
  while (done < out.length) {
    const chunk = words.subarray(0, Math.min(words.length, (out.length - done + 15) >> 4));
    stream.fill(chunk);
    for (const word of chunk) {
      for (let shift = 0; shift < 32 && done < out.length; shift += 2) {
        const pair = (word >>> shift) & 3;
        if (pair !== 3) out[done++] = (pair & 1) - (pair >> 1);
      }
    }
  }
  words.fill(0);
}

/** A uniform integer in [0, 2^bits), from ceil(bits / 32) words, least significant first. */
export function randomBits(stream: Stream, bits: number): bigint {
  const words = stream.nextU32s(Math.ceil(bits / 32));
  const value = BigInt.asUintN(bits, fromWords(words));
  words.fill(0);
  return value;
}

/** A uniform integer in [0, bound), for bound >= 1, by rejection. */
export function randomBelow(stream: Stream, bound: bigint): bigint {
  if (bound < 1n) {
    throw new ParameterError({
      what: "bound of a random integer",
      expected: "at least 1",
      got: "less",
      remedy: "pass a positive bound",
    });
  }
  const bits = bitLength(bound - 1n);
  for (;;) {
    const x = randomBits(stream, bits);
    if (x < bound) return x;
  }
}
