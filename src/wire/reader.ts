/** A cursor over hostile bytes: every length is checked against what is left before it is used. */
import { WireError } from "../errors.js";

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  /** `what` names the source in errors. The bytes are not copied and must not change while they are read. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get position(): number {
    return this.#at;
  }

  /** The next `count` bytes as a view. Throws WireError where fewer are left. */
  take(count: number, field: string): Uint8Array {
    const start = this.#advance(count, field);
    return this.#bytes.subarray(start, start + count);
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#advance(2, field), true);
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#advance(4, field), true);
  }

  /** A u64 that is a length of bytes still to come. Throws WireError where it promises more than is left. */
  length64(field: string): number {
    const length = this.#view.getBigUint64(this.#advance(8, field), true);
    const left = this.#bytes.length - this.#at;
    if (length > BigInt(left)) this.#truncated(field, `${length} bytes`, left);
    return Number(length);
  }

  /** Throws WireError where bytes are left over. */
  finish(): void {
    const left = this.#bytes.length - this.#at;
    if (left !== 0) {
      throw new WireError({
        what: `${this.#what}, end`,
        expected: "no more bytes",
        got: `${left} more`,
        remedy: "refuse this file: something was added to it",
      });
    }
  }

  #advance(count: number, field: string): number {
    const start = this.#at;
    const left = this.#bytes.length - start;
    if (count > left) this.#truncated(field, `${count} bytes`, left);
    this.#at = start + count;
    return start;
  }

  #truncated(field: string, expected: string, left: number): never {
    throw new WireError({
      what: `${this.#what}, ${field}`,
      expected,
      got: `${left} left`,
      remedy: "transfer the file again: it is cut off",
    });
  }
}
