/** ElGamal keys: what they hold, how they are checked, and how the secret is overwritten. */
import { LifetimeError, SecurityError, show } from "../errors.js";
import { bigintToBytes, bytesToBigint } from "../math/bytes.js";
import { jacobi } from "../math/jacobi.js";
import { bitLength, powMod } from "../math/modular.js";
import { equalBytes, hashParts, requireKeyId } from "../wire/index.js";
import { type ElGamalGroup, type ElGamalGroupName, elGamalGroup } from "./groups.js";

/** A public key y = g^x. Immutable. */
export class ElGamalPublicKey {
  readonly group: ElGamalGroup;
  readonly y: bigint;
  /** SHA-256 over the group's name and y, 32 bytes: what ciphertexts and files name their key by. */
  readonly id: Uint8Array;

  private constructor(group: ElGamalGroup, y: bigint) {
    this.group = group;
    this.y = y;
    this.id = hashParts("webhe/elgamal/key/1", [new TextEncoder().encode(group.name), bigintToBytes(y, group.bits / 8)]);
  }

  /**
   * A key from its value: in (1, p), and a square, which under these groups is all of a check that y is a power of g.
   * Throws SecurityError, or ParameterError for an unknown group.
   */
  static fromValue(name: ElGamalGroupName, y: bigint): ElGamalPublicKey {
    const group = elGamalGroup(name);
    const refuse = (got: string): never => {
      throw new SecurityError({
        what: "public key y",
        expected: "a square modulo p with 1 < y < p",
        got,
        remedy: "ask the key's owner for the key again",
      });
    };
    if (typeof y !== "bigint") refuse(show(y));
    if (y <= 1n) refuse("1 or less");
    if (y >= group.p) refuse("p or more");
    if (jacobi(y, group.p) !== 1) refuse("a number outside of the subgroup");
    return new ElGamalPublicKey(group, y);
  }

  equals(other: ElGamalPublicKey): boolean {
    return equalBytes(this.id, other.id);
  }

  /** Throws KeyMismatchError where data name another key. */
  requireId(id: Uint8Array, what: string): void {
    requireKeyId(id, this.id, what);
  }
}

/**
 * A secret key x. It rests in a byte array that {@link dispose} overwrites; the bigints made from it while the key is used
 * cannot be overwritten in JavaScript (SECURITY.md).
 */
export class ElGamalSecretKey {
  readonly publicKey: ElGamalPublicKey;
  readonly #x: Uint8Array;
  #disposed = false;

  private constructor(group: ElGamalGroup, x: bigint) {
    this.publicKey = ElGamalPublicKey.fromValue(group.name, powMod(group.g, x, group.p));
    this.#x = bigintToBytes(x, group.bits / 8);
  }

  /**
   * A key from its exponent, of `exponentBits` bits of the group or more and below q. Throws SecurityError for any other, and
   * ParameterError for an unknown group.
   */
  static fromExponent(name: ElGamalGroupName, x: bigint): ElGamalSecretKey {
    const group = elGamalGroup(name);
    const isNumber = typeof x === "bigint" && x > 0n;
    if (!isNumber || bitLength(x) < group.exponentBits || x >= group.q) {
      throw new SecurityError({
        what: "secret exponent",
        expected: `an integer below q of at least ${group.exponentBits} bits`,
        got: isNumber ? `one of ${bitLength(x)} bits` : "something else",
        remedy: "make a new key with generateElGamalKey",
      });
    }
    return new ElGamalSecretKey(group, x);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Internal: x. Throws LifetimeError after {@link dispose}. */
  exponent(): bigint {
    return bytesToBigint(this.#alive());
  }

  /** A copy of x, big endian, as long as p, owned by the caller, who overwrites it. Throws LifetimeError after {@link dispose}. */
  exponentBytes(): Uint8Array {
    return this.#alive().slice();
  }

  /** Overwrites x. Calling it twice is allowed. */
  dispose(): void {
    this.#x.fill(0);
    this.#disposed = true;
  }

  #alive(): Uint8Array {
    if (!this.#disposed) return this.#x;
    const remedy = "load the key again";
    throw new LifetimeError({ what: "secret key", expected: "a live key", got: "a disposed one", remedy });
  }
}
