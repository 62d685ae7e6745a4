import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkAbsent, checkOutput, readInput, readText, writeNewFiles, writeOutput } from "../../src/cli/files.js";
import { ParameterError, WireError } from "../../src/errors.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webhe-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe("outputs", () => {
  it("are written whole and replace what was there", async () => {
    await writeOutput(at("a"), "first, and longer");
    await writeOutput(at("a"), new Uint8Array([1, 2]));
    expect([...readFileSync(at("a"))]).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  it("leave nothing behind where they cannot be written", async () => {
    mkdirSync(at("taken"));
    await expect(writeOutput(at("taken"), "x")).rejects.toThrow(ParameterError);
    await expect(writeOutput(at("none/a"), "x")).rejects.toThrow(/no such file or folder/);
    expect(readdirSync(folder)).toEqual(["taken"]);
  });

  it("are checked before long work", async () => {
    mkdirSync(at("taken"));
    writeFileSync(at("file"), "");
    await expect(checkOutput(at("taken"))).rejects.toThrow(/got a folder/);
    await expect(checkOutput(at("none/a"))).rejects.toThrow(/no such folder/);
    await expect(checkOutput(at("file/a"))).rejects.toThrow(/no such folder/);
    await checkOutput(at("file"));
    await checkOutput(at("new"));
  });
});

describe("new files", () => {
  const files = [
    { name: "one", data: new Uint8Array([1]), mode: 0o600 },
    { name: "two", data: new Uint8Array([2]), mode: 0o644 },
  ];

  it("come with their modes, in a folder made for them", async () => {
    await writeNewFiles(at("keys"), files);
    expect(readdirSync(at("keys")).sort()).toEqual(["one", "two"]);
    expect(statSync(at("keys/one")).mode & 0o777).toBe(0o600);
    expect(statSync(at("keys")).mode & 0o777).toBe(0o700);
  });

  it("come all or not at all, and never in the place of another file", async () => {
    mkdirSync(at("keys"));
    writeFileSync(at("keys/two"), "old");
    await expect(checkAbsent(at("keys"), ["one", "two"])).rejects.toThrow(/two.*a file that exists/);
    // Even where the other file appears between the check and the write.
    await expect(writeNewFiles(at("keys"), files)).rejects.toThrow(/a file that exists/);
    expect(readdirSync(at("keys"))).toEqual(["two"]);
    expect(readFileSync(at("keys/two"), "utf8")).toBe("old");
  });
});

describe("inputs", () => {
  it("are refused with the reason", async () => {
    await expect(readInput(at("none"), "--card")).rejects.toThrow(/--card ".*none": expected a readable file, got no such file/);
    await expect(readInput(folder, "--card")).rejects.toThrow(/got a folder/);
    writeFileSync(at("latin"), Buffer.from([0x61, 0xe9]));
    await expect(readText(at("latin"), "--input")).rejects.toThrow(WireError);
  });
});
