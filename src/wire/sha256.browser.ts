/** SHA-256 in JavaScript: WebCrypto's is asynchronous, and containers are written and read at once. Node's half is sha256.node.ts. */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

/** The 32-byte SHA-256 digest. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** The same for bytes that come in parts. */
export function startSha256(): { update(bytes: Uint8Array): void; digest(): Uint8Array } {
  const hash = nobleSha256.create();
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}
