import { describe, expect, it } from "vitest";
import { BackendUnavailableError } from "../../../src/errors.js";
import { linkShader } from "../../../src/kernels/webgpu/link.js";
import { bindingsOf } from "../../../src/kernels/webgpu/pipelines.js";
import { useGpu } from "../../support/gpu.js";

const gpu = useGpu();

const MAIN = `
import package::lib::twice;
import constants::{FACTOR};
@group(0) @binding(0) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(1)
fn main() {
  output[0] = twice(FACTOR);
}`;
const LIB = `
// Doubles.
fn twice(x: u32) -> u32 {
  @if(WRONG) return x + 2.5;
  return x + x;
}`;

const spec = (extra: Record<string, string>, conditions: Record<string, boolean> = {}) => ({
  entry: "main",
  constants: { FACTOR: 21 },
  conditions: { WRONG: false, ...conditions },
  extra: { "entry/main.wgsl": MAIN, "lib.wgsl": LIB, ...extra },
});
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("linking", () => {
  it("joins files, constants and conditions", async () => {
    const { code, file } = await linkShader(spec({}));
    expect(file).toBe("entry/main.wgsl");
    expect(code).toMatch(/fn twice/);
    expect(code).toMatch(/FACTOR\s*=\s*21/);
    expect(code).not.toContain("2.5");
  });

  it("finds the shaders of the project", async () => {
    expect((await linkShader({ entry: "ring_gather" })).code).toContain("fn flat_id");
  });

  it("names the file and the line of what does not parse", async () => {
    const error = await failure(linkShader(spec({ "lib.wgsl": "fn twice(x: u32) -> u32 {\n  return x +;\n}" })));
    expect(error).toBeInstanceOf(BackendUnavailableError);
    expect((error as Error).message).toMatch(/^shaders\/lib\.wgsl:2: /);
  });

  it("names the importing file where an import is missing", async () => {
    const error = await failure(
      linkShader(spec({ "entry/main.wgsl": MAIN.replace("lib::twice", "lib::thrice").replace("twice(", "thrice(") })),
    );
    expect(error).toBeInstanceOf(BackendUnavailableError);
    expect((error as Error).message).toMatch(/shaders\/entry\/main\.wgsl/);
    expect((error as Error).message).toMatch(/thrice/);
  });

  it("refuses an entry that does not exist", async () => {
    expect(String(await failure(linkShader({ entry: "nothing" })))).toContain(
      "shaders/entry/nothing.wgsl: expected a valid shader, got no such file",
    );
  });
});

describe("compiling", () => {
  it("names the file and the line of what does not compile, wherever it was linked to", async () => {
    const error = await failure(gpu().pipeline(spec({}, { WRONG: true })));
    expect(error).toBeInstanceOf(BackendUnavailableError);
    expect((error as Error).message).toMatch(/^shaders\/lib\.wgsl:4: expected a valid shader, got .*operator/);
  });

  it("makes a pipeline once, and does not remember failures", async () => {
    const pipeline = gpu().pipeline(spec({}));
    expect(gpu().pipeline(spec({}))).toBe(pipeline);
    expect((await pipeline).label).toBe("entry/main.wgsl:main");
    expect(gpu().pipeline({ ...spec({}), constants: { FACTOR: 22 } })).not.toBe(pipeline);
    const broken = spec({}, { WRONG: true });
    const error = await failure(gpu().pipeline(broken));
    expect(await failure(gpu().pipeline(broken))).not.toBe(error);
  });

  it("reads the bindings off the module", () => {
    const code = `
      // @group(0) @binding(7) var<uniform> none: u32;
      @group(0) @binding(2) var<uniform> u: vec4<u32>;
      @group(0) @binding(0) var<storage, read> a: array<u32>;
      @group(0) @binding(1)
      var<storage, read_write> b: array<u32>;
      @group(0) @binding(3) var<storage> c: array<u32>;`;
    expect(bindingsOf(code)).toEqual(["read", "write", "uniform", "read"]);
  });
});
