/** Residues that come and go packed to the width of their primes: see assembly/ring/pack.ts. */
import { checkPackedLength, packedBytes, paddingFilled, residueOutOfRange } from "../../../math/bitpack.js";
import type { EarlyUpload, PackedReadOptions, RingHandle, RingShape } from "../../interface.js";
import { checkInto } from "../../shapes.js";
import { withBlocks } from "../host/blocks.js";
import type { RingContext } from "../host/context.js";
import type { Block, Runtime } from "../runtime.js";

/** Bits of the status of a row. */
const OUT_OF_RANGE = 1;

/** A row may be read this far beyond its end. */
const MARGIN = 8;

/** Throws WireError for a wrong length. The shape has been checked. */
export function uploadEarly(context: RingContext, bytes: Uint8Array, shape: RingShape, what: string): EarlyUpload {
  const { runtime, degree } = context;
  const { basis, form, batch } = shape;
  checkPackedLength(bytes, { degree, basis, batch }, what);
  const rows = batch * basis.length;
  const { handle, block } = context.make(basis, form, batch);
  let status: Block | undefined;
  try {
    status = runtime.allocate(4 * rows);
    recordUnpacking(context, bytes, basis, rows, block, status);
  } catch (error) {
    status?.release();
    handle.dispose();
    throw error;
  }
  return { handle, check: () => checkStatus(runtime, status, basis, what) };
}

function recordUnpacking(
  context: RingContext,
  bytes: Uint8Array,
  basis: readonly number[],
  rows: number,
  target: Block,
  status: Block,
): void {
  const { runtime, degree } = context;
  withBlocks(runtime, [bytes.length + MARGIN], (packed) => {
    runtime.write(packed, bytes);
    const args = [target.address, packed.address, context.basisBlock(basis).address, basis.length, degree, status.address];
    runtime.record("ringUnpack", rows, args);
  });
}

/** Takes ownership of the block. Rejects with WireError where a row is not as it should be. */
async function checkStatus(runtime: Runtime, status: Block, basis: readonly number[], what: string): Promise<void> {
  const reading = runtime.read(status, 0, status.bytes);
  status.release();
  const found = await reading;
  const statuses = new Uint32Array(found.buffer, found.byteOffset, found.byteLength / 4);
  const bad = statuses.findIndex((one) => one !== 0);
  if (bad < 0) return;
  throw statuses[bad] & OUT_OF_RANGE ? residueOutOfRange(what, basis[bad % basis.length]) : paddingFilled(what);
}

/** Rejects with WireError, which speaks of `what`, where the bytes are no such residues. The shape has been checked. */
export async function uploadPacked(context: RingContext, bytes: Uint8Array, shape: RingShape, what: string): Promise<RingHandle> {
  const { handle, check } = uploadEarly(context, bytes, shape, what);
  try {
    await check();
    return handle;
  } catch (error) {
    handle.dispose();
    throw error;
  }
}

export async function readPacked(context: RingContext, a: RingHandle, options: PackedReadOptions = {}): Promise<Uint8Array> {
  const { runtime, degree } = context;
  const { basis, batch } = a;
  const bytes = packedBytes({ degree, basis, batch });
  if (options.into !== undefined) checkInto(options.into, bytes);
  const { block, byteOffset } = context.locate(a);
  return withBlocks(runtime, [bytes], (packed) => {
    const args = [packed.address, block.address + byteOffset, context.basisBlock(basis).address, basis.length, degree];
    runtime.record("ringPack", batch * basis.length, args);
    return runtime.read(packed, 0, bytes, options);
  });
}
