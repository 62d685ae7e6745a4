/** Blocks as the context gives them out. */
import { LifetimeError, ParameterError } from "../../errors.js";
import type { Block } from "./runtime.js";

/** A block of the context's memory. */
export class MemoryBlock implements Block {
  #owners = 1;
  /** Whether the caller's thread has written to it: then its contents cannot be computed again. */
  isWritten = false;

  constructor(
    readonly start: number,
    readonly bytes: number,
    /** The program that was recorded when it was allocated. */
    readonly program: number,
    readonly isResult: boolean,
    private readonly free: (block: MemoryBlock) => void,
  ) {}

  get address(): number {
    this.#check();
    return this.start;
  }

  retain(): Block {
    this.#check();
    this.#owners++;
    return this;
  }

  release(): void {
    this.#check();
    if (--this.#owners === 0) this.free(this);
  }

  #check(): void {
    if (this.#owners > 0) return;
    const remedy = "keep an owner while it is used";
    throw new LifetimeError({ what: "block", expected: "a block with an owner", got: "a released one", remedy });
  }
}

/** Throws ParameterError unless `bytes` bytes at the offset lie in the block. */
export function checkInside(block: Block, byteOffset: number, bytes: number): void {
  if (byteOffset >= 0 && bytes >= 0 && byteOffset + bytes <= block.bytes) return;
  const got = `[${byteOffset}, ${byteOffset + bytes})`;
  const remedy = "allocate more or touch less";
  throw new ParameterError({ what: "range", expected: `inside [0, ${block.bytes})`, got, remedy });
}
