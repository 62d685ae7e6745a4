import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ParameterError, WireError } from "../../src/errors.js";
import { packedBytes, packResidues, unpackResidues } from "../../src/math/bitpack.js";
import { testRandom } from "../support/random.js";

const primes = fc.array(
  fc.integer({ min: 2, max: 32 }).chain((bits) => fc.integer({ min: 2 ** (bits - 1), max: 2 ** bits - 1 })),
  { minLength: 1, maxLength: 4 },
);

const layouts = fc.record({
  degree: fc.constantFrom(1, 2, 3, 8, 31, 32, 64),
  basis: primes,
  batch: fc.integer({ min: 0, max: 3 }),
});

/** Residues at the edges of their range as often as anywhere inside. */
const packed = layouts.chain((layout) => {
  const limits: number[] = [];
  for (let b = 0; b < layout.batch; b++) for (const q of layout.basis) for (let j = 0; j < layout.degree; j++) limits.push(q);
  const values = fc.tuple(...limits.map((q) => fc.oneof(fc.constant(q - 1), fc.constant(0), fc.integer({ min: 0, max: q - 1 }))));
  return fc.record({ layout: fc.constant(layout), residues: values.map((v) => Uint32Array.from(v)) });
});

describe("bit packing", () => {
  it("reads what it wrote, in the promised number of bytes, at any alignment", () => {
    fc.assert(
      fc.property(packed, fc.integer({ min: 0, max: 3 }), ({ layout, residues }, shift) => {
        const bytes = packResidues(residues, layout);
        expect(bytes.length).toBe(packedBytes(layout));
        const shifted = new Uint8Array(bytes.length + shift);
        shifted.set(bytes, shift);
        expect(unpackResidues(shifted.subarray(shift), layout)).toEqual(residues);
      }),
    );
  });

  it.each([
    ["30 bits, whole groups", 2 ** 30 - 35, 64],
    ["30 bits, the smallest prime of that width", 2 ** 29 + 11, 32],
    ["30 bits, no whole groups", 2 ** 30 - 35, 24],
    ["29 bits", 2 ** 29 - 3, 64],
  ])("packs rows of %s as plain arithmetic says", (_name, q, degree) => {
    const random = testRandom(`rows ${q} ${degree}`);
    const edges = [0, 1, q - 1, q - 1, q - 2, 0, q - 1];
    const residues = Uint32Array.from({ length: 2 * degree }, (_, j) => edges[j] ?? random.below(q));
    const layout = { degree, basis: [q], batch: 2 };
    const width = q.toString(2).length;
    const words = Math.ceil((degree * width) / 32);
    const expected = new Uint8Array(8 * words);
    for (const [row, first] of [0, 4 * words].entries()) {
      let bits = 0n;
      for (let j = 0; j < degree; j++) bits |= BigInt(residues[row * degree + j]) << BigInt(j * width);
      for (let i = 0; i < 4 * words; i++) expected[first + i] = Number((bits >> BigInt(8 * i)) & 255n);
    }
    expect(packResidues(residues, layout)).toEqual(expected);
    expect(unpackResidues(expected, layout)).toEqual(residues);
  });

  it("refuses a residue too large at every place of a group, when writing and when reading", () => {
    const [low, high] = [2 ** 29 + 11, 2 ** 30 - 35];
    const layout = { degree: 32, basis: [low], batch: 1 };
    for (let j = 0; j < 32; j++) {
      for (const value of [low, high - 1, 2 ** 31, 2 ** 32 - 1]) {
        const residues = new Uint32Array(32).fill(low - 1);
        residues[j] = value;
        expect(() => packResidues(residues, layout)).toThrow(ParameterError);
        if (value >= high) continue;
        const bytes = packResidues(residues, { ...layout, basis: [high] });
        expect(() => unpackResidues(bytes, layout)).toThrow(WireError);
      }
    }
  });

  it("spends the bit length of the prime on each residue", () => {
    expect(packedBytes({ degree: 4096, basis: [2 ** 30 - 35, 2 ** 20 - 3], batch: 2 })).toBe((2 * 4096 * 50) / 8);
    const bytes = packResidues(Uint32Array.of(1, 2, 3, 4, 5, 6, 0, 6), { degree: 8, basis: [7], batch: 1 });
    let bits = 0;
    for (let j = 0; j < 8; j++) bits += [1, 2, 3, 4, 5, 6, 0, 6][j] * 8 ** j;
    expect(new DataView(bytes.buffer).getUint32(0, true)).toBe(bits);
  });

  it("refuses a residue that is not below its prime, when writing and when reading", () => {
    const layout = { degree: 4, basis: [13], batch: 1 };
    expect(() => packResidues(Uint32Array.of(0, 13, 0, 0), layout)).toThrow(ParameterError);
    // 13 and 15 are packed to the same width, so bytes written for 15 hold a 14 that 13 does not allow.
    const bytes = packResidues(Uint32Array.of(0, 14, 0, 0), { ...layout, basis: [15] });
    expect(() => unpackResidues(bytes, layout, "request, section 'C0CT'")).toThrow(
      /request, section 'C0CT': expected residues below 13/,
    );
  });

  it("refuses another length and filled padding", () => {
    const layout = { degree: 3, basis: [13], batch: 1 };
    const bytes = packResidues(Uint32Array.of(1, 2, 12), layout);
    expect(() => unpackResidues(bytes.subarray(1), layout)).toThrow(WireError);
    expect(() => unpackResidues(new Uint8Array(8), layout)).toThrow(/expected 4 bytes, got 8/);
    bytes[3] |= 0x80;
    expect(() => unpackResidues(bytes, layout)).toThrow(/zero bits after each row/);
  });

  it("refuses residues and primes of the wrong shape", () => {
    expect(() => packResidues(new Uint32Array(3), { degree: 4, basis: [13], batch: 1 })).toThrow(
      /residues: expected 1 x 1 x 4 values, got 3/,
    );
    for (const q of [0, 1, 2.5, 2 ** 32]) expect(() => packedBytes({ degree: 4, basis: [q], batch: 1 })).toThrow(ParameterError);
  });
});
