import { describe, expect, it } from "vitest";
import { textOf, valuesOf } from "../../../../src/kernels/wasm/modular/text.js";
import { directRuntime } from "../../../support/direct-runtime.js";
import { testRandom } from "../../../support/random.js";

const random = testRandom("rows of text");
const values = [0n, 1n, 15n, 0x0123456789abcdefn, (1n << 96n) - 1n, 1n << 95n, random.bigBelow(1n << 96n)];

describe("big integers as text", () => {
  it("come back, at the row's full width and below it", async () => {
    const text = textOf(values, 3);
    expect(text).toHaveLength(values.length * 24);
    expect(new TextDecoder().decode(text.subarray(0, 48))).toBe(`${"0".repeat(47)}1`);
    expect(await valuesOf(text, 3, {})).toEqual(values);
  });

  it("are words to the kernels, with one word of zeros behind each", async () => {
    const runtime = await directRuntime();
    const data = textOf(values, 3);
    const [text, out] = [runtime.allocate(data.length), runtime.allocate(16 * values.length)];
    runtime.write(text, data);
    runtime.record("modularExponents", values.length, [out.address, text.address, 3]);
    const bytes = await runtime.read(out, 0, 16 * values.length);
    const word = (v: bigint, i: number) => Number((v >> BigInt(32 * i)) & 0xffffffffn);
    expect([...new Uint32Array(bytes.buffer)]).toEqual(values.flatMap((v) => [word(v, 0), word(v, 1), word(v, 2), 0]));
  });

  it("stop when told", async () => {
    await expect(valuesOf(textOf(values, 3), 3, { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
