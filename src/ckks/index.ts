/**
 * CKKS: approximate arithmetic on encrypted vectors of real or complex numbers.
 *
 * Start with {@link chooseParameters} (or a literal and {@link CkksParameters.from}), then {@link Ckks.create}. Who computes asks for the
 * evaluation keys that {@link keysFor} names.
 */
export { CkksCiphertext } from "./ciphertext.js";
export * from "./circuits/index.js";
export type { Complex, Constant } from "./constants.js";
export { CkksEvaluationKeys, type SwitchingKey } from "./evaluation-keys.js";
export type { PlainOperand } from "./evaluator/index.js";
export { evaluationKeyFileBytes, exportParameters, importParameters } from "./files/index.js";
export { type KeyNeeds, KeyPlan, keysFor } from "./key-plan.js";
export { CkksPublicKey, CkksSecretKey } from "./keys.js";
export {
  droppedEstimate,
  type Estimate,
  freshEstimate,
  plainProductEstimate,
  plainSumEstimate,
  precisionBits,
  productEstimate,
  type Range,
  rescaledEstimate,
  scaledEstimate,
  sumEstimate,
  switchedEstimate,
  uniformRange,
  worstRange,
} from "./noise.js";
export { type CkksNeeds, CkksParameters, type CkksParametersLiteral, chooseParameters } from "./parameters.js";
export { CkksPlaintext, type EncodeOptions } from "./plaintext.js";
export { type Precision, type PrecisionStatistics, precision } from "./precision.js";
export { type CkksPreset, PRESETS, type PresetName, presetParameters } from "./presets.js";
export { type ReleasePlan, type ReleaseTerms, releaseTerms } from "./release-terms.js";
export { Ckks, type EncryptOptions } from "./scheme.js";
export { maxLogQP, type SecurityLevel } from "./security.js";
export type { SeededOptions } from "./seeded-encryption.js";
export {
  CIPHERTEXT_TAGS,
  type CiphertextExport,
  type CiphertextMeta,
  ciphertextBytes,
  type EarlyImport,
  type SeededExport,
} from "./serialization.js";
export { maxDepthFor, parametersFor, type Solution, solveParameters } from "./solver.js";
export type { CkksWishes } from "./wishes.js";
