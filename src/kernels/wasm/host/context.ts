/** What the drivers of this folder need of the ring kernels that they belong to. */
import type { Form, RingHandle } from "../../interface.js";
import type { Block, Runtime } from "../runtime.js";

/** The kernels of one degree over the primes that they were made for. */
export interface RingContext {
  readonly runtime: Runtime;
  readonly degree: number;
  /** The u32 addresses of the prime records of a basis, limb by limb. Checks the basis; the block stays the ring's. */
  basisBlock(basis: readonly number[]): Block;
  /** A new handle and its memory, residues [batch, limb, N] that whoever asked for it writes; the handle owns the block. */
  make(basis: readonly number[], form: Form, batch: number): { readonly handle: RingHandle; readonly block: Block };
  /** Where the residues of a live handle lie. The block stays the handle's. */
  locate(handle: RingHandle): { readonly block: Block; readonly byteOffset: number };
}
