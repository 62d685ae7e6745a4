import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Stream } from "../../../../src/math/chacha.js";
import { directRuntime } from "../../../support/direct-runtime.js";

type Keystream = (seed: number, domain: number, item: number, limb: number, counter: number, out: number, units: number) => void;

/** The stream alone, which no kernel shows unmasked. */
async function keystream() {
  const folder = mkdtempSync(join(tmpdir(), "keystream-"));
  try {
    const from = (name: string) =>
      JSON.stringify(relative(folder, fileURLToPath(new URL(`../../../../assembly/${name}`, import.meta.url))));
    writeFileSync(
      join(folder, "entry.ts"),
      `export { keystream } from ${from("host/chacha")};\nexport { heapBase, SCRATCH_BYTES, setScratch } from ${from("scratch")};\n`,
    );
    const runtime = await directRuntime(join(folder, "entry.ts"));
    const run = runtime.exports.keystream as Keystream;
    return (seed: Uint8Array, [domain, item, limb]: readonly number[], counter: number, units: number) => {
      const key = runtime.allocate(32);
      const out = runtime.allocate(256 * units);
      runtime.write(key, seed);
      run(key.address, domain, item, limb, counter, out.address, units);
      return new Uint32Array(runtime.memory.buffer, out.address, 64 * units).slice();
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("ChaCha20", async () => {
  const words = await keystream();
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

  it("gives the block of RFC 8439, section 2.3.2", () => {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
    const block = words(seed, [0x09000000, 0x4a000000, 0], 1, 1).subarray(0, 16);
    expect(hex(new Uint8Array(block.slice().buffer))).toBe(
      "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e" +
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
    );
  });

  it("gives the first vectors of RFC 8439, appendix A.1", () => {
    const zeros = words(new Uint8Array(32), [0, 0, 0], 0, 1);
    expect(hex(new Uint8Array(zeros.buffer, 0, 128))).toBe(
      "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7" +
        "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586" +
        "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed" +
        "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
    );
    const last = words(
      Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0)),
      [0, 0, 0],
      1,
      1,
    );
    expect(hex(new Uint8Array(last.buffer, 0, 16))).toBe("3aeb5224ecf849929b9d828db1ced4dd");
  });

  it("is the stream of the specification wherever it starts", () => {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => 255 - 3 * i);
    const nonce = [17, 0xffffffff, 1073479681];
    const expected = new Stream(seed, nonce[0], nonce[1], nonce[2]).nextU32s(64 * 9);
    expect(words(seed, nonce, 0, 9)).toEqual(expected);
    for (const block of [1, 3, 4, 7]) {
      expect(words(seed, nonce, block, 2)).toEqual(expected.subarray(16 * block, 16 * block + 128));
    }
  });
});
