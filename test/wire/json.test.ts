import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ParameterError, WireError } from "../../src/errors.js";
import { canonicalJson, decodeJson, encodeJson } from "../../src/wire/json.js";

const schema = z.strictObject({ name: z.string(), bits: z.number().int().min(1) });
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

describe("canonical JSON", () => {
  it("spells equal data alike and reads back", () => {
    expect(canonicalJson({ b: [1, true, null], a: { d: "x", c: 0.5 } })).toBe('{"a":{"c":0.5,"d":"x"},"b":[1,true,null]}');
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((k) => k !== "__proto__"),
          fc.oneof(fc.integer(), fc.string(), fc.boolean()),
        ),
        (value) => {
          const reversed = Object.fromEntries(Object.entries(value).reverse());
          expect(canonicalJson(reversed)).toBe(canonicalJson({ ...value }));
          expect(JSON.parse(canonicalJson(reversed))).toEqual({ ...value });
        },
      ),
    );
  });

  it("refuses what JSON would lose", () => {
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, new Map(), () => 1, { a: undefined }]) {
      expect(() => canonicalJson(value)).toThrow(ParameterError);
    }
  });

  it("reads a value of the schema", () => {
    expect(decodeJson(encodeJson({ name: "n", bits: 3 }), { what: "key", schema })).toEqual({ name: "n", bits: 3 });
  });

  it("names the section and the field it refuses", () => {
    const read = (s: string) => () => decodeJson(text(s), { what: "public key, section 'META'", schema });
    expect(read('{"bits":0,"name":"n"}')).toThrow(/public key, section 'META', field 'bits'/);
    expect(read('{"bits":1}')).toThrow(/field 'name'/);
    expect(read('{"bits":1,"name":"n","x":1}')).toThrow(WireError);
    expect(read("{")).toThrow(/expected JSON in UTF-8/);
    expect(read('{"name":"n","bits":1}')).toThrow(/canonical/);
    expect(read('{"bits":1, "name":"n"}')).toThrow(/canonical/);
    expect(read('{"bits":1,"bits":2,"name":"n"}')).toThrow(/canonical/);
    expect(read('{"__proto__":{"name":"n"},"bits":1}')).toThrow(WireError);
    expect(() => decodeJson(new Uint8Array([0x22, 0xff, 0x22]), { what: "x", schema: z.string() })).toThrow(/UTF-8/);
    expect(() => decodeJson(text('\ufeff{"bits":1,"name":"n"}'), { what: "x", schema })).toThrow(WireError);
  });

  it("bounds the bytes first", () => {
    expect(() => decodeJson(encodeJson("x".repeat(100)), { what: "x", schema: z.string(), maxBytes: 100 })).toThrow(
      /at most 100 bytes/,
    );
  });
});
