import { describe, expect, it } from "vitest";
import { Ranges, type Span, UNIT } from "../../../src/kernels/wasm/ranges.js";
import { testRandom } from "../../support/random.js";

const START = 3 * UNIT;

/** The same, unit by unit. */
class Model {
  /** What each unit is: taken, free and clean, or free and dirty. */
  readonly units: ("taken" | "clean" | "dirty")[] = [];

  set(start: number, bytes: number, to: "taken" | "clean" | "dirty"): void {
    for (let i = (start - START) / UNIT; i < (start + bytes - START) / UNIT; i++) this.units[i] = to;
  }

  spans(...kinds: string[]): Span[] {
    const spans: { start: number; end: number }[] = [];
    this.units.forEach((kind, i) => {
      if (!kinds.includes(kind)) return;
      const at = START + i * UNIT;
      if (spans.at(-1)?.end === at) spans.at(-1)!.end += UNIT;
      else spans.push({ start: at, end: at + UNIT });
    });
    return spans;
  }
}

const size = ({ start, end }: Span) => end - start;

describe("ranges", () => {
  it("fit best, and lowest among equals", () => {
    const ranges = new Ranges(0);
    ranges.grow(40 * UNIT);
    const at = [4, 1, 2, 1, 2, 1].map((units) => ranges.take(units * UNIT) as number);
    for (const i of [0, 2, 4]) ranges.give(at[i], [4, 0, 2, 0, 2][i] * UNIT, true);
    expect(ranges.take(2 * UNIT)).toBe(at[2]);
    expect(ranges.take(2 * UNIT)).toBe(at[4]);
    expect(ranges.take(2 * UNIT)).toBe(at[0]);
    expect(ranges.take(3 * UNIT)).toBe(at[5] + UNIT);
    expect(ranges.take(30 * UNIT)).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5, 6])("agree with a model, unit by unit, whatever is asked of them (%i)", (seed) => {
    const random = testRandom(`ranges ${seed}`);
    const below = (n: number) => random.below(n);
    const [ranges, model] = [new Ranges(START), new Model()];
    const live: { start: number; bytes: number }[] = [];
    const wiping: Span[] = [];
    const grow = (units: number) => {
      const start = ranges.end;
      ranges.grow(units * UNIT);
      model.set(start, units * UNIT, "clean");
    };
    grow(50);
    for (let step = 0; step < 3000; step++) {
      const act = below(100);
      if (act < 45) {
        const bytes = (1 + below(below(10) === 0 ? 60 : 8)) * UNIT;
        const fits = model.spans("clean", "dirty").filter((s) => size(s) >= bytes);
        const start = ranges.take(bytes);
        if (start === undefined) {
          expect(fits).toEqual([]);
          if (ranges.end < 2000 * UNIT) grow(1 + below(60));
          continue;
        }
        const span = fits.find((s) => s.start === start) as Span;
        expect(size(span)).toBe(Math.min(...fits.map(size)));
        model.set(start, bytes, "taken");
        live.push({ start, bytes });
      } else if (act < 90 && live.length > 0) {
        const [{ start, bytes }] = live.splice(below(live.length), 1);
        ranges.give(start, bytes, true);
        model.set(start, bytes, "dirty");
      } else if (act < 95) {
        const dirty = model.spans("dirty").reduce((sum, s) => sum + size(s), 0);
        const [bytes, most] = [(1 + below(20)) * UNIT, 1 + below(5)];
        const spans = ranges.takeDirty(bytes, most);
        const got = spans.reduce((sum, s) => sum + size(s), 0);
        expect(got).toBeLessThanOrEqual(bytes);
        expect(spans.length).toBeLessThanOrEqual(most);
        if (spans.length < most) expect(got).toBe(Math.min(dirty, bytes));
        for (const span of spans) {
          expect(model.units.slice((span.start - START) / UNIT, (span.end - START) / UNIT).every((u) => u === "dirty")).toBe(
            true,
          );
          model.set(span.start, size(span), "taken");
        }
        wiping.push(...spans);
      } else if (act < 98) {
        for (const span of wiping.splice(0)) {
          ranges.give(span.start, size(span), false);
          model.set(span.start, size(span), "clean");
        }
      } else {
        const least = START + below(model.units.length + 10) * UNIT;
        const end = ranges.renew(least);
        const top = model.spans("taken").at(-1)?.end ?? START;
        expect(end).toBe(Math.max(top, Math.min(least, START + model.units.length * UNIT)));
        model.units.length = (end - START) / UNIT;
        model.units.forEach((unit, i) => {
          if (unit === "dirty") model.units[i] = "clean";
        });
      }
      expect(ranges.taken()).toEqual(model.spans("taken"));
      expect(ranges.free).toBe(model.spans("clean", "dirty").reduce((sum, s) => sum + size(s), 0));
      expect(ranges.end).toBe(START + model.units.length * UNIT);
    }
    for (const { start, bytes } of live) ranges.give(start, bytes, false);
    for (const span of wiping) ranges.give(span.start, size(span), false);
    expect(ranges.taken()).toEqual([]);
    expect(ranges.take(ranges.end - START)).toBe(START);
  });
});
