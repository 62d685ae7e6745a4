/** SHA-256, and hashes over several parts that cannot be confused with one another. */
import { sha256 as platformSha256, startSha256 as platformStartSha256 } from "#sha256";
import { bytesToHex } from "../math/bytes.js";

/** Bytes of a parameter hash, a key id or a checksum. */
export const HASH_BYTES = 32;

/** The 32-byte SHA-256 digest. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return platformSha256(bytes);
}

/** A digest of bytes that come in parts. */
export interface RunningSha256 {
  update(bytes: Uint8Array): void;
  /** The 32-byte digest; the last call. */
  digest(): Uint8Array;
}

export function startSha256(): RunningSha256 {
  return platformStartSha256();
}

/**
 * SHA-256 over a domain and parts, each with its length before it (u32, little endian), so that no two
 * different lists hash the same bytes.
 */
export function hashParts(domain: string, parts: readonly Uint8Array[]): Uint8Array {
  const all = [new TextEncoder().encode(domain), ...parts];
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of all) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return sha256(bytes);
}

/** Whether two byte arrays are equal. For public values: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The first 8 bytes of a hash in hexadecimal: enough for a person to tell two keys apart. */
export function shortHash(hash: Uint8Array): string {
  return bytesToHex(hash.subarray(0, 8));
}
