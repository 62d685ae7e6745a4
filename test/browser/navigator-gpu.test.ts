import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/index.js";
import { hostDigests } from "../support/host-digests.js";
import { testModulus } from "../support/modular-cases.js";
import { type OpenPage, openPage } from "./browser.js";
import { modularDigests, ringDigests } from "./page/digests.js";
import type { TestPage } from "./page/main.js";
import { predictionDigests } from "./page/prediction.js";

type Global = typeof globalThis & { webhe: TestPage; crossOriginIsolated: boolean };

let open: OpenPage;
let specification: Engine;

beforeAll(async () => {
  specification = await Engine.create({ backend: "bigint" });
  open = await openPage("test/browser/page");
  await open.page.waitForFunction(() => "webhe" in globalThis);
});
afterAll(async () => {
  await open?.close();
  await specification?.close();
});

const data = (name: string) => readFileSync(new URL(`../../data/${name}`, import.meta.url), "utf8");

describe("in Chromium, through navigator.gpu", () => {
  it("the page is isolated and has a software adapter", async () => {
    expect(await open.page.evaluate(() => (globalThis as Global).crossOriginIsolated)).toBe(true);
    const { backend, isSoftware } = await open.page.evaluate(() => (globalThis as Global).webhe.describe());
    expect({ backend, isSoftware }).toEqual({ backend: "webgpu", isSoftware: true });
  });

  it("encodings and samples have the bytes that Node gives them", async () => {
    expect(await open.page.evaluate(() => (globalThis as Global).webhe.host())).toEqual(hostDigests());
  });

  it.each([
    [{ degree: 1024, limbs: 3 }, "edges"],
    [{ degree: 4096, limbs: 2 }, "random"],
    [{ degree: 8192, limbs: 2 }, "random"],
  ] as const)("ring kernels return what bigint returns: %o, %s", async (setting, fill) => {
    const found = await open.page.evaluate(([s, f]) => (globalThis as Global).webhe.ring(s, f), [setting, fill] as const);
    expect(found).toEqual(await ringDigests(specification.kernels, setting, fill));
  });

  it.each([
    [1024, 1],
    [2048, 2],
  ] as const)("modular kernels return what bigint returns: %i bits, power %i", async (bits, power) => {
    const modulus = testModulus(bits, power);
    const found = await open.page.evaluate(([n, p]) => (globalThis as Global).webhe.modular(n, p), [
      `${modulus.n}`,
      power,
    ] as const);
    expect(found).toEqual(await modularDigests(specification.kernels, modulus));
  });

  it.each(["secret", "public"] as const)(
    "an encrypted prediction has the bytes that Node gives it, with the %s key",
    async (key) => {
      const [, ...lines] = parse(data("breast-cancer.csv")) as string[][];
      const [, ...expected] = parse(data("breast-cancer.expected.csv")) as string[][];
      const test = { model: data("breast-cancer.model.json"), rows: lines.map((line) => line.map(Number)), key };
      const found = await open.page.evaluate((given) => (globalThis as Global).webhe.predict(given), test);
      expect(found).toEqual(await predictionDigests(specification, test));
      expect(found.labels).toEqual(expected.map((line) => line.at(-2)));
    },
  );

  it("the page has complained of nothing", () => {
    expect(open.complaints).toEqual([]);
  });
});
