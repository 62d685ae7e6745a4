/** Decoding: residues that rest in the backend to complex slots. */
import type { ComplexSlots } from "../../../math/embedding.js";
import { checkScale } from "../../../math/encoding.js";
import type { DecodeOptions, ReadOptions, RingHandle } from "../../interface.js";
import { checkForm } from "../../shapes.js";
import type { Block } from "../runtime.js";
import { withBlocks } from "./blocks.js";
import type { RingContext } from "./context.js";
import { compositionFactors } from "./factors.js";
import { decodeByDefinition, SMALLEST_DEGREE } from "./rare.js";
import { embeddingTables } from "./tables.js";
import { float64Words } from "./words.js";

/** Coefficients that are decoded between two turns of the event loop: a few milliseconds of copies on the caller's thread. */
const GROUP_COEFFICIENTS = 2 ** 19;
/** Coefficients of a task where an item is shared among threads. */
const PART = 2048;

/** Scales for which float64 neither overflows nor underflows on the kernels' way. */
const isUsual = (scale: number) => scale >= 2 ** -40 && scale <= 2 ** 500;

/** Residues [batch, limb, N] and what they are decoded by. */
interface Source {
  readonly block: Block;
  readonly byteOffset: number;
  readonly basis: readonly number[];
  readonly scale: number;
}

const NOTHING = new Float64Array(0);

/** Bytes of an item's word of status, and of its slots, which begin this far behind it. */
const STATUS_BYTES = 64;
const itemBytes = (degree: number) => STATUS_BYTES + 8 * degree;

/**
 * The N/2 complex slots of each item in coefficient form: exact composition, one correctly rounded division by the scale, the
 * butterflies. Throws ParameterError for another form or a scale that is not positive and finite.
 */
export async function decode(
  context: RingContext,
  a: RingHandle,
  scale: number,
  options: DecodeOptions = {},
): Promise<ComplexSlots[]> {
  checkForm(a, "coefficient");
  checkScale(scale);
  const { degree } = context;
  const slots: ComplexSlots[] = [];
  const realOnly = options.realOnly ?? false;
  const perGroup = Math.max(1, Math.floor(GROUP_COEFFICIENTS / degree));
  const isRare = degree < SMALLEST_DEGREE || !isUsual(scale);
  const read: ReadOptions = options.signal ? { signal: options.signal } : {};
  // The residues stay whatever becomes of the handle meanwhile.
  const { block, byteOffset } = context.locate(a);
  const source: Source = { block: block.retain(), byteOffset, basis: a.basis, scale };
  try {
    for (let start = 0; start < a.batch; start += perGroup) {
      const count = Math.min(perGroup, a.batch - start);
      const out = isRare ? undefined : record(context, source, start, count);
      try {
        for (let i = 0; i < count; i++) {
          options.signal?.throwIfAborted();
          const decoded = out && (await readItem(context, out, i, read, realOnly));
          const offset = byteOffset + 4 * degree * a.basis.length * (start + i);
          const item = decoded ?? (await decodeByDefinition(context, block, offset, source, read));
          slots.push(realOnly ? { re: item.re, im: NOTHING } : item);
          options.onProgress?.(start + i + 1, a.batch);
        }
      } finally {
        out?.release();
      }
    }
  } finally {
    block.release();
  }
  options.signal?.throwIfAborted();
  return slots;
}

/** Records the decoding of `count` items; returns where their slots will lie. */
function record(context: RingContext, source: Source, start: number, count: number): Block {
  const { runtime, degree } = context;
  const out = runtime.allocate(itemBytes(degree) * count);
  try {
    const table = compositionFactors(source.basis);
    withBlocks(runtime, [table.byteLength], (factors) => {
      runtime.write(factors, table);
      recordCommands(context, source, start, count, factors, out);
    });
  } catch (error) {
    out.release();
    throw error;
  }
  return out;
}

/** One item a task where there are items for every thread; else the composition of an item is shared among them. */
function recordCommands(
  context: RingContext,
  { block, byteOffset, basis, scale }: Source,
  start: number,
  count: number,
  factors: Block,
  out: Block,
): void {
  const { runtime, degree } = context;
  const { roots, places } = embeddingTables(runtime, degree);
  const residues = block.address + byteOffset + 4 * degree * basis.length * start;
  const args = [context.basisBlock(basis).address, factors.address, basis.length, ...float64Words(scale), degree, residues];
  if (count >= runtime.threads || degree <= PART) {
    runtime.record("decodeItems", count, [...args, roots.address, places.address, out.address]);
    return;
  }
  const parts = degree / PART;
  withBlocks(runtime, [8 * degree * count, 4 * parts * count], (coefficients, status) => {
    runtime.record("decodeCompose", parts * count, [...args, parts, coefficients.address, status.address]);
    const rest = [coefficients.address, status.address, parts, degree, roots.address, places.address, out.address];
    runtime.record("decodeSlots", count, rest);
  });
}

/** The slots of item i, or undefined where the kernel left it to the specification. */
async function readItem(
  { runtime, degree }: RingContext,
  out: Block,
  i: number,
  options: ReadOptions,
  realOnly: boolean,
): Promise<ComplexSlots | undefined> {
  const bytes = await runtime.read(out, itemBytes(degree) * i, STATUS_BYTES + (realOnly ? 4 : 8) * degree, options);
  const isLeft = bytes[0] !== 0;
  if (isLeft) return undefined;
  const floats = new Float64Array(bytes.buffer, bytes.byteOffset + STATUS_BYTES);
  return { re: floats.subarray(0, degree / 2), im: realOnly ? NOTHING : floats.subarray(degree / 2) };
}
