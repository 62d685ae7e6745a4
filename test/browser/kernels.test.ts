import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import { hostDigests } from "../support/host-digests.js";
import { testModulus } from "../support/modular-cases.js";
import { type OpenPage, openPage } from "./browser.js";
import { modularDigests, ringDigests } from "./page/digests.js";
import type { TestPage } from "./page/main.js";

type Global = typeof globalThis & { webhe: TestPage };

let open: OpenPage;
let specification: BigintBackend;

beforeAll(async () => {
  specification = await BigintBackend.create();
  open = await openPage("test/browser/page");
  await open.page.waitForFunction(() => "webhe" in globalThis);
});
afterAll(async () => {
  await open?.close();
  await specification?.close();
});

describe("in Chromium, through navigator.gpu", () => {
  it("the page is isolated and has a software adapter", async () => {
    expect(
      await open.page.evaluate(() => (globalThis as typeof globalThis & { crossOriginIsolated: boolean }).crossOriginIsolated),
    ).toBe(true);
    const description = await open.page.evaluate(() => (globalThis as Global).webhe.describe());
    expect(description.backend).toBe("webgpu");
    expect(description.isSoftware).toBe(true);
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
    expect(found).toEqual(await ringDigests(specification, setting, fill));
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
    expect(found).toEqual(await modularDigests(specification, modulus));
  });

  it("the page has complained of nothing", () => {
    expect(open.complaints).toEqual([]);
  });
});
