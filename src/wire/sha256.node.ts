/** SHA-256 from Node's OpenSSL, some ten times as fast as in JavaScript. The browser's half is sha256.browser.ts. */
import { createHash } from "node:crypto";

/** The 32-byte SHA-256 digest. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // A plain array: Buffer's slice() would make no copy.
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** The same for bytes that come in parts. */
export function startSha256(): { update(bytes: Uint8Array): void; digest(): Uint8Array } {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) };
}
