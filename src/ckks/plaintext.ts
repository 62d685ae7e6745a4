/**
 * Plaintexts: vectors that are encoded once and meet ciphertexts many times. Scales belong to levels, so a plaintext is encoded anew
 * for each level that it meets, at the first time.
 */
import { LifetimeError, ParameterError, show } from "../errors.js";
import type { HostOptions, RingHandle, SlotValues } from "../kernels/interface.js";
import type { CkksEncoder } from "./encoder.js";
import type { Range } from "./noise.js";
import type { CkksParameters } from "./parameters.js";

/** Where a plaintext is encoded. */
export interface EncodeOptions extends HostOptions {
  /** The level of the ciphertexts that it meets first; the top unless said otherwise. */
  readonly level?: number;
  /** 1 for products and for sums with rescaled ciphertexts, 2 for sums with products; 1 unless said otherwise. */
  readonly scaleDegree?: 1 | 2;
}

/** A level and a scale degree. */
interface Place {
  readonly level: number;
  readonly scaleDegree: 1 | 2;
}

const keyOf = ({ level, scaleDegree }: Place): number => 2 * level + scaleDegree;

/** A batch of encoded vectors. Owns what rests in the backend and copies of the values; whoever holds it disposes of it. */
export class CkksPlaintext {
  readonly #encoded = new Map<number, RingHandle>();
  readonly #values: readonly SlotValues[];
  #disposed = false;

  /** Takes ownership of the handle and of the values. @internal */
  constructor(
    readonly parameters: CkksParameters,
    /** Number of vectors. */
    readonly batch: number,
    readonly level: number,
    readonly scaleDegree: 1 | 2,
    /** How large the values are: the largest |value|, and the root mean square. */
    readonly range: Range,
    handle: RingHandle,
    values: readonly SlotValues[],
  ) {
    this.#encoded.set(keyOf(this), handle);
    this.#values = values;
  }

  /** The vectors, owned by the plaintext. @internal */
  get values(): readonly SlotValues[] {
    this.#alive();
    return this.#values;
  }

  /** [batch] polynomials in NTT form for a level and scale degree, owned by the plaintext. @internal */
  async at(encoder: CkksEncoder, place: Place, options?: HostOptions): Promise<RingHandle> {
    const known = this.#alive().get(keyOf(place));
    if (known !== undefined) return known;
    const { level, scaleDegree } = place;
    const basis = this.parameters.basis(level);
    const handle = await encoder.encode(this.#values, basis, this.parameters.scale(level) ** scaleDegree, options);
    // Somebody else may have been faster, or have disposed of the plaintext.
    const other = this.#encoded.get(keyOf(place));
    if (this.#disposed || other !== undefined) handle.dispose();
    if (this.#disposed) this.#alive();
    if (other !== undefined) return other;
    this.#encoded.set(keyOf(place), handle);
    return handle;
  }

  /** Overwrites the copies of the values and frees what rests in the backend. */
  dispose(): void {
    this.#disposed = true;
    for (const handle of this.#encoded.values()) handle.dispose();
    this.#encoded.clear();
    for (const values of this.#values) {
      if ("re" in values) {
        values.re.fill(0);
        values.im.fill(0);
      } else (values as Float64Array).fill(0);
    }
  }

  #alive(): Map<number, RingHandle> {
    if (this.#disposed) {
      const remedy = "dispose of it after its last use";
      throw new LifetimeError({ what: "plaintext", expected: "a live one", got: "a disposed one", remedy });
    }
    return this.#encoded;
  }
}

/** What encoding works with. */
export interface PlaintextMaker {
  readonly parameters: CkksParameters;
  readonly encoder: CkksEncoder;
}

/**
 * Encodes vectors of at most N/2 real or complex slots, or numbers that fill all slots. Throws EncodingError for NaN, infinity, too
 * many slots and values that the level cannot hold, LevelError for a level that the parameters lack.
 */
export async function makePlaintext(
  { parameters, encoder }: PlaintextMaker,
  items: readonly (SlotValues | number)[],
  options: EncodeOptions = {},
): Promise<CkksPlaintext> {
  if (!Array.isArray(items) || items.length === 0) {
    const got = Array.isArray(items) ? "none" : show(items);
    throw new ParameterError({ what: "vectors", expected: "an array of vectors or numbers", got, remedy: "pass [vector]" });
  }
  const { level = parameters.levels, scaleDegree = 1 } = options;
  if (scaleDegree !== 1 && scaleDegree !== 2) {
    const remedy = "leave it out for products and sums";
    throw new ParameterError({ what: "scaleDegree", expected: "1 or 2", got: show(scaleDegree), remedy });
  }
  const basis = parameters.basis(level);
  // Encoding refuses what is no vector; only vectors are copied.
  const filled = items.map((item) => (typeof item === "number" ? new Float64Array(parameters.slots).fill(item) : item));
  const handle = await encoder.encode(filled, basis, parameters.scale(level) ** scaleDegree, options);
  const values = filled.map(copyOf);
  return new CkksPlaintext(parameters, items.length, level, scaleDegree, rangeOf(values), handle, values);
}

function copyOf(values: SlotValues): SlotValues {
  return "re" in values ? { re: Float64Array.from(values.re), im: Float64Array.from(values.im) } : Float64Array.from(values);
}

/** The largest |value| of all vectors, and the largest root mean square over the slots that any vector fills. */
export function rangeOf(items: readonly SlotValues[]): Range {
  let magnitude = 0;
  let rms = 0;
  for (const item of items) {
    const [re, im] = "re" in item ? [item.re, item.im] : [item, undefined];
    let sum = 0;
    for (let i = 0; i < re.length; i++) {
      const square = re[i] ** 2 + (im === undefined ? 0 : im[i] ** 2);
      sum += square;
      magnitude = Math.max(magnitude, Math.sqrt(square));
    }
    if (re.length > 0) rms = Math.max(rms, Math.sqrt(sum / re.length));
  }
  return { magnitude, rms };
}
