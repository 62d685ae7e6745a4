/** What a thousand operations leave behind; test/long does ten times as many. */
import { describe, expect, it } from "vitest";
import { soakCycles, soakOperations } from "../../support/wasm-soak.js";

const MIB = 2 ** 20;

describe.each([
  ["two threads", { threads: 2 }],
  ["memory that is not shared", { shared: false }],
])("with %s", (_name, options) => {
  it("operations leave nothing behind", async () => {
    const { early, late, liveBlocks } = await soakOperations(1500, options);
    expect(liveBlocks).toBe(0);
    expect(late - early).toBeLessThan(48 * MIB);
  });

  it("backends leave nothing behind", async () => {
    const { early, late, liveWorkers } = await soakCycles(25, options);
    expect(liveWorkers).toBe(0);
    expect(late - early).toBeLessThan(48 * MIB);
  });
});
