import { beforeAll, describe, expect, it } from "vitest";
import { digitBound, foldRowsFor } from "../../../../src/kernels/wasm/modular/context.js";
import { extremes, fromDigits, modularProbe, type Probe } from "../../../support/modular-probe.js";

/** Every number of rows that a common key size needs, and the longest: 512, 1024, 2048, 3072, 4096 and 8192 bits. */
const SIZES = [16, 48, 80, 112, 128, 160, 240, 320, 640];

let probe: Probe;
beforeAll(async () => {
  probe = await modularProbe();
});

describe.each(SIZES)("columns of %i digits, at the largest digits", (digits) => {
  const power = digits <= 320 ? 2 : 1;
  const bound = digitBound(digits, power);
  const foldRows = foldRowsFor(digits, power);
  const r = 8192n ** BigInt(digits);
  const columns = () => probe.place(probe.exports.columnBytes(digits));
  /** The value of columns [from, to) and what carries into them, none of whose digits is out of bounds. */
  const settle = (address: number, from = 0, to = 2 * digits, entering = 0): { value: bigint; carried: number } => {
    const out = probe.place(2 * (to - from));
    const carried = probe.exports.carries(out, address, from, to, digits, 0, entering);
    const settled = probe.digits(out, to - from);
    expect(Math.max(...settled.map(Math.abs))).toBeLessThanOrEqual(bound);
    return { value: fromDigits(settled), carried };
  };
  const total = (address: number) => {
    const { value, carried } = settle(address);
    return BigInt(carried) * r * r + value;
  };

  it("multiplies exactly", () => {
    for (const a of extremes(digits, bound)) {
      for (const e of extremes(digits, bound)) {
        const address = columns();
        probe.exports.put(address, digits, foldRows, probe.putShifted(a), probe.putDigits(e));
        expect(total(address)).toBe(fromDigits(a) * fromDigits(e));
      }
    }
  });

  it("adds the upper columns of a reduction to a sum of products", () => {
    for (const a of extremes(digits, bound)) {
      const [shifted, plain] = [probe.putShifted(a), probe.putDigits(a)];
      const address = columns();
      probe.exports.put(address, digits, foldRows, shifted, plain);
      if (power === 2) probe.exports.add(address, digits, foldRows, shifted, plain);
      // As in a reduction: the lower columns are carried before the upper ones grow, and are not looked at again.
      const low = settle(address, 0, digits);
      probe.exports.addUpper(address, digits, foldRows, shifted, plain);
      const high = settle(address, digits, 2 * digits, low.carried);
      // The upper columns of a product: those of a[i] a[j] with i + j >= L.
      let upper = 0n;
      for (let i = 1; i < digits; i++)
        upper += BigInt(a[i]) * 8192n ** BigInt(i) * (fromDigits(a.slice(digits - i)) * 8192n ** BigInt(digits - i));
      const value = low.value + r * (high.value + r * BigInt(high.carried));
      expect(value).toBe(BigInt(power) * fromDigits(a) ** 2n + upper);
    }
  });

  it("squares from half the products", () => {
    const few = Array.from({ length: digits }, (_, i) => ((7 * i * i) % 8191) - 4095);
    for (const a of [...extremes(digits, bound), few]) {
      const address = columns();
      const work = probe.place(4 * (digits + 32)) + 64;
      probe.exports.putSquare(address, digits, foldRows, probe.putShifted(a), probe.putDigits(a), work);
      expect(total(address)).toBe(fromDigits(a) ** 2n);
    }
  });

  it("doubles a product", () => {
    for (const a of extremes(digits, bound)) {
      const address = columns();
      probe.exports.put(address, digits, foldRows, probe.putShifted(a), probe.putDigits(a));
      probe.exports.double(address, digits);
      expect(total(address)).toBe(2n * fromDigits(a) ** 2n);
    }
  });

  it("multiplies modulo R, and subtracts digits", () => {
    for (const a of extremes(digits, bound)) {
      const address = columns();
      probe.exports.putLower(address, digits, foldRows, probe.putShifted(a), probe.putDigits(a));
      const out = probe.place(2 * digits);
      probe.exports.carries(out, address, 0, digits, digits, probe.putDigits(a), 0);
      const settled = probe.digits(out, digits);
      expect(Math.max(...settled.map(Math.abs))).toBeLessThanOrEqual(bound);
      expect((fromDigits(a) ** 2n - fromDigits(a) - fromDigits(settled)) % r).toBe(0n);
    }
  });

  it("finds what carries out of a multiple of R from two columns", () => {
    for (const n of extremes(digits, 4096)) {
      for (const m of extremes(digits, bound)) {
        // The digits of t are what the lower columns of n m leave to a multiple of R.
        const address = columns();
        probe.exports.putLower(address, digits, foldRows, probe.putShifted(n), probe.putDigits(m));
        const low = probe.place(2 * digits);
        const carried = probe.exports.carries(low, address, 0, digits, digits, 0, 0);
        const t = probe.putDigits(probe.digits(low, digits).map((d) => -d));
        const reversed = probe.putDigits([...n].reverse().concat(Array.from({ length: 16 }, () => 0)));
        expect(probe.exports.exactCarry(digits, reversed, probe.putDigits(m), t)).toBe(carried);
      }
    }
  });
});

it("folds as often as 32 bits need, and no digit outgrows 16 bits", () => {
  for (const digits of SIZES) {
    for (const power of [1, 2] as const) {
      if (power * digits > 640) continue;
      const bound = digitBound(digits, power);
      expect(8 * foldRowsFor(digits, power) * bound ** 2 + 2 ** 14).toBeLessThan(2 ** 31);
      expect(bound).toBeLessThan(4608);
    }
  }
});
