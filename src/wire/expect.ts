/** Checks that a container belongs to the parameters and to the key at hand. */
import { KeyMismatchError } from "../errors.js";
import type { Container } from "./container.js";
import { equalBytes, shortHash } from "./hash.js";

/** Throws KeyMismatchError where the container was made for other parameters. */
export function requireParameters(container: Container, parameterHash: Uint8Array, what: string): void {
  if (!equalBytes(container.parameterHash, parameterHash)) {
    throw new KeyMismatchError({
      what: `${what}, parameter hash`,
      expected: shortHash(parameterHash),
      got: shortHash(container.parameterHash),
      remedy: "use files made from the same card",
    });
  }
}

/** Throws KeyMismatchError where the container belongs to another key, or to none. */
export function requireKey(container: Container, keyId: Uint8Array, what: string): void {
  if (container.keyId === undefined || !equalBytes(container.keyId, keyId)) {
    throw new KeyMismatchError({
      what: `${what}, key id`,
      expected: shortHash(keyId),
      got: container.keyId === undefined ? "none" : shortHash(container.keyId),
      remedy: "use the key that this file was made with",
    });
  }
}

/** Throws KeyMismatchError where data name another key than the one at hand. */
export function requireKeyId(
  got: Uint8Array,
  keyId: Uint8Array,
  what: string,
  remedy = "use the key that it was made with",
): void {
  if (!equalBytes(got, keyId)) {
    throw new KeyMismatchError({ what: `${what}, key id`, expected: shortHash(keyId), got: shortHash(got), remedy });
  }
}
