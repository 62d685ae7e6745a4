/** What ten thousand operations and two thousand backends leave behind. */
import { describe, expect, it } from "vitest";
import { soakCycles, soakOperations } from "../../../support/wasm-soak.js";

const MIB = 2 ** 20;

describe.each([
  ["two threads", { threads: 2 }],
  ["memory that is not shared", { shared: false }],
])("with %s", (_name, options) => {
  it("10,000 operations leave nothing behind", async () => {
    const { early, late, liveBlocks } = await soakOperations(10_000, options);
    expect(liveBlocks).toBe(0);
    expect(late - early).toBeLessThan(48 * MIB);
  });

  it("2,000 backends leave nothing behind", async () => {
    const { early, late, liveWorkers } = await soakCycles(2000, options);
    expect(liveWorkers).toBe(0);
    expect(late - early).toBeLessThan(48 * MIB);
  });
});
