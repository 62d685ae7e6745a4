/**
 * The specification: number theory and encodings on bigint and typed arrays, without I/O and without a GPU.
 * Constants of the fast kernels are computed here, and their results are compared with what stands here.
 *
 * Numbers: modular, primes, limbs, rational, float64, bytes. Rings: ntt, rns, bitpack. CKKS: fixed, twiddles, embedding, encoding.
 * Randomness: random (the door), chacha, sampling, gaussian. Paillier: paillier.
 */
export { GALOIS_GENERATOR } from "./embedding.js";
export { nttPrimes } from "./primes.js";
