/**
 * CKKS: approximate arithmetic on encrypted vectors of real numbers.
 *
 * Start with {@link chooseParameters} (or a literal and {@link CkksParameters.from}), then {@link Ckks.create}.
 */
export { CkksCiphertext } from "./ciphertext.js";
export { CkksPublicKey, CkksSecretKey } from "./keys.js";
export { type CkksNeeds, CkksParameters, type CkksParametersLiteral, chooseParameters } from "./parameters.js";
export { Ckks, type EncryptOptions } from "./scheme.js";
export { maxLogQP, type SecurityLevel } from "./security.js";
export { CIPHERTEXT_TAGS, type CiphertextExport, type CiphertextMeta, ciphertextBytes } from "./serialization.js";
