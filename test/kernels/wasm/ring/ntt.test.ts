import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ParameterError } from "../../../../src/errors.js";
import { basisBlock, primeRecord } from "../../../../src/kernels/wasm/ring/prime-tables.js";
import type { Block, Runtime } from "../../../../src/kernels/wasm/runtime.js";
import { invMod } from "../../../../src/math/modular.js";
import { forwardNtt, inverseNtt, nttTables } from "../../../../src/math/ntt.js";
import { isPrime } from "../../../../src/math/primes.js";
import { directRuntime } from "../../../support/direct-runtime.js";

type DirectRuntime = Awaited<ReturnType<typeof directRuntime>>;

let runtime: DirectRuntime;
beforeAll(async () => {
  runtime = await directRuntime();
});

interface KnownAnswer {
  N: number;
  q: string;
  in: string[];
  out: string[];
  src: string;
}
const vectors: { ntt: KnownAnswer[] } = JSON.parse(
  readFileSync(new URL("../../../vectors/ckks-kat.json", import.meta.url), "utf8"),
);
const known = vectors.ntt.filter(({ q }) => BigInt(q) < 2n ** 30n);

/** Compares long rows faster than toEqual: the first index where they differ, or -1. */
function difference(a: Uint32Array, b: Uint32Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((x, i) => x !== b[i]);
}

/** Words around each result, which no kernel may touch. */
const GUARD = 16;

/** Transforms rows [batch, limb, N]; `inPlace` reads them from where the result goes. */
async function transform(
  kernel: "ntt" | "intt",
  degree: number,
  basis: readonly number[],
  rows: Uint32Array,
  inPlace: boolean,
): Promise<Uint32Array> {
  const table = basisBlock(runtime, degree, basis);
  const block = runtime.allocate(rows.byteLength + 8 * GUARD);
  const guarded = new Uint32Array(rows.length + 2 * GUARD).fill(0xfeedface);
  if (inPlace) guarded.set(rows, GUARD);
  runtime.write(block, guarded);
  const target = block.address + 4 * GUARD;
  const source = inPlace ? block : runtime.allocate(rows.byteLength);
  if (!inPlace) runtime.write(source, rows);
  runtime.record(kernel, rows.length / degree, [
    target,
    inPlace ? target : source.address,
    table.address,
    basis.length,
    Math.log2(degree),
  ]);
  if (!inPlace) expect(difference(await words(source.address, rows.length), rows)).toBe(-1);
  const all = await words(block.address, guarded.length);
  expect([...all.subarray(0, GUARD), ...all.subarray(-GUARD)]).toEqual(new Array(2 * GUARD).fill(0xfeedface));
  return all.slice(GUARD, -GUARD);
}

async function words(address: number, count: number): Promise<Uint32Array> {
  return new Uint32Array(runtime.memory.buffer, address, count).slice();
}

function expected(kernel: "ntt" | "intt", degree: number, basis: readonly number[], rows: Uint32Array): Uint32Array {
  const out = new Uint32Array(rows.length);
  for (let row = 0; row < rows.length / degree; row++) {
    const tables = nttTables(BigInt(basis[row % basis.length]), degree);
    const a = BigUint64Array.from(rows.subarray(row * degree, (row + 1) * degree), BigInt);
    (kernel === "ntt" ? forwardNtt : inverseNtt)(a, tables);
    out.set(Uint32Array.from(a, Number), row * degree);
  }
  return out;
}

/** Primes = 1 mod 2N below 2^30: the largest and the smallest. */
function extremePrimes(degree: number): [number, number] {
  const step = 2 * degree;
  let high = Math.floor((2 ** 30 - 2) / step) * step + 1;
  while (!isPrime(BigInt(high))) high -= step;
  let low = step + 1;
  while (!isPrime(BigInt(low))) low += step;
  return [high, low];
}

/** Residues that look random, the same in every run. */
function scattered(count: number, q: number, seed: number): Uint32Array {
  let state = BigInt(seed) * 2862933555777941757n + 3037000493n;
  return Uint32Array.from({ length: count }, () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number((state >> 32n) % BigInt(q));
  });
}

