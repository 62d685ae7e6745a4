/**
 * The one table of encoding, decoding and sampling: every backend runs it and must return what bigint returns, bit for bit.
 * No test runner in here, so that a page can import it.
 */
import type { KernelBackend, RingKernels, SlotValues } from "../../src/kernels/interface.js";
import { Domain } from "../../src/math/chacha.js";
import { nttPrimes } from "../../src/math/primes.js";
import { testRandom } from "./random.js";

const seed = Uint8Array.from({ length: 32 }, (_, i) => 11 * i + 3);

/** Float64 by their bits, so that -0 and 0 are told apart. */
const bits = (values: Float64Array): Uint32Array => new Uint32Array(values.slice().buffer);

/** Vectors whose coefficients are of about 2^size at the scale: real ones, complex ones, short ones and an empty one. */
function vectors(degree: number, magnitude: number): SlotValues[] {
  const random = testRandom(`host cases ${degree} ${magnitude}`);
  const real = (count: number) => Float64Array.from({ length: count }, () => random.real(-magnitude, magnitude));
  const half = degree / 2;
  const pair = { re: Float64Array.of(magnitude, -magnitude / 3), im: Float64Array.of(0, 1) };
  return [real(half), { re: real(half), im: real(half) }, real(3), [], pair];
}

async function encodings(k: RingKernels, basis: readonly number[], scale: number, magnitude: number): Promise<Uint32Array[]> {
  const encoded = await k.encode(vectors(k.degree, magnitude), { scale, basis });
  const out = [await k.read(encoded)];
  for (const { re, im } of await k.decode(encoded, scale)) out.push(bits(re), bits(im));
  for (const { re, im } of await k.decode(encoded, scale, { realOnly: true })) out.push(bits(re), bits(im));
  // Another scale decodes to other quotients: of integers that are no multiples of it.
  for (const { re, im } of await k.decode(encoded, 3 * scale)) out.push(bits(re), bits(im));
  encoded.dispose();
  return out;
}

/** What the table makes on a backend: words by name of the case. */
export async function runHostCases(
  backend: KernelBackend,
  { degree, limbs }: { readonly degree: number; readonly limbs: number },
): Promise<Map<string, Uint32Array>> {
  const primes = nttPrimes({ degree, bits: 30, count: limbs });
  const k = await backend.ring(degree, primes);
  const results = new Map<string, Uint32Array>();
  // Coefficients of up to about 2^sizes bits: within one word, about the 53 bits of float64, and far beyond them.
  for (const size of [20, 29, 45, 52, 53, 60, 75, 100]) {
    if (size > 30 * limbs - 4) continue;
    const made = await encodings(k, primes, 2 ** (size - 6), 2 ** 5);
    for (const [i, words] of made.entries()) results.set(`encoding of ${size} bits, part ${i}`, words);
  }
  const random = testRandom(`decode ${degree}`);
  const uniform = Uint32Array.from({ length: 2 * limbs * degree }, (_, i) =>
    random.below(primes[Math.floor(i / degree) % limbs]),
  );
  const anything = k.upload(uniform, { basis: primes, form: "coefficient", batch: 2 });
  (await k.decode(anything, 2 ** 30)).forEach(({ re, im }, i) => {
    results.set(`decoding of anything, item ${i}, real`, bits(re));
    results.set(`decoding of anything, item ${i}, imaginary`, bits(im));
  });
  anything.dispose();
  const shape = { basis: primes, batch: 3 };
  const samples = {
    uniform: await k.sampleUniform({ seed, domain: Domain.PublicUniform, first: 2 }, { ...shape, form: "ntt" }),
    ternary: await k.sampleTernary({ seed, domain: Domain.SecretKey }, shape),
    gaussian: await k.sampleGaussian({ seed, domain: Domain.Error, first: 7 }, shape),
  };
  for (const [name, handle] of Object.entries(samples)) {
    results.set(name, await k.read(handle));
    handle.dispose();
  }
  return results;
}
