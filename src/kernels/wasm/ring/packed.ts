/** Residues that come and go packed to the width of their primes: see assembly/ring/pack.ts. */
import { checkPackedLength, packedBytes, paddingFilled, residueOutOfRange } from "../../../math/bitpack.js";
import type { PackedReadOptions, RingHandle, RingShape } from "../../interface.js";
import { checkInto } from "../../shapes.js";
import { withBlocks } from "../host/blocks.js";
import type { RingContext } from "../host/context.js";

/** Bits of the status of a row. */
const OUT_OF_RANGE = 1;

/** A row may be read this far beyond its end. */
const MARGIN = 8;

/** Rejects with WireError, which speaks of `what`, where the bytes are no such residues. The shape has been checked. */
export async function uploadPacked(context: RingContext, bytes: Uint8Array, shape: RingShape, what: string): Promise<RingHandle> {
  const { runtime, degree } = context;
  const { basis, form, batch } = shape;
  checkPackedLength(bytes, { degree, basis, batch }, what);
  const rows = batch * basis.length;
  const { handle, block } = context.make(basis, form, batch);
  try {
    const reading = withBlocks(runtime, [bytes.length + MARGIN, 4 * rows], (packed, status) => {
      runtime.write(packed, bytes);
      const args = [block.address, packed.address, context.basisBlock(basis).address, basis.length, degree, status.address];
      runtime.record("ringUnpack", rows, args);
      return runtime.read(status, 0, 4 * rows);
    });
    const found = await reading;
    const statuses = new Uint32Array(found.buffer, found.byteOffset, rows);
    const bad = statuses.findIndex((status) => status !== 0);
    if (bad < 0) return handle;
    throw statuses[bad] & OUT_OF_RANGE ? residueOutOfRange(what, basis[bad % basis.length]) : paddingFilled(what);
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