/** Edge rows of a degree: each a function of the index. */
function edgeRows(degree: number, q: number): Uint32Array[] {
  const row = (f: (i: number) => number) => Uint32Array.from({ length: degree }, (_, i) => f(i));
  const root = nttTables(BigInt(q), degree).psiRev[1];
  // Times the first root this is (q - 1) / 2 or (q + 1) / 2: quotients at the edge of their rounding.
  const halves = [(q - 1) / 2, (q + 1) / 2].map((h) => Number((BigInt(h) * invMod(root, BigInt(q))) % BigInt(q)));
  return [
    row(() => 0),
    row(() => q - 1),
    row((i) => (i % 2 ? q - 1 : 0)),
    row((i) => (i < degree / 2 ? q - 1 : 0)),
    row((i) => (i === 0 ? 1 : 0)),
    row((i) => (i === degree - 1 ? q - 1 : 0)),
    row((i) => (i < degree / 2 ? q - 1 : halves[i % 2])),
    row((i) => (i < degree / 2 ? 0 : halves[i % 2])),
    scattered(degree, q, degree),
    scattered(degree, q, degree + 1),
  ];
}

/**
 * A row whose first two levels meet quotients just past the edge of rounding, twice in a row: a0 - r - d with r and d a little
 * above q / 2. One correction less and this falls below 0.
 */
function tightRow(degree: number, q: number): Uint32Array {
  const { psiRev } = nttTables(BigInt(q), degree);
  const over = (excess: number, root: bigint) => Number((BigInt((q + 1) / 2 + excess) * invMod(root, BigInt(q))) % BigInt(q));
  const quarter = degree / 4;
  return Uint32Array.from({ length: degree }, (_, i) => {
    const part = Math.floor(i / quarter);
    if (part === 1) return over(Math.floor((i % quarter) / 32) % 32, psiRev[3]);
    return part === 2 ? over(i % 32, psiRev[1]) : 0;
  });
}

const degrees = Array.from({ length: 16 }, (_, i) => 2 ** (i + 1));

describe.each(degrees)("rows of %i coefficients", (degree) => {
  it.each(extremePrimes(degree))("modulo %i are those of the specification, in place and not", async (q) => {
    const rows = [...edgeRows(degree, q), ...(degree >= 16 ? [tightRow(degree, q)] : [])];
    const joined = new Uint32Array(rows.length * degree);
    rows.forEach((row, i) => {
      joined.set(row, i * degree);
    });
    const values = expected("ntt", degree, [q], joined);
    expect(difference(await transform("ntt", degree, [q], joined, false), values)).toBe(-1);
    expect(difference(await transform("ntt", degree, [q], joined, true), values)).toBe(-1);
    expect(difference(await transform("intt", degree, [q], values, false), joined)).toBe(-1);
    expect(difference(await transform("intt", degree, [q], values, true), joined)).toBe(-1);
    // Edge rows of the inverse are not those of the forward transform.
    expect(difference(await transform("intt", degree, [q], joined, false), expected("intt", degree, [q], joined))).toBe(-1);
  });

  it("meets unit vectors at every place", async () => {
    if (degree > 256) return;
    const [q] = extremePrimes(degree);
    const units = new Uint32Array(degree * degree);
    for (let i = 0; i < degree; i++) units[i * degree + i] = q - 1;
    for (const kernel of ["ntt", "intt"] as const) {
      expect(difference(await transform(kernel, degree, [q], units, true), expected(kernel, degree, [q], units))).toBe(-1);
    }
  });
});

