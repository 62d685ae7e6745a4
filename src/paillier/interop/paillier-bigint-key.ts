/** Keys of the npm package paillier-bigint, whose generator is n + 1 only where `simpleVariant` was asked for, and random otherwise. */
import { ParameterError, SecurityError, show, WireError } from "../../errors.js";
import { bytesToBigint } from "../../math/bytes.js";
import { bitLength, gcd, invMod, mod, powMod } from "../../math/modular.js";
import { decryptReference } from "../../math/paillier.js";
import { checkCiphertexts } from "../checks.js";
import { type KeyOptions, PaillierPublicKey, PaillierSecretKey } from "../keys.js";
import { factorFromLambda } from "./factor.js";

/** An integer as paillier-bigint holds it, or as text: decimal, or hexadecimal after 0x. */
export type IntegerLike = bigint | string;

/** The fields of a key, as its objects name them. Public: n and g. Secret: p and q, or lambda, or all; mu is checked where lambda is given too. */
export interface PaillierBigintFields<T = IntegerLike> {
  readonly n: T;
  readonly g: T;
  readonly lambda?: T;
  readonly mu?: T;
  readonly p?: T;
  readonly q?: T;
}

const NAMES = ["n", "g", "lambda", "mu", "p", "q"] as const;
/** Bits of the longest field, g < n^2. */
const MAX_INTEGER_BITS = 8192;

function readInteger(value: unknown, name: string): bigint {
  const isText = typeof value === "string" && value.length <= 2467 && /^(0|[1-9]\d*|0x[0-9a-fA-F]{1,2048})$/.test(value);
  if (isText || (typeof value === "bigint" && value >= 0n && bitLength(value) <= MAX_INTEGER_BITS))
    return BigInt(value as IntegerLike);
  throw new WireError({
    what: `paillier-bigint key, field '${name}'`,
    expected: "a bigint >= 0, or its decimal or 0x hexadecimal text",
    got: show(value),
    remedy: "export the key again",
  });
}

function refuse(expected: string, got: string): never {
  throw new SecurityError({ what: "paillier-bigint key", expected, got, remedy: "export the key again" });
}

/**
 * A key of paillier-bigint. A ciphertext of m is g^m r^n. With g = n + 1 ({@link simple}) that is webhe's own scheme; with any other g it is, in
 * that scheme, a ciphertext of a m for an a that only the key's owner can find: {@link PaillierBigint} works with both.
 */
export class PaillierBigintKey {
  readonly publicKey: PaillierPublicKey;
  readonly g: bigint;
  readonly #logarithm: bigint | undefined;
  readonly #secretKey: PaillierSecretKey | undefined;

  /** Internal: use {@link fromPaillierBigint}. */
  constructor(publicKey: PaillierPublicKey, g: bigint, secretKey: PaillierSecretKey | undefined) {
    this.publicKey = publicKey;
    this.g = g;
    this.#secretKey = secretKey;
    this.#logarithm = secretKey && decryptReference(g, secretKey.constants());
  }

  /** Internal: a = D(g), the plaintext of g under the generator n + 1; secret. Undefined without the secret key. */
  get logarithm(): bigint | undefined {
    return this.#logarithm;
  }

  /** Whether g = n + 1. */
  get simple(): boolean {
    return this.g === this.publicKey.n + 1n;
  }

