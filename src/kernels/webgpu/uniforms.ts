/** The uniforms of all dispatches of one submission, in slots of one buffer: written to the device once. */
import { ParameterError } from "../../errors.js";
import { UNIFORM_WORDS, Usage } from "./constants.js";

/** Bytes of a slot: the alignment of dynamic offsets that every adapter has. */
export const SLOT_BYTES = UNIFORM_WORDS * 4;

/** Slots, and with them dispatches, of one submission. */
export const SLOTS = 128;

export class UniformArena {
  readonly buffer: GPUBuffer;
  readonly #words = new Uint32Array(SLOTS * UNIFORM_WORDS);
  #used = 0;

  constructor(private readonly device: GPUDevice) {
    this.buffer = device.createBuffer({ label: "uniforms", size: SLOTS * SLOT_BYTES, usage: Usage.UNIFORM | Usage.COPY_DST });
  }

  get isFull(): boolean {
    return this.#used === SLOTS;
  }

  /** Stores the words of one dispatch; returns the offset of its slot in bytes. */
  push(words: ArrayLike<number>): number {
    if (words.length > UNIFORM_WORDS) {
      throw new ParameterError({
        what: "uniforms",
        expected: `at most ${UNIFORM_WORDS} words`,
        got: String(words.length),
        remedy: "use a storage buffer",
      });
    }
    const slot = this.#used++;
    this.#words.set(words, slot * UNIFORM_WORDS);
    return slot * SLOT_BYTES;
  }

  /** Puts the slots in use on the queue and starts afresh; submissions before and after this do not disturb each other. */
  flush(): void {
    if (this.#used > 0) this.device.queue.writeBuffer(this.buffer, 0, this.#words, 0, this.#used * UNIFORM_WORDS);
    this.#used = 0;
  }
}
