import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/index.js";
import { hostDigests } from "../support/host-digests.js";
import { testModulus } from "../support/modular-cases.js";
import { type OpenPage, openPage } from "./browser.js";
import { breastCancer } from "./page/breast-cancer.js";
import { modularDigests, ringDigests } from "./page/digests.js";
import { predictionDigests } from "./page/prediction.js";
import { remote } from "./page/remote.js";

let open: OpenPage;
let page: ReturnType<typeof remote>;
let specification: Engine;

beforeAll(async () => {
  specification = await Engine.create({ backend: "bigint" });
  open = await openPage("test/browser/page");
  page = remote(open);
});
afterAll(async () => {
  await open?.close();
  await specification?.close();
});

describe("in Chromium, through navigator.gpu", () => {
  it("the page is isolated and has a software adapter", async () => {
    const { backend, isSoftware } = await page.open({ backend: "webgpu" });
    expect(await page.isIsolated()).toBe(true);
    expect({ backend, isSoftware }).toEqual({ backend: "webgpu", isSoftware: true });
  });

  it("encodings and samples have the bytes that Node gives them", async () => {
    expect(await page.host()).toEqual(hostDigests());
  });

  it.each([
    [{ degree: 1024, limbs: 3 }, "edges"],
    [{ degree: 4096, limbs: 2 }, "random"],
    [{ degree: 8192, limbs: 2 }, "random"],
  ] as const)("ring kernels return what bigint returns: %o, %s", async (setting, fill) => {
    expect(await page.ring(setting, fill)).toEqual(await ringDigests(specification.kernels, setting, fill));
  });

  it.each([
    [1024, 1],
    [2048, 2],
  ] as const)("modular kernels return what bigint returns: %i bits, power %i", async (bits, power) => {
    const modulus = testModulus(bits, power);
    expect(await page.modular(`${modulus.n}`, power)).toEqual(await modularDigests(specification.kernels, modulus));
  });

  it.each(["secret", "public"] as const)(
    "an encrypted prediction has the bytes that Node gives it, with the %s key",
    async (key) => {
      const { test, labels } = breastCancer(key);
      const found = await page.predict(test);
      expect(found).toEqual(await predictionDigests(specification, test));
      expect(found.labels).toEqual(labels);
    },
  );

  it("the page has complained of nothing", () => {
    expect(open.complaints).toEqual([]);
  });
});
