/** Constants that the host kernels read, copied to a runtime once. */
import { GALOIS_GENERATOR } from "../../../math/embedding.js";
import { gaussianTable } from "../../../math/gaussian.js";
import { twiddles } from "../../../math/twiddles.js";
import type { Block, Runtime } from "../runtime.js";

/** The roots and places of one degree, in the layout of assembly/host/embedding.ts. */
export interface EmbeddingTables {
  /** N/4 entries of two real and two imaginary parts, f64. */
  readonly roots: Block;
  /** A word a slot: where it stands after the butterflies, in bytes, and in bit 0 whether its imaginary part changes sign there. */
  readonly places: Block;
}

interface Tables {
  readonly embeddings: Map<number, EmbeddingTables>;
  gaussian?: { readonly block: Block; readonly entries: number };
}

/** They live as long as their runtime: one set for each degree that was used. */
const known = new WeakMap<Runtime, Tables>();

function tablesOf(runtime: Runtime): Tables {
  let tables = known.get(runtime);
  if (!tables) {
    tables = { embeddings: new Map() };
    known.set(runtime, tables);
  }
  return tables;
}

function blockOf(runtime: Runtime, data: ArrayBufferView): Block {
  const block = runtime.allocate(data.byteLength);
  runtime.write(block, data);
  return block;
}

function rootsOf(degree: number): Float64Array {
  const { re, im } = twiddles(degree);
  const out = new Float64Array(degree);
  out.set([re[1], re[1], im[1], im[1]]);
  for (let m = 2; m < degree / 2; m *= 2) {
    for (let i = 0; i < m / 2; i++) {
      const [a, b] = [m + i, m + i + m / 2];
      out.set([re[a], re[b], im[a], im[b]], 4 * (m / 2 + i));
    }
  }
  return out;
}

function placesOf(degree: number): Uint32Array {
  const { leaf } = twiddles(degree);
  const quarter = degree / 4;
  const out = new Uint32Array(degree / 2);
  for (let i = 0, e = 1; i < out.length; i++, e = (e * GALOIS_GENERATOR) % (2 * degree)) {
    const direct = e % 4 === 1;
    const place = leaf[((direct ? e : 2 * degree - e) - 1) / 4];
    // Elements j and j + N/4 share an entry of 32 bytes.
    out[i] = 32 * (place % quarter) + (place < quarter ? 0 : 8) + (direct ? 0 : 1);
  }
  return out;
}

/** The tables of a degree from 8 on. */
export function embeddingTables(runtime: Runtime, degree: number): EmbeddingTables {
  const { embeddings } = tablesOf(runtime);
  let tables = embeddings.get(degree);
  if (!tables) {
    tables = { roots: blockOf(runtime, rootsOf(degree)), places: blockOf(runtime, placesOf(degree)) };
    embeddings.set(degree, tables);
  }
  return tables;
}

/** The cumulative table of src/math/gaussian.ts: three words of 31 bits an entry, least significant first. */
export function gaussianLimbs(runtime: Runtime): { readonly block: Block; readonly entries: number } {
  const tables = tablesOf(runtime);
  if (!tables.gaussian) {
    const table = gaussianTable();
    const limbs = table.flatMap((entry) => [0n, 31n, 62n].map((shift) => Number((entry >> shift) & 0x7fffffffn)));
    tables.gaussian = { block: blockOf(runtime, Uint32Array.from(limbs)), entries: table.length };
  }
  return tables.gaussian;
}
