/**
 * Paillier: additively homomorphic encryption of integers modulo n, in batches on any backend.
 *
 *     const key = await generatePaillierKey();
 *     const paillier = await Paillier.create(engine, key);
 *     const a = await paillier.encrypt([1.5, -2], { scaleBits: 32 });
 *     const b = await paillier.dot(a, [[3, -4]]);
 *     await paillier.decrypt(b);              // [12.5]
 */
export type { EngineLike, WorkOptions } from "../engine/index.js";
export { batchTags as ciphertextTags } from "../wire/index.js";
export type { CiphertextProperties, PaillierCiphertexts } from "./ciphertexts.js";
export type { DotOptions } from "./dot.js";
export type { SlotValues } from "./encoding.js";
export type { ScalarOptions } from "./evaluate.js";
export * from "./interop/index.js";
export {
  type AsyncKeyFileOptions,
  decodePaillierPublicKey,
  decodePaillierPublicKeyAsync,
  decodePaillierSecretKey,
  decodePaillierSecretKeyAsync,
  encodePaillierEvaluationKey,
  encodePaillierPublicKey,
  encodePaillierSecretKey,
  type KeyFileOptions,
  paillierParameterHash,
} from "./keyfile.js";
export { DEFAULT_KEY_BITS, generatePaillierKey, type KeyGenerationOptions } from "./keygen.js";
export { ciphertextBytes, type KeyOptions, PaillierPublicKey, PaillierSecretKey, type PublicKeyOptions } from "./keys.js";
export type { PlainMatrix } from "./matrix.js";
export {
  type EncryptOptions,
  type ExportOptions,
  type ImportOptions,
  Paillier,
  PaillierDecryptor,
} from "./paillier.js";
export type { MaskPool } from "./pool.js";
export { capacity, type SlotLayout, singleSlot, widestLayout } from "./slots.js";
