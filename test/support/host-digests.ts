/**
 * Digests of what the host kernels make from fixed inputs: the same in Node and in every browser.
 * Imports nothing of Node, so that a page can run it too.
 */
import { Domain, Stream } from "../../src/math/chacha.js";
import { Embedding } from "../../src/math/embedding.js";
import { encodeToIntegers, fromResidues, toResidues } from "../../src/math/encoding.js";
import { sampleGaussian } from "../../src/math/gaussian.js";
import { nttPrimes } from "../../src/math/primes.js";
import { sampleTernary, sampleUniform } from "../../src/math/sampling.js";
import { twiddles } from "../../src/math/twiddles.js";
import { digest } from "./digest.js";
import { testRandom } from "./random.js";

const seed = Uint8Array.from({ length: 32 }, (_, i) => 7 * i);

/** What the digests of encodings and decodings are made of. */
export function* encodedSlots() {
  for (const [degree, scale] of [
    [16, 2 ** 20],
    [4096, 2 ** 30],
    [8192, 1.1 * 2 ** 45],
    [16384, 2 ** 55],
  ]) {
    const random = testRandom(`encode ${degree}`);
    const re = Float64Array.from({ length: degree / 2 - 1 }, () => random.real(-100, 100));
    const im = Float64Array.from(re, () => random.real(-1, 1));
    yield { degree, scale, re, im, basis: nttPrimes({ degree, bits: 30, count: 3 }) };
  }
}

/** Computes all digests, by name. */
export function hostDigests(): Record<string, string> {
  const digests: Record<string, string> = {};
  const q = 1073479681;
  const uniform = new Uint32Array(4096);
  sampleUniform(new Stream(seed, Domain.PublicUniform, 5, q), q, uniform);
  digests.uniform = digest(uniform);
  const ternary = new Int8Array(8192);
  sampleTernary(new Stream(seed, Domain.SecretKey), ternary);
  digests.ternary = digest(ternary);
  const gaussian = new Int8Array(8192);
  sampleGaussian(new Stream(seed, Domain.Error), gaussian);
  digests.gaussian = digest(gaussian);
  for (const degree of [2, 1024, 8192, 65536]) {
    const { re, im } = twiddles(degree);
    digests[`twiddles ${degree}`] = digest(re, im);
  }
  for (const { degree, scale, re, im, basis } of encodedSlots()) {
    const embedding = new Embedding(degree);
    const integers = encodeToIntegers(embedding, re, im, scale);
    const residues = toResidues(integers, basis, scale);
    const decoded = embedding.decode(fromResidues(residues, basis, scale));
    digests[`encode ${degree}`] = digest(integers, residues);
    digests[`decode ${degree}`] = digest(decoded.re, decoded.im);
  }
  return digests;
}

/** What every engine must find. Made on Node 20, after the outputs had been checked against their definitions. */
export const EXPECTED_HOST_DIGESTS: Readonly<Record<string, string>> = {
  uniform: "101caa24f00be264",
  ternary: "7a66857d0ae1e95c",
  gaussian: "b5a34d7f67ba1b79",
  "twiddles 2": "374708fff7719dd5",
  "twiddles 1024": "553d8d03ccbc9e65",
  "twiddles 8192": "9a64a19bdaf35517",
  "twiddles 65536": "94d89285780c8cbc",
  "encode 16": "f2d28633c6cff480",
  "decode 16": "9f83e90819122dd9",
  "encode 4096": "7d2426766469090a",
  "decode 4096": "ddab0656e1770cc9",
  "encode 8192": "c10c9e9f6c32cf67",
  "decode 8192": "b38ec83a7c1ad13b",
  "encode 16384": "16770655685fa823",
  "decode 16384": "cafc3927a0060476",
};
