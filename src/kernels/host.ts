/**
 * Encoding, decoding and sampling in batches on the caller's thread, in the shape that {@link RingKernels.upload} takes:
 * residues [batch, limb, N]. The specification of what the ring kernels of every backend make.
 */
import { EncodingError, LimitError, ParameterError, show } from "../errors.js";
import type { ComplexSlots, Embedding } from "../math/embedding.js";
import { encodeToIntegers, fromResidues, toResidues } from "../math/encoding.js";
import { sampleGaussian } from "../math/gaussian.js";
import { Domain, Stream } from "../math/random.js";
import { sampleTernary, sampleUniform } from "../math/sampling.js";
import { type HostOptions, paced } from "./pace.js";

export type { HostOptions } from "./pace.js";

/** Values of one plaintext: real numbers, or complex ones. At most N/2; the rest of the slots is 0. */
export type SlotValues = ArrayLike<number> | ComplexSlots;

/** Refuses what is no batch of vectors: without this an object without a length, or a number where a vector belongs, would encode as zeros. */
export function checkItems(items: readonly SlotValues[]): void {
  const isVector = (v: unknown) =>
    typeof v === "object" &&
    v !== null &&
    ("re" in v || ("length" in v && Number.isSafeInteger(v.length) && Number(v.length) >= 0));
  if (!Array.isArray(items)) {
    throw new ParameterError({ what: "vectors", expected: "an array of vectors", got: show(items), remedy: "pass [vector]" });
  }
  for (let i = 0; i < items.length; i++) {
    if (isVector(items[i])) continue;
    const remedy = "pass one vector of slot values for each ciphertext";
    throw new EncodingError({ what: `vector ${i}`, expected: "an array of numbers", got: show(items[i]), remedy });
  }
}

export function isComplex(values: SlotValues): values is ComplexSlots {
  return "re" in values && "im" in values;
}

/** Where the samples of a batch come from. */
export interface SampleSource {
  /** 32 bytes; not kept. */
  readonly seed: Uint8Array;
  /** One of {@link Domain}. */
  readonly domain: number;
  /** The item number of the first sample, 0 where not given: a part of a batch expands as it does in the whole. */
  readonly first?: number;
}

/** The shape of a batch of polynomials. */
export interface SampleShape {
  readonly degree: number;
  readonly basis: readonly number[];
  readonly batch: number;
}

/** Memory for residues [batch, limb, N]. Throws LimitError where it would exceed what a typed array holds everywhere (2 GiB). */
function allocate({ degree, basis, batch }: SampleShape): Uint32Array {
  const words = degree * basis.length * batch;
  if (words > 2 ** 29) {
    throw new LimitError({
      what: "batch",
      expected: "at most 2 GiB of residues",
      got: `${(words / 2 ** 28).toFixed(1)} GiB`,
      remedy: "cut the batch in parts",
    });
  }
  return new Uint32Array(words);
}

/**
 * Encodes one plaintext an item at a scale, into residues [batch, limb, N] in coefficient form.
 * Throws ParameterError for anything but an array, EncodingError for items that are no vectors, too many values, NaN, infinity, or magnitudes that the basis cannot hold.
 */
export async function encodeBatch(
  items: readonly SlotValues[],
  plan: { readonly embedding: Embedding; readonly scale: number; readonly basis: readonly number[] },
  options?: HostOptions,
): Promise<Uint32Array> {
  checkItems(items);
  const { embedding, scale, basis } = plan;
  const size = embedding.degree * basis.length;
  const out = allocate({ degree: embedding.degree, basis, batch: items.length });
  const scratch = new Float64Array(embedding.degree);
  try {
    await paced(
      items.length,
      (i) => {
        const item = items[i];
        const [re, im] = isComplex(item) ? [item.re, item.im] : [item, null];
        toResidues(encodeToIntegers(embedding, re, im, scale, scratch), basis, scale, out, i * size);
      },
      options,
    );
  } catch (error) {
    out.fill(0);
    throw error;
  } finally {
    scratch.fill(0);
  }
  return out;
}

/** Decodes residues [batch, limb, N] in coefficient form at a scale to N/2 complex slots an item. Throws ParameterError for another shape. */
export async function decodeBatch(
  residues: Uint32Array,
  plan: { readonly embedding: Embedding; readonly scale: number; readonly basis: readonly number[] },
  options?: HostOptions,
): Promise<ComplexSlots[]> {
  const { embedding, scale, basis } = plan;
  const size = embedding.degree * basis.length;
  if (residues.length % size !== 0) {
    throw new ParameterError({
      what: "residues",
      expected: `a multiple of ${size} words`,
      got: `${residues.length}`,
      remedy: "pass [batch, limb, N]",
    });
  }
  const items: ComplexSlots[] = [];
  const scratch = new Float64Array(embedding.degree);
  try {
    await paced(
      residues.length / size,
      (i) => {
        items.push(embedding.decode(fromResidues(residues.subarray(i * size, (i + 1) * size), basis, scale, scratch)));
      },
      options,
    );
  } finally {
    scratch.fill(0);
  }
  return items;
}

/** Uniform residues [batch, limb, N]: item i, prime q from the stream (seed, domain, first + i, q). In either form. */
export async function sampleUniformBatch(source: SampleSource, shape: SampleShape, options?: HostOptions): Promise<Uint32Array> {
  const { degree, basis } = shape;
  const out = allocate(shape);
  await paced(
    shape.batch * basis.length,
    (row) => {
      const item = Math.floor(row / basis.length);
      const q = basis[row % basis.length];
      const stream = new Stream(source.seed, source.domain, (source.first ?? 0) + item, q);
      sampleUniform(stream, q, out.subarray(row * degree, (row + 1) * degree));
      stream.dispose();
    },
    options,
  );
  return out;
}

/** Polynomials with coefficients uniform in {-1, 0, 1}, as residues [batch, limb, N] in coefficient form. */
export function sampleTernaryBatch(source: SampleSource, shape: SampleShape, options?: HostOptions): Promise<Uint32Array> {
  return sampleSmall(sampleTernary, source, shape, options);
}

/** Error polynomials of standard deviation 3.2, as residues [batch, limb, N] in coefficient form. */
export function sampleGaussianBatch(source: SampleSource, shape: SampleShape, options?: HostOptions): Promise<Uint32Array> {
  return sampleSmall(sampleGaussian, source, shape, options);
}

/** Refuses the one domain whose seed may be published. */
export function checkSecretDomain({ domain }: SampleSource): void {
  if (domain !== Domain.PublicUniform) return;
  throw new ParameterError({
    what: "domain of a secret polynomial",
    expected: "a secret domain",
    got: "PublicUniform",
    remedy: "draw a second seed for what must stay secret",
  });
}

/** Item i from the stream (seed, domain, first + i, 0), reduced modulo every prime of the basis. */
async function sampleSmall(
  sample: (stream: Stream, out: Int8Array) => void,
  source: SampleSource,
  shape: SampleShape,
  options?: HostOptions,
): Promise<Uint32Array> {
  checkSecretDomain(source);
  const { degree, basis } = shape;
  const out = allocate(shape);
  const small = new Int8Array(degree);
  try {
    await paced(
      shape.batch,
      (i) => {
        const stream = new Stream(source.seed, source.domain, (source.first ?? 0) + i);
        sample(stream, small);
        stream.dispose();
        toResidues(small, basis, 1, out, i * degree * basis.length);
      },
      options,
    );
  } finally {
    small.fill(0);
  }
  return out;
}
