/** Digests of typed arrays, for outputs that must have the same bytes everywhere. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** The first 16 hexadecimal digits of the SHA-256 of the memory of the arrays. All supported platforms are little-endian. */
export function digest(...arrays: readonly ArrayBufferView[]): string {
  const hash = sha256.create();
  for (const a of arrays) hash.update(new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
  return bytesToHex(hash.digest()).slice(0, 16);
}
