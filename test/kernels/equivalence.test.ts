/**
 * The table of operations on every backend against bigint, bit for bit. This tier: every number of limbs from 1 to 4 for
 * N = 2^10 to 2^12 against bigint itself; above that, 1, 2 and 7 limbs against the digests of bigint's outputs, which
 * test/long regenerates.
 */
import { describe, expect, it } from "vitest";
import { useBackends } from "../support/backends.js";
import { digest } from "../support/digest.js";
import { runHostCases } from "../support/host-cases.js";
import { MODULAR_CASES, runModularCases, testModulus } from "../support/modular-cases.js";
import { casesFor, RING_CASES, runRingCases } from "../support/ring-cases.js";
import { DIGEST_SETTINGS, readRingDigests } from "../support/ring-digests.js";

const { bigint, others } = useBackends();

describe("ring kernels", () => {
  const settings = [1024, 2048, 4096].flatMap((degree) => [1, 2, 3, 4].map((limbs) => ({ degree, limbs })));

  it.each(settings)("N = $degree, $limbs limbs", async (setting) => {
    for (const fill of ["random", "edges"] as const) {
      const expected = await runRingCases(bigint(), setting, fill);
      expect([...expected.keys()]).toEqual(casesFor(setting).map((c) => c.name));
      for (const { label, backend } of others()) {
        const got = await runRingCases(backend, setting, fill);
        for (const [name, residues] of expected) expect(digest(got.get(name)!), `${name} on ${label}`).toBe(digest(residues));
      }
    }
  });

  it.each(DIGEST_SETTINGS)("N = $degree, $limbs limbs, by digests", async (setting) => {
    const digests = readRingDigests(setting);
    for (const { label, backend } of others()) {
      const got = await runRingCases(backend, setting, "random");
      for (const [name, residues] of got) expect(digest(residues), `${name} on ${label}`).toBe(digests[name]);
      expect(got.size).toBe(Object.keys(digests).length);
    }
  });

  it("are all in the table", () => {
    expect(new Set(RING_CASES.map((c) => c.name)).size).toBe(RING_CASES.length);
  });
});

describe("encoding, decoding and sampling", () => {
  it.each([
    [1024, 1],
    [1024, 2],
    [2048, 3],
    [4096, 4],
  ])("N = %i, %i limbs", async (degree, limbs) => {
    const expected = await runHostCases(bigint(), { degree, limbs });
    for (const { label, backend } of others()) {
      const got = await runHostCases(backend, { degree, limbs });
      expect([...got.keys()]).toEqual([...expected.keys()]);
      for (const [name, words] of expected) expect(digest(got.get(name)!), `${name} on ${label}`).toBe(digest(words));
    }
  });
});

describe("modular kernels", () => {
  it.each([
    [1024, 1],
    [1024, 2],
    [2048, 2],
    [3072, 1],
    [3072, 2],
    [4096, 2],
    [6144, 2],
    [8192, 2],
  ] as const)("%i bits, n^%i", async (bits, power) => {
    const declaration = testModulus(bits, power);
    const small =
      bits <= 2048 ? undefined : MODULAR_CASES.map((c) => c.name).filter((n) => !/fixed base|shared exponent/.test(n));
    const expected = await runModularCases(bigint(), declaration, small);
    for (const { label, backend } of others()) {
      const got = await runModularCases(backend, declaration, small);
      for (const [name, values] of expected) expect(got.get(name), `${name} on ${label}`).toEqual(values);
    }
  });
});
