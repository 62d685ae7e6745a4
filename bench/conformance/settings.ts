/** The settings of the conformance program: small ones first, so that a backend that is wrong is found wrong early. */
import type { KernelBackend } from "../../src/kernels/interface.js";
import { digest } from "../../test/support/digest.js";
import { runHostCases } from "../../test/support/host-cases.js";
import { runModularCases, testModulus } from "../../test/support/modular-cases.js";
import { testRandom } from "../../test/support/random.js";
import { type RingFill, type RingSetting, runRingCases } from "../../test/support/ring-cases.js";
import { DIGEST_SETTINGS, readRingDigests } from "../../test/support/ring-digests.js";
import { nttPrimes } from "../package-under-test.js";
import type { Outputs, Reference, Setting } from "./check.js";

/** What the same code makes on the subject and on its reference. */
const onBoth = (label: string, reference: Reference, run: (backend: KernelBackend) => Promise<Outputs>): Setting => ({
  label,
  reference,
  made: run,
  expected: run,
});

/** bigint takes seconds for a table above this degree. */
const LARGEST_FOR_BIGINT = 4096;
const DEGREES = [1024, 2048, 4096, 8192, 16384, 32768, 65536];
const LIMBS = [1, 2, 3, 4, 7, 15];
const MODULUS_BITS = [1024, 2048, 3072, 4096, 6144, 8192];

/** Everything. `quick` is what a software GPU does in a minute. */
export function settings(quick: boolean): Setting[] {
  if (quick) {
    const rings = [1, 2].map((limbs) => ring({ degree: 1024, limbs }, "random"));
    return [...rings, ring({ degree: 1024, limbs: 3 }, "edges"), digests(DIGEST_SETTINGS[0]!), host(1024, 1), modular(1024, 1)];
  }
  const rings = DEGREES.flatMap((degree) =>
    LIMBS.flatMap((limbs) => (["random", "edges"] as const).map((fill) => ring({ degree, limbs }, fill))),
  );
  const hosts = [
    [1024, 1],
    [1024, 2],
    [2048, 3],
    [4096, 4],
    [8192, 3],
    [16384, 7],
  ] as const;
  return [
    ...rings.filter(({ reference }) => reference === "bigint"),
    ...DIGEST_SETTINGS.map(digests),
    ...MODULUS_BITS.flatMap((bits) => [modular(bits, 1), modular(bits, 2)]),
    ...hosts.map(([degree, limbs]) => host(degree, limbs)),
    ...MODULUS_BITS.map(longPowers),
    ...MODULUS_BITS.map(manyNumbers),
    ...[4096, 8192, 16384, 65536].map(manyRows),
    ...rings.filter(({ reference }) => reference === "wasm"),
  ];
}

function ring(setting: RingSetting, fill: RingFill): Setting {
  const { degree, limbs } = setting;
  const reference = degree <= LARGEST_FOR_BIGINT ? "bigint" : "wasm";
  return onBoth(`ring, N=${degree}, ${limbs} limbs, ${fill}`, reference, (backend) => runRingCases(backend, setting, fill));
}

/** What bigint made of large rings once, as committed digests. */
function digests(setting: RingSetting): Setting {
  return {
    label: `ring, N=${setting.degree}, ${setting.limbs} limbs, digests`,
    reference: "committed",
    made: async (backend) =>
      new Map([...(await runRingCases(backend, setting, "random"))].map(([name, words]) => [name, digest(words)])),
    expected: async () => new Map(Object.entries(readRingDigests(setting))),
  };
}

function host(degree: number, limbs: number): Setting {
  const reference = degree <= LARGEST_FOR_BIGINT ? "bigint" : "wasm";
  const label = `encoding and sampling, N=${degree}, ${limbs} limbs`;
  return onBoth(label, reference, (backend) => runHostCases(backend, { degree, limbs }));
}

function modular(bits: number, power: 1 | 2): Setting {
  return onBoth(`modular, ${bits} bits, n^${power}`, "bigint", (backend) => runModularCases(backend, testModulus(bits, power)));
}

/** Exponents as long as the modulus, which the table of the tests leaves to its long tier. */
function longPowers(bits: number): Setting {
  return onBoth(`modular, ${bits} bits, full-length powers`, "bigint", async (backend) => {
    const k = await backend.modular(testModulus(bits, 1));
    const random = testRandom(`conformance powers ${bits}`);
    const a = k.upload([k.modulus - 1n, random.bigBelow(k.modulus)]);
    const table = k.fixedBase(random.bigBelow(k.modulus), bits / 4);
    const exponents = [random.bigBits(bits / 4), (1n << BigInt(bits / 4)) - 1n, 0n];
    return new Map([
      ["one exponent for all", await k.read(k.power(a, random.bigBits(bits)))],
      ["an exponent for each", await k.read(k.power(a, [(1n << BigInt(bits)) - 1n, random.bigBits(bits)]))],
      ["fixed base", await k.read(k.fixedBasePower(table, exponents))],
    ]);
  });
}

/** Enough numbers for many workgroups at once, and no multiple of what a workgroup holds. */
function manyNumbers(bits: number): Setting {
  return onBoth(`modular, ${bits} bits, 1001 numbers`, "wasm", async (backend) => {
    const k = await backend.modular(testModulus(bits, 2));
    const random = testRandom(`conformance numbers ${bits}`);
    const count = 1001;
    const a = k.upload(Array.from({ length: count }, () => random.bigBelow(k.modulus)));
    const exponents = Array.from({ length: count }, () => random.bigBits(40));
    const groups = Array.from({ length: 13 }, (_, g) => Array.from({ length: 77 }, (_, i) => 77 * g + i));
    return new Map([
      ["multiply", await k.read(k.multiply(a, a))],
      ["chain of products", await k.read(k.multiply(k.multiply(k.multiply(a, a), a), a))],
      ["products", await k.read(k.products(a, groups))],
      ["power", await k.read(k.power(a, exponents))],
    ]);
  });
}

/** Enough rows that all of a GPU is busy: what one workgroup does to another shows here. */
function manyRows(degree: number): Setting {
  const limbs = 5;
  const batch = Math.max(4, 2 ** 20 / degree);
  return onBoth(`ring, N=${degree}, ${limbs} limbs, ${batch} polynomials`, "wasm", async (backend) => {
    const basis = nttPrimes({ degree, bits: 30, count: limbs });
    const k = await backend.ring(degree, basis);
    const residues = testRandom(`conformance rows ${degree}`).residues(batch * limbs * degree, Math.min(...basis));
    const a = k.upload(residues, { basis, form: "coefficient", batch });
    const u = k.ntt(a);
    const results = {
      ntt: u,
      "ntt and back": k.intt(u),
      multiply: k.multiply(u, u),
      "inner products": k.multiplyAccumulate(u, u, batch / 4),
      rescale: k.rescale(u, 1),
    };
    const words = new Map<string, Uint32Array>();
    for (const [name, handle] of Object.entries(results)) words.set(name, await k.read(handle));
    for (const handle of [a, ...Object.values(results)]) handle.dispose();
    return words;
  });
}
