/**
 * Buffers that are used again. One given back may at once become the output of work recorded later, because dispatches run in
 * the order of recording; but data written through the queue would overtake recorded work, so an upload gets only what was given back before
 * the last submission.
 *
 * Old content is not overwritten before the next use: every kernel writes the whole of its output, and all owners belong to one
 * backend. It is overwritten once the backend rests, before a buffer is destroyed, and at the end (idle.ts, context.ts).
 */

/** Four sizes to each power of two: at most a fifth of a buffer is unused, and sizes that recur still meet each other. */
export function sizeClass(bytes: number): number {
  if (bytes <= 1024) return 2 ** Math.max(8, Math.ceil(Math.log2(bytes)));
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
  return Math.ceil(bytes / step) * step;
}

export interface PoolLimits {
  /** Bytes of unused buffers that are kept in any case. */
  readonly keepBytes: number;
  /** The most that recent work had at once is what it will need again; recent are the last submissions and the last while, whichever is more. */
  readonly recentSubmissions: number;
  readonly recentMs: number;
}

const LIMITS: PoolLimits = { keepBytes: 2 ** 28, recentSubmissions: 32, recentMs: 1000 };

/** Buffers of one key stand in for each other. */
const keyOf = ({ size, usage }: { readonly size: number; readonly usage: number }): string => `${usage}/${size}`;

/** What a buffer will be written by first: work in its place among recorded work, or the queue, ahead of it. */
export type FirstWriter = "work" | "queue";

export class BufferPool {
  /** Every buffer that is not destroyed, whoever has it. */
  readonly #all = new Set<GPUBuffer>();
  /** Unused ones that no recorded work touches, the longest unused first: what work has moved on from makes room for what it uses now. */
  readonly #unused = new Set<GPUBuffer>();
  readonly #free = new Map<string, GPUBuffer[]>();
  /** Given back since the last submission, which recorded work may still use. */
  readonly #retired = new Set<GPUBuffer>();
  readonly #dead = new WeakSet<GPUBuffer>();
  /** Not yet known to have memory: touched by nobody but their owner. */
  readonly #unsure = new WeakSet<GPUBuffer>();
  /** Unused ones with old content. */
  readonly #soiled = new Set<GPUBuffer>();
  #condemned: GPUBuffer[] = [];
  readonly #limits: PoolLimits;
  #allBytes = 0;
  #unusedBytes = 0;
  /** The most bytes in use at once, in the current stretch of time and in the one before. */
  #peak = 0;
  #peakBefore = 0;
  #submissions = 0;
  #since = performance.now();