  /**
   * The secret key, which does not depend on g and decrypts to a m where g is random: {@link PaillierBigintDecryptor} takes the a off. Owned by
   * the caller, who disposes of it. Throws ParameterError where only n and g were given.
   */
  get secretKey(): PaillierSecretKey {
    if (this.#secretKey !== undefined) return this.#secretKey;
    const remedy = "read the key with p and q, or with lambda";
    throw new ParameterError({ what: "paillier-bigint key", expected: "a secret key", got: "a public one", remedy });
  }
}

/**
 * Reads a key of paillier-bigint, public or secret, with any generator. Throws WireError naming a field that is no integer, and SecurityError for
 * parts that do not belong together, a modulus that no honest program makes, and a generator under which messages cannot be told apart.
 */
export function fromPaillierBigint(fields: PaillierBigintFields, { unsafe = false }: KeyOptions = {}): PaillierBigintKey {
  if (typeof fields !== "object" || fields === null) {
    const remedy = "pass { n, g, lambda, mu } of its key objects";
    throw new WireError({ what: "paillier-bigint key", expected: "an object", got: show(fields), remedy });
  }
  const read = (name: (typeof NAMES)[number]) => (fields[name] === undefined ? undefined : readInteger(fields[name], name));
  const [n, g] = [readInteger(fields.n, "n"), readInteger(fields.g, "g")];
  const [lambda, mu, p, q] = [read("lambda"), read("mu"), read("p"), read("q")];
  const publicKey = PaillierPublicKey.fromModulus(n, { unsafe });
  checkCiphertexts([g], publicKey, "paillier-bigint key, field 'g'");
  if ((p === undefined) !== (q === undefined)) refuse("both primes or none", "one");
  if (p === undefined && lambda === undefined) {
    if (mu !== undefined) refuse("lambda beside mu", "mu alone");
    return new PaillierBigintKey(publicKey, g, undefined);
  }
  const primes = p !== undefined && q !== undefined ? { p, q } : factorFromLambda(n, lambda!, "paillier-bigint key");
  if (primes.p * primes.q !== n) refuse("n = p q", "another n");
  if (lambda !== undefined && (lambda % (primes.p - 1n) !== 0n || lambda % (primes.q - 1n) !== 0n)) {
    refuse("a lambda that p - 1 and q - 1 divide", "another one");
  }
  const secretKey = PaillierSecretKey.fromPrimes(primes.p, primes.q, { unsafe });
  const key = new PaillierBigintKey(secretKey.publicKey, g, secretKey);
  try {
    if (gcd(key.logarithm!, n) !== 1n) refuse("a generator whose order n divides", "another one");
    // L(g^lambda) = lambda a mod n, so mu is the inverse of that.
    if (lambda !== undefined && mu !== undefined && mod(mu * lambda * key.logarithm!, n) !== 1n) {
      refuse("mu = L(g^lambda mod n^2)^-1 mod n", "another mu");
    }
  } catch (error) {
    secretKey.dispose();
    throw error;
  }
  return key;
}

/**
 * The fields from which paillier-bigint makes its objects: `new PublicKey(n, g)` and `new PrivateKey(lambda, mu, publicKey, p, q)`. A secret key gives
 * all of them, a public one n and g. lambda is (p - 1)(q - 1) where g = n + 1 and lcm(p - 1, q - 1) otherwise, as that package has it.
 */
export function toPaillierBigint(key: PaillierPublicKey | PaillierSecretKey | PaillierBigintKey): PaillierBigintFields<bigint> {
  if (key instanceof PaillierPublicKey) return { n: key.n, g: key.n + 1n };
  if (key instanceof PaillierSecretKey) return secretFields(key, key.publicKey.n + 1n);
  if (!(key instanceof PaillierBigintKey)) {
    const expected = "a PaillierPublicKey, a PaillierSecretKey or a PaillierBigintKey";
    throw new ParameterError({ what: "key", expected, got: show(key), remedy: "generate, load or import a key" });
  }
  if (key.logarithm === undefined) return { n: key.publicKey.n, g: key.g };
  return secretFields(key.secretKey, key.g);
}

function secretFields(key: PaillierSecretKey, g: bigint): PaillierBigintFields<bigint> {
  const bytes = key.primeBytes();
  const [p, q] = [bytesToBigint(bytes.p), bytesToBigint(bytes.q)];
  bytes.p.fill(0);
  bytes.q.fill(0);
  const n = p * q;
  const totient = (p - 1n) * (q - 1n);
  const lambda = g === n + 1n ? totient : totient / gcd(p - 1n, q - 1n);
  const mu = invMod((powMod(g, lambda, n * n) - 1n) / n, n);
  return { n, g, lambda, mu, p, q };
}
