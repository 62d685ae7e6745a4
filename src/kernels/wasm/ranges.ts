/**
 * Which addresses are free: best fit, with neighbours joined at once. Every free range knows which of its parts were used
 * since they were last wiped, so that memory that was never touched is never touched in order to clean it.
 */

/** Every address and every size is a multiple of this. */
export const UNIT = 64;

/** A half-open interval of addresses. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Free {
  start: number;
  end: number;
  /** The parts that hold what earlier owners left there: in order of address, neither touching nor overlapping. */
  dirty: Span[];
  bin: number;
}

const BINS_AN_OCTAVE = 4;
const BINS = 40 * BINS_AN_OCTAVE;

/** Ranges of one bin differ in size by a fifth at most. */
function binOf(bytes: number): number {
  return Math.min(BINS - 1, Math.floor(Math.log2(bytes) * BINS_AN_OCTAVE));
}

/** Spans in order of address, joined where they touch. */
function join(left: readonly Span[], right: readonly Span[]): Span[] {
  if (left.length === 0) return [...right];
  if (right.length === 0) return [...left];
  const [last, first] = [left[left.length - 1], right[0]];
  if (last.end !== first.start) return [...left, ...right];
  return [...left.slice(0, -1), { start: last.start, end: first.end }, ...right.slice(1)];
}

/** The parts of `spans` at and after `start`. */
function after(spans: readonly Span[], start: number): Span[] {
  return spans.filter((s) => s.end > start).map((s) => (s.start < start ? { start, end: s.end } : s));
}

/** Free and taken ranges of an address space that grows at its end and is cut off there. All sizes are multiples of UNIT. */
export class Ranges {
  readonly #bins: Set<Free>[] = Array.from({ length: BINS }, () => new Set<Free>());
  readonly #starts = new Map<number, Free>();
  readonly #ends = new Map<number, Free>();
  #end: number;
  #free = 0;

  /** Addresses below `start` belong to somebody else. */
  constructor(readonly start: number) {
    this.#end = start;
  }

  /** The first address after all. */
  get end(): number {
    return this.#end;
  }

  /** Bytes that are free. */
  get free(): number {
    return this.#free;
  }

  /** Bytes that are free at the end. */
  get tail(): number {
    const last = this.#ends.get(this.#end);
    return last === undefined ? 0 : last.end - last.start;
  }

  /** Adds clean bytes at the end. */
  grow(bytes: number): void {
    const start = this.#end;
    this.#end += bytes;
    this.#join(start, this.#end, []);
  }

  /** The address of `bytes` bytes, or undefined where no free range holds them. */
  take(bytes: number): number | undefined {
    for (let bin = binOf(bytes); bin < BINS; bin++) {
      let best: Free | undefined;
      for (const range of this.#bins[bin]) {
        const size = range.end - range.start;
        if (size < bytes) continue;
        const bestSize = best ? best.end - best.start : Number.POSITIVE_INFINITY;
        if (size < bestSize || (size === bestSize && range.start < best!.start)) best = range;
      }
      if (best) return this.#cut(best, bytes);
    }
    return undefined;
  }

  /** Gives back what {@link take} gave. */
  give(start: number, bytes: number, isDirty: boolean): void {
    this.#join(start, start + bytes, isDirty ? [{ start, end: start + bytes }] : []);
  }

  /** Takes dirty free spans, at most `most` and of at most `bytes` in all; whoever asks wipes them and gives them back. */
  takeDirty(bytes: number, most: number): Span[] {
    const taken: Span[] = [];
    let left = bytes;
    for (const range of [...this.#starts.values()]) {
      if (range.dirty.length === 0) continue;
      this.#remove(range);
      let clean = range.start;
      let dirty = range.dirty;
      while (dirty.length > 0 && left > 0 && taken.length < most) {
        const [{ start, end }] = dirty;
        const span = { start, end: Math.min(end, start + left) };
        taken.push(span);
        left -= span.end - span.start;
        if (start > clean) this.#insert(clean, start, []);
        clean = span.end;
        dirty = after(dirty, clean);
      }
      if (range.end > clean) this.#insert(clean, range.end, dirty);
      if (left === 0 || taken.length === most) break;
    }
    return taken;
  }

  /** What is taken, in order of address, neighbours joined. */
  taken(): Span[] {
    const spans: Span[] = [];
    let at = this.start;
    for (const { start, end } of [...this.#starts.values()].sort((a, b) => a.start - b.start)) {
      if (start > at) spans.push({ start: at, end: start });
      at = end;
    }
    if (this.#end > at) spans.push({ start: at, end: this.#end });
    return spans;
  }

  /** Cuts off what is free at the end, down to `end` at most, and forgets all dirt: memory was replaced. Returns the new end. */
  renew(end: number): number {
    const last = this.#ends.get(this.#end);
    if (last) {
      this.#remove(last);
      this.#end = Math.max(last.start, Math.min(end, last.end));
      if (this.#end > last.start) this.#insert(last.start, this.#end, []);
    }
    for (const range of this.#starts.values()) range.dirty = [];
    return this.#end;
  }

  #cut(range: Free, bytes: number): number {
    this.#remove(range);
    const cut = range.start + bytes;
    if (cut < range.end) this.#insert(cut, range.end, after(range.dirty, cut));
    return range.start;
  }

  #join(start: number, end: number, dirty: Span[]): void {
    const left = this.#ends.get(start);
    const right = this.#starts.get(end);
    if (left) this.#remove(left);
    if (right) this.#remove(right);
    this.#insert(left?.start ?? start, right?.end ?? end, join(join(left?.dirty ?? [], dirty), right?.dirty ?? []));
  }

  #insert(start: number, end: number, dirty: Span[]): void {
    const range: Free = { start, end, dirty, bin: binOf(end - start) };
    this.#bins[range.bin].add(range);
    this.#starts.set(start, range);
    this.#ends.set(end, range);
    this.#free += end - start;
  }

  #remove(range: Free): void {
    this.#bins[range.bin].delete(range);
    this.#starts.delete(range.start);
    this.#ends.delete(range.end);
    this.#free -= range.end - range.start;
  }
}
