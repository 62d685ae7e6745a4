/**
 * The long tier of the table of ring operations: every degree from 2^10 to 2^16 at every level of a chain of seven primes,
 * on every backend against bigint itself; and the digests of the first tier, made again.
 * WEBHE_WRITE_DIGESTS=1 writes the digests instead, after a deliberate change of the table.
 */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { useBackends } from "../../support/backends.js";
import { digest } from "../../support/digest.js";
import { MODULAR_CASES, runModularCases, testModulus } from "../../support/modular-cases.js";
import { runRingCases } from "../../support/ring-cases.js";
import { DIGEST_SETTINGS, RING_DIGESTS, readRingDigests, settingKey } from "../../support/ring-digests.js";

const { bigint, others } = useBackends();

const digestsOf = (outputs: ReadonlyMap<string, Uint32Array>) =>
  Object.fromEntries([...outputs].map(([name, residues]) => [name, digest(residues)]));

describe("digests of ring operations", () => {
  const made: Record<string, Record<string, string>> = {};

  it.each(DIGEST_SETTINGS)("N = $degree, $limbs limbs", async (setting) => {
    const digests = digestsOf(await runRingCases(bigint(), setting, "random"));
    made[settingKey(setting)] = digests;
    if (process.env.WEBHE_WRITE_DIGESTS === "1") writeFileSync(RING_DIGESTS, `${JSON.stringify(made, null, 1)}\n`);
    expect(readRingDigests(setting)).toEqual(digests);
  });
});

describe("ring kernels at every level", () => {
  const degrees = [1024, 2048, 4096, 8192, 16384, 32768, 65536];
  const settings = degrees.flatMap((degree) => [1, 2, 3, 4, 5, 6, 7].map((limbs) => ({ degree, limbs })));

  it.each(settings)("N = $degree, $limbs limbs", async (setting) => {
    const fill = setting.limbs % 2 === 0 ? "edges" : "random";
    const expected = digestsOf(await runRingCases(bigint(), setting, fill));
    for (const { label, backend } of others())
      expect(digestsOf(await runRingCases(backend, setting, fill)), label).toEqual(expected);
  });
});

describe("modular kernels for keys of", () => {
  // The first tier leaves out what takes long at these lengths: fixed bases and exponents that all share.
  it.each([2048, 3072, 4096])("%i bits: every operation modulo n^2", async (keyBits) => {
    const declaration = testModulus(2 * keyBits, 2);
    const expected = await runModularCases(bigint(), declaration);
    expect(expected.size).toBe(MODULAR_CASES.length);
    for (const { label, backend } of others()) {
      const got = await runModularCases(backend, declaration);
      for (const [name, values] of expected) expect(got.get(name), `${name} on ${label}`).toEqual(values);
    }
  });
});
