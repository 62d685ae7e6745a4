/**
 * ElGamal over the groups of RFC 7919, in batches on any backend: a small sibling of Paillier. Ciphertexts of factors can be multiplied,
 * those of counts added; docs/elgamal.md says what that is good for, and what not.
 *
 *     const key = await generateElGamalKey();
 *     const elgamal = await ElGamal.create(engine, key);
 *     const votes = await elgamal.encryptCounts([1, 0, 1], { bound: 1 });
 *     await elgamal.decryptCounts(elgamal.sum(votes));       // [2]
 */
export type { EngineLike, WorkOptions } from "../engine/index.js";
export { batchTags as elGamalTags } from "../wire/index.js";
export type { ElGamalCiphertextProperties, ElGamalCiphertexts } from "./ciphertexts.js";
export {
  type CountOptions,
  ElGamal,
  ElGamalDecryptor,
  type ElGamalExportOptions,
  type Integers,
} from "./elgamal.js";
export { type ElGamalKind, foldedProduct, MAX_COUNT } from "./encoding.js";
export { DEFAULT_GROUP, type ElGamalGroup, type ElGamalGroupName, elGamalGroup, GROUP_NAMES } from "./groups.js";
export {
  decodeElGamalPublicKey,
  decodeElGamalSecretKey,
  type ElGamalKeyFileOptions,
  elGamalParameterHash,
  encodeElGamalPublicKey,
  encodeElGamalSecretKey,
} from "./keyfile.js";
export { type ElGamalKeyOptions, generateElGamalKey } from "./keygen.js";
export { ElGamalPublicKey, ElGamalSecretKey } from "./keys.js";
export type { SectionOptions } from "./transport.js";
