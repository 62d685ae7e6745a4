import { describe, expect, it } from "vitest";
import { ParameterError, WireError } from "../../../src/errors.js";
import { readNumbers, writeNumbers } from "../../../src/paillier/interop/number-json.js";

const n = 2n ** 2047n + 1n;
const file = { n, values: [n * 3n, 5n], exponents: [-12, 0] };

describe("JSON of encrypted numbers", () => {
  it("comes back in every form", () => {
    expect(readNumbers(writeNumbers(file, "vector"))).toEqual(file);
    expect(readNumbers(writeNumbers(file, "list"))).toEqual({ values: file.values, exponents: file.exponents });
    const one = { n, values: [7n], exponents: [3] };
    expect(writeNumbers(one, "single")).toBe('{"v":"7","e":3}');
    expect(readNumbers(new TextEncoder().encode('{ "e" : 3,\n "v" : "7" }'))).toEqual({ values: [7n], exponents: [3] });
    expect(() => writeNumbers(file, "single")).toThrow(ParameterError);
    expect(() => writeNumbers(one, "csv" as never)).toThrow(/expected 'vector' or 'list'/);
  });

  it("keeps every digit of integers that are JSON numbers", () => {
    const text = `{"public_key": {"n": ${n}, "g": ${n + 1n}}, "values": [[${n * 3n}, -12], ["5", 0]]}`;
    expect(readNumbers(text)).toEqual(file);
    expect(readNumbers('{"v": 9007199254740993, "e": -0}')).toEqual({ values: [9007199254740993n], exponents: [0] });
  });

  it.each([
    ["", /JSON in UTF-8/],
    ['{"v":1234567890123456,"e":0', /JSON in UTF-8/],
    ["nothing", /JSON in UTF-8/],
    ['{"v":"1","e":0', /JSON in UTF-8/],
    ['{"v":"1","e":0}x', /JSON in UTF-8/],
    [`{"v":"1","e":${"9".repeat(2600)}}`, /field 'e'/],
    ["[".repeat(200_000), /JSON in UTF-8/],
    [`${"[".repeat(200_000)}1234567890123456${"]".repeat(200_000)}`, /documented shape|JSON in UTF-8/],
    ['{"v":1234567890123456.5,"e":0}', /field 'v'/],
    ['{"v":1234567890123456e3,"e":0}', /field 'v'/],
    ['{"v":12345678901234567890.,"e":0}', /JSON in UTF-8/],
    ['{"v":12345678901234567890abc,"e":0}', /JSON in UTF-8/],
    ['{"v":+12345678901234567890,"e":0}', /JSON in UTF-8/],
    ['{"v":012345678901234567890,"e":0}', /field 'v'/],
    ['{"v":"1","e":0,"x\\":12345678901234567890}', /JSON in UTF-8/],
    ['{"v":"1\\",12345678901234567890', /JSON in UTF-8/],
    ["null", /documented shape/],
    ["[]", /documented shape/],
    ["7", /documented shape/],
    ['{"v":"1"}', /field 'e'/],
    ['{"e":1}', /field 'v'/],
    ['{"v":"01","e":0}', /field 'v'/],
    ['{"v":"-1","e":0}', /field 'v'/],
    ['{"v":-1,"e":0}', /field 'v'/],
    ['{"v":"0x10","e":0}', /field 'v'/],
    ['{"v":"1e3","e":0}', /field 'v'/],
    ['{"v":1.5,"e":0}', /field 'v'/],
    [`{"v":"${"9".repeat(2468)}","e":0}`, /field 'v'/],
    ['{"v":"1","e":0.5}', /field 'e'/],
    ['{"v":"1","e":"0"}', /field 'e'/],
    ['{"v":"1","e":1000000000}', /field 'e'/],
    ['{"v":"1","e":123456789012345678901234567890}', /field 'e'/],
    ['{"v":"1","e":0,"x":1}', /documented shape/],
    ['{"v":"1","e":0,"__proto__":{}}', /documented shape/],
    ['[{"v":"1","e":0},{"v":"1"}]', /field '1.e'/],
    ['{"values":[["1",0]]}', /field 'public_key'/],
    ['{"public_key":{"n":"15"}}', /field 'values'/],
    ['{"public_key":{"n":"15"},"values":[]}', /field 'values'/],
    ['{"public_key":{"n":"15"},"values":[["1"]]}', /field 'values.0/],
    ['{"public_key":{"n":"15"},"values":[["1",0,0]]}', /field 'values.0/],
    ['{"public_key":{"n":"15","g":"17"},"values":[["1",0]]}', /g is not n \+ 1/],
  ])("refuses %.60s", (text, message) => {
    expect(() => readNumbers(text)).toThrow(WireError);
    expect(() => readNumbers(text)).toThrow(message);
  });

  it("finds long integers outside strings alone", () => {
    const text = '{"v":12345678901234567890,"e":0,"v":"[12345678901234567891, \\" 12345678901234567892"}';
    expect(() => readNumbers(text)).toThrow(/field 'v'/);
    expect(readNumbers('{"public_key":{"n":12345678901234567890,"k":"\\" 12345678901234567890,"},"values":[[5,0]]}').n).toBe(
      12345678901234567890n,
    );
  });

  it("reads hostile text in time that grows with its length", () => {
    // An escaped quote may be where a string begins, for a scanner that has failed before.
    const text = `[1234567890123456,"${'\\"'.repeat(2_000_000)}`;
    expect(() => readNumbers(text)).toThrow(/JSON in UTF-8/);
  });

  it("takes the last of two members of one name, as Python does, whatever else stands there", () => {
    expect(readNumbers('{"v":"1","e":0,"e":1}').exponents).toEqual([1]);
    expect(readNumbers('{"v":12345678901234567890,"e":0,"e":1}')).toEqual({ values: [12345678901234567890n], exponents: [1] });
  });

  it("refuses other things than text, and too much of it", () => {
    for (const bad of [null, undefined, 5, {}, []]) expect(() => readNumbers(bad as never)).toThrow(/expected text or bytes/);
    expect(() => readNumbers(Uint8Array.of(0xff, 0xfe))).toThrow(/JSON in UTF-8/);
    expect(() => readNumbers(writeNumbers(file, "list"), { maxBytes: 100, what: "answer" })).toThrow(
      /^answer: expected at most 100/,
    );
  });
});
