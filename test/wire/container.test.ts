import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LimitError, ParameterError, WireError } from "../../src/errors.js";
import {
  type ContainerContent,
  decodeContainer,
  encodeContainer,
  FORMAT_VERSION,
  KINDS,
  type Kind,
} from "../../src/wire/container.js";
import { sha256 } from "../../src/wire/hash.js";

const hash = new Uint8Array(32).fill(7);
const keyId = new Uint8Array(32).fill(9);
const sample: ContainerContent = {
  kind: "request",
  parameterHash: hash,
  keyId,
  sections: [
    { tag: "META", bytes: new Uint8Array([1, 2, 3]) },
    { tag: "C0CT", bytes: new Uint8Array(0) },
    { tag: "SEED", bytes: new Uint8Array(32).fill(0xff) },
  ],
};
const any = { what: "request", maxBytes: 1 << 20 };

/** Rewrites the checksum, as somebody who alters a file on purpose would. */
function resealed(bytes: Uint8Array, alter: (view: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  alter(new DataView(copy.buffer));
  copy.set(sha256(copy.subarray(0, copy.length - 32)), copy.length - 32);
  return copy;
}

describe("container", () => {
  it("reads what it wrote", () => {
    const kinds = Object.keys(KINDS) as Kind[];
    const sections = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z0-9]{4}$/), fc.uint8Array({ maxLength: 40 })), {
      maxLength: 6,
      selector: ([tag]) => tag,
    });
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), digest, digest, sections, (kind, parameterHash, id, pairs) => {
        const bytes = encodeContainer({ kind, parameterHash, keyId: id, sections: pairs.map(([tag, b]) => ({ tag, bytes: b })) });
        const read = decodeContainer(bytes, any);
        expect(read.kind).toBe(kind);
        expect(read.version).toBe(FORMAT_VERSION);
        expect([...read.parameterHash]).toEqual([...parameterHash]);
        if (id.some((b) => b !== 0)) expect([...(read.keyId as Uint8Array)]).toEqual([...id]);
        expect([...read.sections].map(([tag, b]) => [tag, [...b]])).toEqual(pairs.map(([tag, b]) => [tag, [...b]]));
      }),
    );
  });

  it("names no key where none was given", () => {
    expect(decodeContainer(encodeContainer({ ...sample, keyId: undefined }), any).keyId).toBeUndefined();
  });

  it("has the documented bytes", () => {
    const bytes = encodeContainer(sample);
    expect([...bytes.subarray(0, 12)]).toEqual([0x89, 0x57, 0x48, 0x45, 0x0d, 0x0a, 0x1a, 0x0a, 1, 0, 4, 0]);
    expect([...bytes.subarray(76, 95)]).toEqual([3, 0, 0, 0, 0x4d, 0x45, 0x54, 0x41, 3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
    expect(bytes.length).toBe(80 + 3 * 12 + 35 + 32);
  });

  it("refuses every truncation and every extension", () => {
    const bytes = encodeContainer(sample);
    for (let n = 0; n < bytes.length; n++)
      expect(() => decodeContainer(bytes.subarray(0, n), any), `${n} bytes`).toThrow(WireError);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(() => decodeContainer(longer, any)).toThrow(/end: expected no more bytes, got 1 more/);
  });

  it("refuses every flip of one bit", () => {
    const bytes = encodeContainer(sample);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const altered = bytes.slice();
      altered[bit >> 3] ^= 1 << (bit & 7);
      expect(() => decodeContainer(altered, any), `bit ${bit}`).toThrow(WireError);
    }
  });

  it("says what to do with a newer and with an older version", () => {
    const newer = resealed(encodeContainer(sample), (v) => v.setUint16(8, FORMAT_VERSION + 1, true));
    expect(() => decodeContainer(newer, any)).toThrow(
      `format version: expected ${FORMAT_VERSION}, got ${FORMAT_VERSION + 1}; update webhe`,
    );
    const older = resealed(encodeContainer(sample), (v) => v.setUint16(8, 0, true));
    expect(() => decodeContainer(older, any)).toThrow(/write the file again/);
  });

  it("refuses unknown and unwanted kinds", () => {
    const unknown = resealed(encodeContainer(sample), (v) => v.setUint16(10, 99, true));
    expect(() => decodeContainer(unknown, any)).toThrow(/kind: expected .* got kind 99/);
    expect(() => decodeContainer(encodeContainer(sample), { ...any, kinds: ["secretKey", "publicKey"] })).toThrow(
      "request, kind: expected secretKey or publicKey, got request; pass the file made for this step",
    );
  });

  it("refuses a length that promises more than is there, whatever the checksum says", () => {
    for (const length of [36n, 1n << 32n, (1n << 64n) - 1n]) {
      const bytes = resealed(encodeContainer({ ...sample, sections: [sample.sections[0]] }), (v) =>
        v.setBigUint64(84, length, true),
      );
      expect(() => decodeContainer(bytes, any), `${length}`).toThrow(`section 'META', length: expected ${length} bytes`);
    }
    const many = resealed(encodeContainer(sample), (v) => v.setUint32(76, 0xffffffff, true));
    expect(() => decodeContainer(many, any)).toThrow(/number of sections: expected at most 256/);
  });

  it("refuses a tag used twice, a bad tag, an unknown tag and a missing one", () => {
    const two = encodeContainer({
      ...sample,
      sections: [
        { tag: "AAAA", bytes: new Uint8Array(1) },
        { tag: "AAAB", bytes: new Uint8Array(1) },
      ],
    });
    const twice = resealed(two, (v) => v.setUint8(80 + 13 + 3, 0x41));
    expect(() => decodeContainer(twice, any)).toThrow(/section 'AAAA': expected one section of this tag, got a second one/);
    const bad = resealed(two, (v) => v.setUint8(80, 0x0a));
    expect(() => decodeContainer(bad, any)).toThrow(/section 0, tag/);
    expect(() => decodeContainer(two, { ...any, sections: { required: ["AAAA"] } })).toThrow(
      /section 'AAAB': expected no section of this tag/,
    );
    expect(() => decodeContainer(two, { ...any, sections: { required: ["AAAA", "META"], optional: ["AAAB"] } })).toThrow(
      /section 'META': expected to be there/,
    );
    expect(() => decodeContainer(two, { ...any, sections: { required: ["AAAA"], optional: ["AAAB", "ZZZZ"] } })).not.toThrow();
  });

  it("hands out plain arrays of a Node Buffer, and refuses what is no array of bytes", () => {
    const bytes = encodeContainer({
      kind: "request",
      parameterHash: new Uint8Array(32),
      sections: [{ tag: "DATA", bytes: new Uint8Array(4) }],
    });
    const section = decodeContainer(Buffer.from(bytes), { what: "file", maxBytes: 1000 }).sections.get("DATA");
    expect(section?.constructor).toBe(Uint8Array);
    expect(() => decodeContainer("text" as never, { what: "file", maxBytes: 1000 })).toThrow(WireError);
  });

  it("bounds the whole before it looks inside", () => {
    const bytes = encodeContainer(sample);
    expect(() => decodeContainer(bytes, { ...any, maxBytes: bytes.length - 1 })).toThrow(LimitError);
    expect(() => decodeContainer(bytes, { ...any, maxBytes: bytes.length })).not.toThrow();
  });

  it("refuses to write what it would not read", () => {
    const section = { tag: "META", bytes: new Uint8Array(1) };
    for (const sections of [
      [section, section],
      [{ ...section, tag: "meta" }],
      [{ ...section, tag: "METAS" }],
      [{ ...section, tag: "ME A" }],
    ]) {
      expect(() => encodeContainer({ ...sample, sections })).toThrow(ParameterError);
    }
    expect(() => encodeContainer({ ...sample, parameterHash: new Uint8Array(31) })).toThrow(/parameter hash: expected 32 bytes/);
    expect(() => encodeContainer({ ...sample, keyId: new Uint8Array(33) })).toThrow(/key id: expected 32 bytes/);
  });
});
