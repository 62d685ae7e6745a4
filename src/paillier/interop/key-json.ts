/**
 * Keys as python-paillier and javallier write them: JSON Web Keys of type DAJ ("Data61's Paillier with JSON"), algorithm PAI-GN1 (g = n + 1).
 * Members that are not known are ignored, as RFC 7517 section 4 wants it.
 */
import { z } from "zod";
import { ParameterError, SecurityError, show, WireError } from "../../errors.js";
import { bytesToBigint } from "../../math/bytes.js";
import { invMod, mod } from "../../math/modular.js";
import { type KeyOptions, PaillierPublicKey, PaillierSecretKey } from "../keys.js";
import { factorFromLambda } from "./factor.js";
import { base64url, checkShape, parseJson, toBase64url } from "./json.js";

/** No key file is longer. */
const MAX_KEY_FILE_BYTES = 1 << 14;

const kid = z.string().max(1024).optional();
const operations = (needed: string) =>
  z
    .array(z.string())
    .max(16)
    .refine((ops) => ops.includes(needed), { message: `"${needed}" is not among them` })
    .optional();

const publicShape = z.object({
  kty: z.literal("DAJ"),
  alg: z.literal("PAI-GN1"),
  n: base64url,
  key_ops: operations("encrypt"),
  kid,
});
const secretMembers = { kty: z.literal("DAJ"), pub: publicShape, key_ops: operations("decrypt"), kid };
const primesShape = z.object({ ...secretMembers, p: base64url, q: base64url });
const lambdaShape = z.object({ ...secretMembers, lambda: base64url, mu: base64url });

/** Options of reading a key. */
export interface KeyJsonOptions extends KeyOptions {
  /** Name of the file in messages. */
  readonly what?: string;
}

/** A public key and the name it goes by. */
export interface NamedPublicKey {
  readonly publicKey: PaillierPublicKey;
  /** The file's `kid`; free text. */
  readonly kid: string | undefined;
}

/** A secret key, owned by the caller, who disposes of it, and the names that it and its public half go by. */
export interface NamedSecretKey {
  readonly secretKey: PaillierSecretKey;
  readonly kid: string | undefined;
  readonly publicKid: string | undefined;
}

/**
 * Reads a public key file of python-paillier or javallier. Masks under it are r^n: nothing tells whether its primes are Blum primes.
 * Throws WireError naming the field, and SecurityError for a modulus that no honest program makes.
 */
export function readPhePublicKey(
  source: string | Uint8Array,
  { what = "public key file", unsafe = false }: KeyJsonOptions = {},
): NamedPublicKey {
  const { n, kid } = parseJson(source, { what, schema: publicShape, maxBytes: MAX_KEY_FILE_BYTES });
  return { publicKey: PaillierPublicKey.fromModulus(n, { unsafe }), kid };
}

/**
 * Reads a secret key file: with p and q, or the old form with lambda and mu, from which the primes are found. There lambda may be the totient
 * (p - 1)(q - 1), as those programs write, or lcm(p - 1, q - 1). Throws WireError naming the field, and SecurityError where the parts do not belong together.
 */
export function readPheSecretKey(
  source: string | Uint8Array,
  { what = "secret key file", unsafe = false }: KeyJsonOptions = {},
): NamedSecretKey {
  const any = parseJson(source, { what, schema: z.looseObject({}), maxBytes: MAX_KEY_FILE_BYTES });
  const [hasPrimes, hasLambda] = ["p" in any || "q" in any, "lambda" in any || "mu" in any];
  if (hasPrimes === hasLambda) {
    throw new WireError({
      what,
      expected: "either p and q, or lambda and mu",
      got: hasPrimes ? "both" : "neither",
      remedy: "pass the file that pheutil genpkey or javallier wrote",
    });
  }
  const read = hasPrimes ? checkShape(any, what, primesShape) : checkShape(any, what, lambdaShape);
  const { n } = read.pub;
  // The same refusals as for the public half alone, before anything long is done with n.
  PaillierPublicKey.fromModulus(n, { unsafe });
  const { p, q } = "p" in read ? read : factorFromLambda(n, read.lambda, what);
  if (p * q !== n || ("mu" in read && mod(read.lambda * read.mu, n) !== 1n)) {
    throw new SecurityError({
      what,
      expected: "p q = n, or lambda mu = 1 mod n",
      got: "parts of different keys",
      remedy: "export the key again",
    });
  }
  return { secretKey: PaillierSecretKey.fromPrimes(p, q, { unsafe }), kid: read.kid, publicKid: read.pub.kid };
}

/** Options of writing a key. */
export interface KeyJsonWriteOptions {
  /** Free text that names the key. */
  readonly kid?: string;
  /** `phe` writes minimal bytes; `javallier` puts a zero byte before a set top bit, as Java's BigInteger does. `phe` unless said. */
  readonly dialect?: "phe" | "javallier";
}

/** Options of {@link writePheSecretKey}. */
export interface SecretKeyJsonWriteOptions extends KeyJsonWriteOptions {
  /** `primes`, for python-paillier from 1.3.0; `totient`, lambda and mu, for older ones and for javallier, whose default it is. */
  readonly form?: "primes" | "totient";
  /** The `kid` of the public half; that of the key unless given. */
  readonly publicKid?: string;
}

function checkDialect({ dialect = "phe" }: KeyJsonWriteOptions): { readonly signByte: boolean } {
  if (dialect === "phe" || dialect === "javallier") return { signByte: dialect === "javallier" };
  throw new ParameterError({
    what: "dialect",
    expected: "'phe' or 'javallier'",
    got: show(dialect),
    remedy: "name the program that will read it",
  });
}

function publicMembers(key: PaillierPublicKey, options: KeyJsonWriteOptions) {
  const n = toBase64url(key.n, checkDialect(options));
  return { kty: "DAJ", alg: "PAI-GN1", key_ops: ["encrypt"], n, kid: options.kid ?? "Paillier public key written by webhe" };
}

/** The text of a public key file. */
export function writePhePublicKey(key: PaillierPublicKey, options: KeyJsonWriteOptions = {}): string {
  return JSON.stringify(publicMembers(key, options));
}

/** The text of a secret key file. It holds the secret in the clear, in a string that cannot be overwritten: keep it private. */
export function writePheSecretKey(key: PaillierSecretKey, options: SecretKeyJsonWriteOptions = {}): string {
  const { form = options.dialect === "javallier" ? "totient" : "primes" } = options;
  if (form !== "primes" && form !== "totient") {
    const remedy = "pass 'primes' for python-paillier from 1.3.0";
    throw new ParameterError({ what: "form", expected: "'primes' or 'totient'", got: show(form), remedy });
  }
  const base = checkDialect(options);
  const bytes = key.primeBytes();
  const [p, q] = [bytesToBigint(bytes.p), bytesToBigint(bytes.q)];
  bytes.p.fill(0);
  bytes.q.fill(0);
  const lambda = (p - 1n) * (q - 1n);
  const parts = form === "primes" ? { p, q } : { lambda, mu: invMod(lambda, p * q) };
  return JSON.stringify({
    kty: "DAJ",
    key_ops: ["decrypt"],
    ...Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, toBase64url(value, base)])),
    pub: publicMembers(key.publicKey, { ...options, kid: options.publicKid ?? options.kid }),
    kid: options.kid ?? "Paillier private key written by webhe",
  });
}
