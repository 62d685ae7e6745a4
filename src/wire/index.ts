/**
 * The wire: one container for keys and ciphertexts, with JSON and big integers in it. It knows no scheme.
 * Everything that is read here is hostile until checked.
 */
export { batchTags } from "./batch-tags.js";
export { type BigintLayout, packBigints, unpackBigints } from "./bigints.js";
export {
  type Container,
  type ContainerContent,
  type ContainerExpectation,
  decodeContainer,
  encodeContainer,
  FORMAT_VERSION,
  KINDS,
  type Kind,
  openContainer,
  requireSection,
  type Section,
} from "./container.js";
export { encodeContainerInParts, type PartedContent, type PartedSection } from "./container-parts.js";
export { requireKey, requireKeyId, requireParameters } from "./expect.js";
export { equalBytes, HASH_BYTES, hashParts, sha256, shortHash } from "./hash.js";
export { canonicalJson, decodeJson, encodeJson, type JsonExpectation, MAX_JSON_BYTES } from "./json.js";
