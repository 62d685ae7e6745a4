import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtFolder } from "../support/built.js";
import { type OpenPage, openPage } from "./browser.js";

let open: OpenPage;
beforeAll(async () => {
  builtFolder();
  open = await openPage("apps/demo");
});
afterAll(() => open?.close());

describe("the demo page, on the built package", () => {
  it.each([
    ["breast-cancer", "auto", "228/228", "wasm"],
    ["diabetes", "wasm", "177/177", "wasm"],
    ["digits", "webgpu", "719/719", "webgpu"],
    ["diabetes", "webgpu", "177/177", "webgpu"],
  ])("predicts %s on %s as scikit-learn does", async (data, backend, labels, used) => {
    const { page } = open;
    await page.selectOption("select[name=data]", data);
    await page.selectOption("select[name=backend]", backend);
    await page.click("button");
    await page.waitForSelector("button:enabled");
    expect(await page.textContent("#state")).toBe("Done.");
    expect(await page.textContent("#result tr:nth-child(1) td")).toBe(labels);
    expect(await page.textContent("#result tr:nth-child(2) td")).toMatch(new RegExp(`^${used}, adapter `));
  });

  it("runs on one thread where it is not isolated, and says so", async () => {
    await open.visit({ isolated: false });
    await open.page.selectOption("select[name=backend]", "wasm");
    await open.page.click("button");
    await open.page.waitForSelector("button:enabled");
    expect(await open.page.textContent("#result tr:nth-child(1) td")).toBe("228/228");
    expect(await open.page.textContent("#result tr:nth-child(2) td")).toMatch(/^wasm, adapter none, 1 thread: /);
    expect(await open.page.textContent("#result tr:nth-child(3) td")).toMatch(/cross-origin isolated/);
  });

  it("complains of nothing", () => {
    expect(open.complaints).toEqual([]);
  });
});
