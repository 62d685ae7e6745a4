import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare, conform, type Outputs, type Setting } from "../../bench/conformance/check.js";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import { WebGpuBackend } from "../../src/kernels/webgpu/index.js";
import { runRingCases } from "../support/ring-cases.js";

const run = (backend: Parameters<Setting["made"]>[0]) =>
  runRingCases(backend, { degree: 1024, limbs: 1 }, "random", ["ntt", "multiply"]);
const setting: Setting = { label: "tiny", reference: "bigint", made: run, expected: run };

let gpu: WebGpuBackend;
let bigint: BigintBackend;
beforeAll(async () => {
  gpu = await WebGpuBackend.create();
  bigint = await BigintBackend.create();
});
afterAll(async () => {
  await gpu?.close();
  await bigint?.close();
});

describe("a setting of the conformance program", () => {
  const references = () => ({ bigint, wasm: bigint, committed: bigint });

  it("is equal on the software GPU and on bigint", async () => {
    expect(await conform(setting, gpu, references())).toEqual({ label: "tiny", reference: "bigint", equal: 2, different: [] });
  });

  it("names the case and the place where one word differs", async () => {
    const alter = (outputs: Outputs): Outputs => {
      const words = Uint32Array.from(outputs.get("ntt") as Uint32Array);
      words[77]! ^= 1;
      return new Map([...outputs, ["ntt", words]]);
    };
    const { equal, different } = await conform(setting, gpu, references(), alter);
    expect(equal).toBe(1);
    expect(different).toEqual([expect.stringMatching(/^ntt: 1 of 6144 values, first at 77: \d+ instead of \d+$/)]);
  });

  it("goes on after an error, which is a difference", async () => {
    const made = () => Promise.reject(new Error("the device is lost"));
    const outcome = await conform({ ...setting, made }, gpu, references());
    expect(outcome).toMatchObject({ equal: 0, different: ["all of it: the device is lost"] });
  });
});

describe("outputs", () => {
  it("differ where one is missing, of another length, or another integer", () => {
    const expected = new Map<string, Uint32Array | bigint[] | string>([
      ["words", Uint32Array.of(1, 2)],
      ["integers", [1n, 10n ** 40n]],
      ["digest", "abc"],
      ["gone", [1n]],
    ]);
    const got = new Map<string, Uint32Array | bigint[] | string>([
      ["words", Uint32Array.of(1)],
      ["integers", [1n, 10n ** 40n + 1n]],
      ["digest", "abd"],
    ]);
    expect(compare(got, expected)).toEqual({
      equal: 0,
      different: [
        "words: 1 values instead of 2",
        expect.stringMatching(/^integers: 1 of 2 values, first at 1: .*\(41 digits\) instead of /),
        "digest: abd instead of abc",
        "gone: missing",
      ],
    });
    expect(compare(expected, expected)).toEqual({ equal: 4, different: [] });
  });
});
