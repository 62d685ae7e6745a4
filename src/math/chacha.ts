/**
 * Streams of random words: ChaCha20 (RFC 8439) keyed by a 32-byte seed, with a nonce that names the purpose.
 *
 * Nonce, three little-endian u32: domain | item | limb. The domain is one of {@link Domain}; the item counts
 * ciphertexts or digits that share a seed; the limb is the prime itself (or 0 where there is none), so that a
 * polynomial restricted to fewer primes expands to the same residues. The block counter starts at 0.
 */
import { chacha20 } from "@noble/ciphers/chacha.js";
import { swap32IfBE } from "@noble/ciphers/utils.js";
import { LifetimeError, ParameterError, show } from "../errors.js";

/** Length of every seed, in bytes. */
export const SEED_BYTES = 32;

/**
 * What a stream is for. `PublicUniform` is the only domain whose seed may leave the process; a seed that is
 * published must have been drawn for that alone, and never keys any other domain.
 */
export const Domain = {
  /** The uniform polynomials of seeded ciphertexts and keys. */
  PublicUniform: 1,
  /** Ternary secret keys. */
  SecretKey: 16,
  /** The error of a symmetric encryption, or the first error of a public-key encryption. */
  Error: 17,
  /** The second error of a public-key encryption. */
  SecondError: 18,
  /** The ternary factor of a public-key encryption. */
  EncryptionKey: 19,
  /** Noise that floods a decryption before its release. */
  Flooding: 20,
  /** Exponents of Paillier encryptions. */
  PaillierExponent: 32,
  /** Blinding of Paillier decryptions. */
  PaillierBlinding: 33,
  /** Weights of the check of Paillier decryptions. */
  PaillierCheck: 35,
  /** Bases of probabilistic primality tests. */
  Primality: 34,
  /** Secret exponents of ElGamal keys. */
  ElGamalSecret: 40,
  /** Exponents of ElGamal encryptions. */
  ElGamalExponent: 41,
  /** Seeds made from a chosen master seed, in tests only. */
  ChosenSeeds: 64,
} as const;

const BLOCK_WORDS = 16;
const BUFFER_WORDS = 256;

/**
 * A sequence of u32 words, consumed in order; how it is cut into calls does not change it, except that
 * {@link Stream.nextBytes} takes whole words. The seed is copied, and overwritten by {@link Stream.dispose}.
 */
export class Stream {
  readonly #key: Uint8Array;
  readonly #nonce = new Uint8Array(12);
  readonly #buffer = new Uint32Array(BUFFER_WORDS);
  #counter = 0;
  #at = 0;
  #end = 0;
  #disposed = false;

  /** Throws ParameterError unless the seed has 32 bytes and the three numbers are u32. */
  constructor(seed: Uint8Array, domain: number, item = 0, limb = 0) {
    if (!(seed instanceof Uint8Array) || seed.length !== SEED_BYTES) {
      throw new ParameterError({
        what: "seed",
        expected: `${SEED_BYTES} bytes`,
        got: show(seed),
        remedy: "draw it with freshSeed()",
      });
    }
    const view = new DataView(this.#nonce.buffer);
    for (const [i, word] of [domain, item, limb].entries()) {
      if (!Number.isInteger(word) || word < 0 || word > 0xffffffff) {
        throw new ParameterError({
          what: ["domain", "item", "limb"][i],
          expected: "an integer in [0, 2^32)",
          got: show(word),
          remedy: "take the domain from Domain and count items from 0",
        });
      }
      view.setUint32(4 * i, word, true);
    }
    // Not slice(): on a Buffer of Node it makes no copy, and dispose would overwrite the caller's seed.
    this.#key = new Uint8Array(seed);
  }

  /** Overwrites `out` with the next words. */
  fill(out: Uint32Array): void {
    if (this.#disposed) {
      throw new LifetimeError({
        what: "random stream",
        expected: "a live one",
        got: "a disposed one",
        remedy: "draw from it before dispose()",
      });
    }
    let done = Math.min(out.length, this.#end - this.#at);
    out.set(this.#buffer.subarray(this.#at, this.#at + done));
    this.#at += done;
    // Whole blocks go straight into the caller's array; the rest passes through the buffer.
    const whole = out.length - done - ((out.length - done) % BLOCK_WORDS);
    if (whole > 0) {
      this.#generate(out.subarray(done, done + whole));
      done += whole;
    }
    if (done < out.length) {
      // The buffer starts at one block and grows, so that a stream of a few words costs one block.
      this.#end = Math.min(BUFFER_WORDS, Math.max(BLOCK_WORDS, 2 * this.#end));
      this.#generate(this.#buffer.subarray(0, this.#end));
      this.#at = out.length - done;
      out.set(this.#buffer.subarray(0, this.#at), done);
    }
  }

  /** The next n words. */
  nextU32s(n: number): Uint32Array {
    const out = new Uint32Array(n);
    this.fill(out);
    return out;
  }

  /** The next n bytes, from ceil(n / 4) words in little-endian order. */
  nextBytes(n: number): Uint8Array {
    const words = this.nextU32s(Math.ceil(n / 4));
    return new Uint8Array(swap32IfBE(words).buffer, 0, n);
  }

  /** Overwrites the seed and what is buffered. Using the stream afterwards throws LifetimeError: a key of zeros is no secret. */
  dispose(): void {
    this.#disposed = true;
    this.#key.fill(0);
    this.#buffer.fill(0);
    this.#at = this.#end = 0;
  }

  #generate(words: Uint32Array): void {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    bytes.fill(0);
    chacha20(this.#key, this.#nonce, bytes, bytes, this.#counter);
    swap32IfBE(words);
    this.#counter += words.length / BLOCK_WORDS;
  }
}
