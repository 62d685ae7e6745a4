/**
 * Primes for Paillier keys from WebCrypto, which makes them only as the factors of an RSA key: the key is exported,
 * its two primes are taken and its modulus is thrown away. Node's half is primes.node.ts; both export the same names.
 */
import { bytesToBigint } from "../math/bytes.js";
import { checkPrimeBits, isKeyPrime, searchKeyPrime } from "./prime-candidates.js";

/** WebCrypto makes RSA keys of 1024 bits and more; shorter primes are searched for on bigint. */
const SHORTEST_RSA_PRIME = 512;

/** The little of WebCrypto that is used, so that this file needs neither the DOM's types nor Node's. */
interface RsaCrypto {
  generateKey(algorithm: object, extractable: boolean, usages: string[]): Promise<{ readonly privateKey: object }>;
  exportKey(format: "jwk", key: object): Promise<{ readonly p?: string; readonly q?: string }>;
}

function base64UrlToBigint(text: string): bigint {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return bytesToBigint(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
}

async function rsaPrimes(bits: number): Promise<bigint[]> {
  const subtle = globalThis.crypto.subtle as unknown as RsaCrypto;
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2 * bits,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const { privateKey } = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { p = "", q = "" } = await subtle.exportKey("jwk", privateKey);
  return [base64UrlToBigint(p), base64UrlToBigint(q)];
}

/**
 * A random prime of exactly `bits` bits, 3 mod 4 and at least sqrt(2) 2^(bits - 1). At most one prime is taken from
 * an RSA key, so that no two primes of ours are ever the factors of a key that the browser has seen.
 * Half of all primes are 3 mod 4. The signal is looked at between keys.
 */
export async function randomBlumPrime(bits: number, signal?: AbortSignal): Promise<bigint> {
  checkPrimeBits(bits);
  if (bits < SHORTEST_RSA_PRIME || bits % 4 !== 0) return searchKeyPrime(bits, signal);
  for (;;) {
    signal?.throwIfAborted();
    const found = (await rsaPrimes(bits)).find((p) => isKeyPrime(p, bits));
    signal?.throwIfAborted();
    if (found !== undefined) return found;
  }
}
