/**
 * Regenerates the digests from bigint and compares them with the committed ones, and runs every large setting on the other
 * backends. WEBHE_WRITE_DIGESTS=1 writes the file instead, after a deliberate change of the table.
 */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BigintBackend } from "../../../src/kernels/bigint/index.js";
import type { KernelBackend } from "../../../src/kernels/interface.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { digest } from "../../support/digest.js";
import { runRingCases } from "../../support/ring-cases.js";
import { DIGEST_SETTINGS, RING_DIGESTS, readRingDigests, settingKey } from "../../support/ring-digests.js";

let bigint: KernelBackend;
let others: KernelBackend[];
beforeAll(async () => {
  bigint = await BigintBackend.create();
  others = [await WebGpuBackend.create()];
});
afterAll(async () => {
  for (const backend of [bigint, ...others]) await backend.close();
});

const made: Record<string, Record<string, string>> = {};
const write = process.env.WEBHE_WRITE_DIGESTS === "1";

describe("digests of ring operations", () => {
  it.each(DIGEST_SETTINGS)("N = $degree, $limbs limbs", async (setting) => {
    const outputs = await runRingCases(bigint, setting, "random");
    const digests = Object.fromEntries([...outputs].map(([name, residues]) => [name, digest(residues)]));
    made[settingKey(setting)] = digests;
    if (write) {
      writeFileSync(RING_DIGESTS, `${JSON.stringify(made, null, 1)}\n`);
      return;
    }
    expect(readRingDigests(setting)).toEqual(digests);
    if (setting.tier === "default") return;
    for (const backend of others) {
      const got = await runRingCases(backend, setting, "random");
      for (const [name, residues] of got) expect(digest(residues), `${name} on ${backend.name}`).toBe(digests[name]);
    }
  });
});
