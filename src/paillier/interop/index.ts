/**
 * Other Paillier programs: their files, their encodings, their keys.
 *
 * python-paillier and javallier: {@link readPheSecretKey}, and {@link PhePaillier} for encrypted numbers with exponents. The npm package
 * paillier-bigint: {@link fromPaillierBigint}, and {@link PaillierBigint} for any generator. HEU and others that speak the interconnection
 * standard: {@link readInterconnectionPublicKey}. docs/paillier-interop.md describes the formats.
 */
export {
  decodeNumber,
  type EncodedNumber,
  type EncodeOptions,
  encodeNumber,
  MAX_EXPONENT,
  maxInteger,
} from "./encoded-number.js";
export { EncryptedNumbers, type NumberProperties } from "./encrypted-numbers.js";
export {
  type InterconnectionPublicKey,
  readInterconnectionCiphertexts,
  readInterconnectionPublicKey,
  writeInterconnectionCiphertexts,
  writeInterconnectionPublicKey,
} from "./interconnection.js";
export {
  type KeyJsonOptions,
  type KeyJsonWriteOptions,
  type NamedPublicKey,
  type NamedSecretKey,
  readPhePublicKey,
  readPheSecretKey,
  type SecretKeyJsonWriteOptions,
  writePhePublicKey,
  writePheSecretKey,
} from "./key-json.js";
export type { NumberFileOptions, NumberFormat } from "./number-json.js";
export { GeneratorCiphertexts, PaillierBigint, PaillierBigintDecryptor } from "./paillier-bigint.js";
export {
  fromPaillierBigint,
  type IntegerLike,
  type PaillierBigintFields,
  PaillierBigintKey,
  toPaillierBigint,
} from "./paillier-bigint-key.js";
export type { NumberDotOptions } from "./phe-dot.js";
export type { PlainNumbers } from "./phe-evaluate.js";
export {
  type BoundOptions,
  type NumberEncryptOptions,
  type NumberReadOptions,
  type NumberWriteOptions,
  PhePaillier,
  PhePaillierDecryptor,
} from "./phe-paillier.js";
