/** Containers whose sections are still being made when they are written. */
import { ParameterError } from "../errors.js";
import { type ContainerContent, layOutContainer, type Section } from "./container.js";
import { startSha256 } from "./hash.js";

/** A section of known length whose bytes come in parts, one after the other. */
export interface PartedSection {
  readonly tag: string;
  readonly length: number;
  /** Writes the bytes to their place, from the front, and says after each part how many are there. */
  readonly fill: (target: Uint8Array) => AsyncIterable<number>;
}

/** What {@link encodeContainerInParts} writes. */
export interface PartedContent extends Omit<ContainerContent, "sections"> {
  readonly sections: readonly (Section | PartedSection)[];
}

/**
 * The same bytes as encodeContainer makes. Parts are written in place and hashed when they are there, while whoever makes the
 * next one works on it elsewhere. Throws what making a part throws, and ParameterError for a section that is not filled.
 */
export async function encodeContainerInParts({ sections, ...header }: PartedContent): Promise<Uint8Array> {
  const lengths = sections.map((s) => ({ tag: s.tag, length: "fill" in s ? s.length : s.bytes.length }));
  const { out, places, end } = layOutContainer(header, lengths);
  const hash = startSha256();
  let hashed = 0;
  for (const [i, section] of sections.entries()) {
    const [start, { tag, length }] = [places[i]!, lengths[i]!];
    if (!("fill" in section)) {
      out.set(section.bytes, start);
      continue;
    }
    let filled = 0;
    for await (filled of section.fill(out.subarray(start, start + length))) {
      hash.update(out.subarray(hashed, start + filled));
      hashed = start + filled;
    }
    if (filled !== length) throw notFilled(tag, length, filled);
  }
  hash.update(out.subarray(hashed, end));
  out.set(hash.digest(), end);
  return out;
}

function notFilled(tag: string, length: number, filled: number): ParameterError {
  const remedy = "say the length that the parts have together";
  return new ParameterError({ what: `section '${tag}'`, expected: `${length} bytes`, got: `${filled}`, remedy });
}
