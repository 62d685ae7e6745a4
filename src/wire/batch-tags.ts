/** What batches of ciphertexts are called in a container. */
import { ParameterError, show } from "../errors.js";

/** The two tags of a batch of ciphertexts: a name of two characters, then MT for metadata and CT for ciphertexts. Throws ParameterError. */
export function batchTags(name = "C0"): readonly [string, string] {
  if (!/^[A-Z0-9]{2}$/.test(name)) {
    throw new ParameterError({
      what: "name of a batch",
      expected: "two characters A-Z or 0-9",
      got: show(name),
      remedy: "count C0, C1, ...",
    });
  }
  return [`${name}MT`, `${name}CT`];
}
