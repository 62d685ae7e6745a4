/** WebAssembly in a page: with threads where the page is cross-origin isolated, on one thread where it is not, and where it may not run at all. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/index.js";
import { testModulus } from "../support/modular-cases.js";
import { type OpenPage, openPage } from "./browser.js";
import { breastCancer } from "./page/breast-cancer.js";
import { encodingDigests, modularDigests, ringDigests } from "./page/digests.js";
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

describe.each([
  { isolated: true, threads: 2 },
  { isolated: true, threads: 1 },
  { isolated: false, threads: 1 },
])("in Chromium, isolated: $isolated, $threads threads", ({ isolated, threads }) => {
  beforeAll(() => open.visit({ isolated }));

  it("WebAssembly opens, and says why where it has one thread only", async () => {
    expect(await page.isIsolated()).toBe(isolated);
    const { backend, threads: used, note } = await page.open({ backend: "wasm", threads: isolated ? threads : 2 });
    expect({ backend, used }).toEqual({ backend: "wasm", used: threads });
    if (isolated) expect(note).toBeUndefined();
    else expect(note).toMatch(/cross-origin isolated/);
  });

  it.each([
    [{ degree: 1024, limbs: 3 }, "edges"],
    [{ degree: 4096, limbs: 2 }, "random"],
    [{ degree: 8192, limbs: 2 }, "random"],
  ] as const)("ring kernels return what bigint returns: %o, %s", async (setting, fill) => {
    expect(await page.ring(setting, fill)).toEqual(await ringDigests(specification.kernels, setting, fill));
  });

  it("encodings and samples have the bytes that bigint gives them", async () => {
    const setting = { degree: 2048, limbs: 3 };
    expect(await page.encodings(setting)).toEqual(await encodingDigests(specification.kernels, setting));
  });

  it.each([
    [1024, 1],
    [2048, 2],
  ] as const)("modular kernels return what bigint returns: %i bits, power %i", async (bits, power) => {
    const modulus = testModulus(bits, power);
    expect(await page.modular(`${modulus.n}`, power)).toEqual(await modularDigests(specification.kernels, modulus));
  });

  it.each(["secret", "public"] as const)("a prediction has the bytes that Node gives it, with the %s key", async (key) => {
    const { test, labels } = breastCancer(key);
    const found = await page.predict(test);
    expect(found).toEqual(await predictionDigests(specification, test));
    expect(found.labels).toEqual(labels);
  });

  it("the page closes its engine and has complained of nothing", async () => {
    await page.close();
    expect(open.complaints).toEqual([]);
  });
});

describe("a page that may not run WebAssembly", () => {
  it.each([
    ["compiles none", "script-src 'self'"],
    ["starts no worker", "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"],
  ])("because its policy %s refuses it by name, and goes on to bigint", async (_, policy) => {
    await open.visit({ policy });
    const [name, message] = await page.refusal({ backend: "wasm" });
    expect(name).toBe("BackendUnavailableError");
    expect(message).toMatch(/^backend wasm: expected .*content security policy/i);
    const { backend, tried } = await page.open({ backend: "auto" });
    expect(backend).toBe("bigint");
    expect(tried.at(-1)).toMatchObject({ backend: "wasm", outcome: message });
    const setting = { degree: 1024, limbs: 1 };
    expect(await page.ring(setting, "random")).toEqual(await ringDigests(specification.kernels, setting, "random"));
  });
});

describe("auto in a page", () => {
  it("prefers WebAssembly to a software GPU, and says why", async () => {
    await open.visit();
    const { backend, reason, tried } = await page.open({});
    expect(backend).toBe("wasm");
    expect(reason).toMatch(/software|no hardware GPU/);
    expect(tried.map((t) => t.backend)).toEqual(["webgpu"]);
  });
});