  constructor(limits: Partial<PoolLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Takes charge of a new buffer, which has an owner already. Until {@link confirm} nobody else gets it in the same submission. */
  adopt(buffer: GPUBuffer): void {
    this.#all.add(buffer);
    this.#unsure.add(buffer);
    this.#allBytes += buffer.size;
    this.#notePeak();
  }

  /** There was memory for a new buffer. */
  confirm(buffer: GPUBuffer): void {
    this.#unsure.delete(buffer);
  }

  /** A buffer of exactly this size with any content; undefined where none is free. */
  take(size: number, usage: number, first: FirstWriter): GPUBuffer | undefined {
    const key = keyOf({ size, usage });
    if (first === "work") {
      // What was used last is still in the caches of the device.
      for (const buffer of this.#retired) {
        if (buffer.size !== size || buffer.usage !== usage || this.#unsure.has(buffer)) continue;
        this.#retired.delete(buffer);
        return buffer;
      }
    }
    const free = this.#free.get(key)?.pop();
    if (free !== undefined) this.#use(free);
    return free;
  }

  /** Takes a buffer back; recorded work may still use it. */
  retire(buffer: GPUBuffer): void {
    if (this.#dead.has(buffer) || !this.#all.has(buffer)) return;
    this.#retired.add(buffer);
  }

  /** Strikes off a buffer for which there was no memory: to touch it would spoil a whole submission. */
  discard(buffer: GPUBuffer): void {
    this.#dead.add(buffer);
    this.#retired.delete(buffer);
    if (this.#unused.has(buffer)) this.#strike(buffer);
    this.#destroy(buffer);
  }

  get hasRetired(): boolean {
    return this.#retired.size > 0;
  }

  /** Bytes of all buffers, whoever has them. */
  get bytes(): number {
    return this.#allBytes;
  }

  /**
   * Makes what was given back available, and records the overwriting of what is too much, oldest first. To be called last on a
   * command encoder; then call {@link submitted}.
   */
  collect(encoder: GPUCommandEncoder): void {
    this.#turn();
    for (const buffer of this.#retired) {
      const key = keyOf(buffer);
      const list = this.#free.get(key) ?? [];
      list.push(buffer);
      this.#free.set(key, list);
      this.#unused.add(buffer);
      this.#soiled.add(buffer);
      this.#unusedBytes += buffer.size;
    }
    this.#retired.clear();
    const inUse = this.#allBytes - this.#unusedBytes;
    const keep = Math.max(this.#limits.keepBytes, Math.max(this.#peak, this.#peakBefore) - inUse);
    for (const buffer of this.#unused) {
      if (this.#unusedBytes <= keep) break;
      if (this.#soiled.has(buffer)) encoder.clearBuffer(buffer);
      this.#strike(buffer);
      this.#condemned.push(buffer);
    }
  }

  /** The commands are on the queue: destroys what they have overwritten for that. */
  submitted(): void {
    for (const buffer of this.#condemned) this.#destroy(buffer);
    this.#condemned = [];
  }

  /** Overwrites the old content of unused buffers. */
  wipe(device: GPUDevice): void {
    if (this.#soiled.size === 0) return;
    clear(device, this.#soiled);
    this.#soiled.clear();
  }

  /** Destroys every unused buffer. What recent work needed counts no more. */
  trim(): void {
    for (const buffer of this.#unused) {
      this.#strike(buffer);
      this.#destroy(buffer);
    }
    this.#peak = this.#allBytes;
    this.#peakBefore = 0;
  }

  /** Overwrites everything, owned or not: the end. */
  wipeAll(device: GPUDevice): void {
    clear(device, this.#all);
  }

  /** Destroys everything, owned or not: the end. */
  destroyAll(): void {
    for (const buffer of this.#all) buffer.destroy();
    this.#all.clear();
    this.#unused.clear();
    this.#soiled.clear();
    this.#free.clear();
    this.#retired.clear();
    this.#allBytes = 0;
    this.#unusedBytes = 0;
  }

  #notePeak(): void {
    this.#peak = Math.max(this.#peak, this.#allBytes - this.#unusedBytes);
  }

  /** A submission more; after many, and some time, the older peak is forgotten. */
  #turn(): void {
    this.#notePeak();
    const now = performance.now();
    if (++this.#submissions < this.#limits.recentSubmissions || now - this.#since < this.#limits.recentMs) return;
    this.#peakBefore = this.#peak;
    this.#peak = 0;
    this.#submissions = 0;
    this.#since = now;
    // What is in use or was a moment ago belongs to both stretches.
    this.#notePeak();
  }

  /** An unused buffer has an owner again. */
  #use(buffer: GPUBuffer): void {
    this.#unused.delete(buffer);
    this.#soiled.delete(buffer);
    this.#unusedBytes -= buffer.size;
    this.#notePeak();
  }

  /** Strikes an unused buffer off all lists of those. */
  #strike(buffer: GPUBuffer): void {
    const list = this.#free.get(keyOf(buffer)) ?? [];
    list.splice(list.indexOf(buffer), 1);
    this.#unused.delete(buffer);
    this.#soiled.delete(buffer);
    this.#unusedBytes -= buffer.size;
  }

  #destroy(buffer: GPUBuffer): void {
    if (this.#all.delete(buffer)) this.#allBytes -= buffer.size;
    buffer.destroy();
  }
}

function clear(device: GPUDevice, buffers: Iterable<GPUBuffer>): void {
  const encoder = device.createCommandEncoder();
  for (const buffer of buffers) encoder.clearBuffer(buffer);
  device.queue.submit([encoder.finish()]);
}
