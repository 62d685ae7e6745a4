/**
 * The Montgomery kernel of shaders/limbs, line by line on numbers, with every word checked: an intermediate value that
 * does not fit in 32 bits throws. It is slow, and it shows what a GPU would hide by wrapping round.
 */
import { carryModel } from "../../../src/math/limbs.js";

type Block = [number, number, number, number];

/** The largest word that occurred in each place, for assertions on ranges. */
export interface Extremes {
  product: number;
  high: number;
  carry: number;
  limb: number;
  share: number;
}

export class MontgomeryModel {
  readonly extremes: Extremes = { product: 0, high: 0, carry: 0, limb: 0, share: 0 };
  private readonly base: number;
  private readonly foldBlocks: number;

  constructor(
    readonly width: number,
    readonly blocks: number,
    private readonly modulus: Uint32Array,
    private readonly inverse: Uint32Array,
  ) {
    this.base = 2 ** width;
    this.foldBlocks = carryModel(width).foldBlocks;
  }

  /** x y / R mod n as the kernel computes it; lazy limbs in and out. */
  multiply(x: Uint32Array, y: Uint32Array): Uint32Array {
    const { blocks } = this;
    const range = Array.from({ length: blocks }, (_, t) => t);
    const low = range.map((t) => this.ripple(this.lowColumns(t, x, y)));
    const high = range.map((t) => this.ripple(this.highColumns(t, x, y, [0, 0, 0, 0])));
    const t = this.settle(low.map((b, i) => ({ limbs: b.limbs, carry: i === 0 ? 0 : low[i - 1]!.carry })));
    const m0 = range.map((i) => this.ripple(this.lowColumns(i, t, this.inverse)));
    const m = this.settle(m0.map((b, i) => ({ limbs: b.limbs, carry: i === 0 ? 0 : m0[i - 1]!.carry })));
    const u = range.map((i) => this.ripple(this.highColumns(i, m, this.modulus, high[i]!.limbs)));
    const carry = this.word("carry", this.estimate(t, m) + low[blocks - 1]!.carry);
    return this.settle(
      u.map((b, i) => ({ limbs: b.limbs, carry: i === 0 ? carry : this.word("carry", u[i - 1]!.carry + high[i - 1]!.carry) })),
    );
  }

  private word(place: keyof Extremes, value: number): number {
    if (value < 0 || value > 0xffffffff) throw new RangeError(`${place}: ${value} does not fit in 32 bits`);
    this.extremes[place] = Math.max(this.extremes[place], value);
    return value;
  }

  /** Adds the products x[i] y[k - i] of four columns for i in blocks [from, to], folding as the kernel does. */
  private columns(first: number, x: Uint32Array, y: Uint32Array, sums: Block, blocksFrom: number, blocksTo: number) {
    const high: Block = [0, 0, 0, 0];
    let step = 0;
    for (let s = blocksFrom; s <= blocksTo; s++) {
      for (let c = 0; c < 4; c++) {
        for (let d = 0; d < 4; d++) {
          const j = first + c - (4 * s + d);
          if (j >= 0 && j < y.length) sums[c] = this.word("product", sums[c]! + x[4 * s + d]! * y[j]!);
        }
      }
      // Each lane starts its sums at another step, so a fold may come as late as foldBlocks steps after a start.
      if (++step % this.foldBlocks === 0) this.fold(sums, high);
    }
    return { sums, high };
  }

  private fold(sums: Block, high: Block): void {
    for (let c = 0; c < 4; c++) {
      high[c] = this.word("high", high[c]! + Math.floor(sums[c]! / this.base));
      sums[c]! %= this.base;
    }
  }

  private lowColumns(t: number, x: Uint32Array, y: Uint32Array) {
    return this.columns(4 * t, x, y, [0, 0, 0, 0], 0, t);
  }

  private highColumns(t: number, x: Uint32Array, y: Uint32Array, sums: Block) {
    return this.columns(4 * (this.blocks + t), x, y, [...sums], t, this.blocks - 1);
  }

  private ripple({ sums, high }: { sums: Block; high: Block }): { limbs: Block; carry: number } {
    this.fold(sums, high);
    const limbs: Block = [sums[0], 0, 0, 0];
    let carry = 0;
    for (let c = 1; c < 4; c++) {
      const v = this.word("high", sums[c]! + high[c - 1]! + carry);
      limbs[c] = v % this.base;
      carry = Math.floor(v / this.base);
    }
    return { limbs, carry: this.word("carry", high[3] + carry) };
  }

  private settle(parts: { limbs: Block; carry: number }[]): Uint32Array {
    const out = new Uint32Array(4 * this.blocks);
    parts.forEach(({ limbs, carry }, t) => {
      let add = carry;
      for (let c = 0; c < 3; c++) {
        const v = this.word("carry", limbs[c]! + add);
        out[4 * t + c] = v % this.base;
        add = Math.floor(v / this.base);
      }
      out[4 * t + 3] = this.word("limb", limbs[3] + add);
    });
    return out;
  }

  /** The carry of T mod R + (m n mod R), from two columns. */
  private estimate(t: Uint32Array, m: Uint32Array): number {
    const { blocks, modulus: n, base } = this;
    const block = (a: Uint32Array, i: number) => (i < 0 ? [0, 0, 0, 0] : [...a.subarray(4 * i, 4 * i + 4)]);
    const share = (i: number) => {
      const a = block(m, i);
      const b = block(n, blocks - 1 - i);
      const p = block(n, blocks - 2 - i);
      const top = this.word("share", a[0]! * b[3]! + a[1]! * b[2]! + a[2]! * b[1]! + a[3]! * b[0]!);
      const next = this.word("share", a[0]! * b[2]! + a[1]! * b[1]! + a[2]! * b[0]! + a[3]! * p[3]!);
      return this.word("share", top + Math.floor(next / base));
    };
    let low = 0;
    let high = 0;
    for (let lane = 0; lane < blocks / 2; lane++) {
      const own = lane === 0 ? t[4 * blocks - 1]! + Math.floor(t[4 * blocks - 2]! / base) : 0;
      const e = this.word("share", share(lane) + share(blocks - 1 - lane) + own);
      low = this.word("share", low + (e % base));
      high = this.word("share", high + Math.floor(e / base));
    }
    return high + Math.floor((low + base - 1) / base);
  }
}
