/** Files of CKKS, each one container. What comes in is hostile: lengths, ranges, parameters and key ids are checked before they are used. */
export { exportCiphertextFile, importCiphertextFile } from "./ciphertext-file.js";
export { evaluationKeyFileBytes, exportEvaluationKeys, importEvaluationKeys } from "./evaluation-key-file.js";
export { exportParameters, importParameters } from "./parameters-file.js";
export { exportPlaintext, importPlaintext } from "./plaintext-file.js";