describe("batches", () => {
  it.each([4, 64, 2048])("of several limbs, N = %i: row r is modulo prime r mod limbs", async (degree) => {
    const basis = [...extremePrimes(degree), Number(nextPrime(degree))];
    const rows = new Uint32Array(2 * basis.length * degree);
    for (let r = 0; r < 2 * basis.length; r++) rows.set(scattered(degree, basis[r % basis.length], r), r * degree);
    for (const kernel of ["ntt", "intt"] as const) {
      expect(difference(await transform(kernel, degree, basis, rows, false), expected(kernel, degree, basis, rows))).toBe(-1);
    }
  });
});

/** A prime between the extremes. */
function nextPrime(degree: number): bigint {
  const step = BigInt(2 * degree);
  let q = (2n ** 24n / step) * step + 1n;
  while (!isPrime(q)) q += step;
  return q;
}

describe("known answers of HEXL and SEAL", () => {
  it.each(known.map((v, i) => [`${i} ${v.src} N=${v.N} q=${v.q}`, v] as const))("%s", async (_, v) => {
    const q = Number(v.q);
    const values = await transform("ntt", v.N, [q], Uint32Array.from(v.in, Number), false);
    expect(Array.from(values, String)).toEqual(v.out);
    expect(Array.from(await transform("intt", v.N, [q], values, false), String)).toEqual(v.in);
  });

  it("are there for primes below 2^30", () => {
    expect(known.length).toBeGreaterThan(0);
  });
});

describe("prime records", () => {
  it("hold the constants of their prime", async () => {
    for (const degree of [2, 16, 4096]) {
      const [q] = extremePrimes(degree);
      const record = primeRecord(runtime, degree, q);
      expect(primeRecord(runtime, degree, q)).toBe(record);
      const bytes = await runtime.read(record, 0, 64);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const m = BigInt(q);
      expect(view.getUint32(0, true)).toBe(q);
      expect(BigInt.asUintN(32, BigInt(view.getUint32(4, true)) * m)).toBe(1n);
      expect(BigInt(view.getUint32(8, true))).toBe(2n ** 32n % m);
      expect(BigInt(view.getUint32(12, true))).toBe(2n ** 64n % m);
      expect(view.getUint32(20, true)).toBe(2 * q);
      expect((BigInt(view.getUint32(24, true)) * BigInt(degree)) % m).toBe(1n);
      for (const at of [24, 32]) {
        const root = BigInt(view.getUint32(at, true));
        expect(BigInt(view.getUint32(at + 4, true))).toBe((root << 32n) / m);
      }
    }
  });

  it("are listed by address in a basis, which is made once", async () => {
    const basis = extremePrimes(64);
    const block = basisBlock(runtime, 64, basis);
    expect(basisBlock(runtime, 64, [...basis])).toBe(block);
    const addresses = await words(block.address, 2);
    expect([...addresses]).toEqual(basis.map((q) => primeRecord(runtime, 64, q).address));
  });

  it("are listed anew where they have moved", () => {
    let shift = 0;
    const released: number[] = [];
    const written: number[][] = [];
    // Memory that moves: what a runtime does when it gives memory back.
    const moving: Runtime = {
      threads: 1,
      allocate(bytes) {
        const at = 64 * (released.length + written.length + 1);
        const block: Block = {
          bytes,
          get address() {
            return at + shift;
          },
          retain: () => block,
          release: () => void released.push(at),
        };
        return block;
      },
      allocateResult: (bytes) => moving.allocate(bytes),
      write: (_, data) => void written.push([...new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4)]),
      record: () => {},
      read: async () => new Uint8Array(),
      flush: async () => {},
    };
    const basis = extremePrimes(64);
    const first = basisBlock(moving, 64, basis);
    const addresses = written.at(-1)!;
    shift = 1 << 20;
    const second = basisBlock(moving, 64, basis);
    expect(second).not.toBe(first);
    expect(written.at(-1)).toEqual(addresses.map((address) => address + shift));
    expect(released).toHaveLength(1);
    expect(basisBlock(moving, 64, basis)).toBe(second);
  });

  it("refuse what is no prime for the degree", () => {
    for (const q of [65537 * 3, 12289]) expect(() => primeRecord(runtime, 32768, q)).toThrow(ParameterError);
  });
});
