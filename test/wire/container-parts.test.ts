import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors.js";
import { encodeContainer } from "../../src/wire/container.js";
import { encodeContainerInParts, type PartedSection } from "../../src/wire/container-parts.js";
import { testRandom } from "../support/random.js";

const header = { kind: "request", parameterHash: new Uint8Array(32).fill(7), keyId: new Uint8Array(32).fill(9) } as const;
const bytes = testRandom("container parts").bytes(1000);

/** A section whose bytes come up to each of these ends in turn. */
function section(tag: string, content: Uint8Array, ends: readonly number[]): PartedSection {
  return {
    tag,
    length: content.length,
    async *fill(target) {
      for (const end of ends) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        target.set(content.subarray(0, end));
        yield end;
      }
    },
  };
}

describe("a container that is written in parts", () => {
  it.each([[[1000]], [[1, 999, 1000]], [[64, 64, 1000]], [[0, 1000]]])("is the same container: parts up to %j", async (ends) => {
    const sections = [
      { tag: "META", bytes: bytes.subarray(0, 13) },
      { tag: "C0CT", bytes },
      { tag: "SEED", bytes: bytes.subarray(5, 37) },
    ];
    const [meta, , seed] = sections;
    const expected = encodeContainer({ ...header, sections });
    expect(await encodeContainerInParts({ ...header, sections: [meta, section("C0CT", bytes, ends), seed] })).toEqual(expected);
    expect(await encodeContainerInParts({ ...header, sections })).toEqual(expected);
  });

  it("may have no bytes in a section", async () => {
    const nothing = new Uint8Array(0);
    const expected = encodeContainer({ ...header, sections: [{ tag: "C0CT", bytes: nothing }] });
    expect(await encodeContainerInParts({ ...header, sections: [section("C0CT", nothing, [])] })).toEqual(expected);
  });

  it("is refused where a section is not filled, or cannot be made", async () => {
    const short = section("C0CT", bytes, [10, 999]);
    await expect(encodeContainerInParts({ ...header, sections: [short] })).rejects.toThrow(
      /'C0CT': expected 1000 bytes, got 999/,
    );
    await expect(encodeContainerInParts({ ...header, sections: [short, short] })).rejects.toThrow(ParameterError);
    const failing: PartedSection = {
      tag: "C0CT",
      length: 2,
      // biome-ignore lint/correctness/useYield: it fails before its first part.
      async *fill() {
        throw new RangeError("nothing to say");
      },
    };
    await expect(encodeContainerInParts({ ...header, sections: [failing] })).rejects.toThrow("nothing to say");
  });
});
