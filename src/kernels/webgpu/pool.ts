/**
 * Buffers that are used again. A buffer given back is first overwritten, at the end of the command buffer that may still
 * read it, and only then handed out again: no old value meets a new owner, and none is changed before its last use.
 */

/** Four sizes to each power of two: at most a fifth of a buffer is unused, and sizes that recur still meet each other. */
export function sizeClass(bytes: number): number {
  if (bytes <= 1024) return 2 ** Math.max(8, Math.ceil(Math.log2(bytes)));
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
  return Math.ceil(bytes / step) * step;
}

/** Bytes of unused buffers that a pool keeps in any case; it keeps as much again as is in use. */
const KEEP_BYTES = 2 ** 28;

/** Buffers of one key stand in for each other. */
const keyOf = ({ size, usage }: { readonly size: number; readonly usage: number }): string => `${usage}/${size}`;

export class BufferPool {
  /** Every buffer that is not destroyed, whoever has it. */
  readonly #all = new Set<GPUBuffer>();
  /** Unused ones, the longest unused first: what work has moved on from makes room for what it uses now. */
  readonly #unused = new Set<GPUBuffer>();
  readonly #free = new Map<string, GPUBuffer[]>();
  readonly #dead = new WeakSet<GPUBuffer>();
  #retired: GPUBuffer[] = [];
  #allBytes = 0;
  #keptBytes = 0;

  constructor(private readonly keepBytes = KEEP_BYTES) {}

  /** Takes charge of a new buffer, which has an owner already. */
  adopt(buffer: GPUBuffer): void {
    this.#all.add(buffer);
    this.#allBytes += buffer.size;
  }

  /** A buffer of exactly this size, its old content overwritten; undefined where none is free. */
  take(size: number, usage: number): GPUBuffer | undefined {
    const free = this.#free.get(keyOf({ size, usage }))?.pop();
    if (free !== undefined) this.#use(free);
    return free;
  }

  /** Takes a buffer back; recorded work may still use it. */
  retire(buffer: GPUBuffer): void {
    if (!this.#dead.has(buffer)) this.#retired.push(buffer);
  }

  /** Strikes off a buffer for which there was no memory: to touch it would spoil a whole submission. */
  discard(buffer: GPUBuffer): void {
    this.#dead.add(buffer);
    this.#retired = this.#retired.filter((other) => other !== buffer);
    this.#destroy(buffer);
  }

  get hasRetired(): boolean {
    return this.#retired.length > 0;
  }

  /** Records the overwriting of what was given back. To be called last on a command encoder; then call {@link recycle}. */
  wipe(encoder: GPUCommandEncoder): void {
    for (const buffer of this.#retired) encoder.clearBuffer(buffer);
  }

  /** Makes what was wiped available again, once the commands are on the queue, and destroys what is too much, oldest first. */
  recycle(): void {
    for (const buffer of this.#retired) {
      const key = keyOf(buffer);
      const list = this.#free.get(key) ?? [];
      list.push(buffer);
      this.#free.set(key, list);
      this.#unused.add(buffer);
      this.#keptBytes += buffer.size;
    }
    this.#retired = [];
    const inUse = this.#allBytes - this.#keptBytes;
    for (const buffer of this.#unused) {
      if (this.#keptBytes <= Math.max(this.keepBytes, inUse)) break;
      this.#drop(buffer);
    }
  }

  /** Destroys every unused buffer. */
  trim(): void {
    for (const buffer of this.#unused) this.#drop(buffer);
  }

  /** Overwrites everything, owned or not: the end. */
  wipeAll(device: GPUDevice): void {
    const encoder = device.createCommandEncoder();
    for (const buffer of this.#all) encoder.clearBuffer(buffer);
    device.queue.submit([encoder.finish()]);
  }

  /** Destroys everything, owned or not: the end. */
  destroyAll(): void {
    for (const buffer of this.#all) buffer.destroy();
    this.#all.clear();
    this.#unused.clear();
    this.#free.clear();
    this.#retired = [];
    this.#allBytes = 0;
    this.#keptBytes = 0;
  }

  /** Strikes an unused buffer off the list of those. */
  #use(buffer: GPUBuffer): void {
    this.#unused.delete(buffer);
    this.#keptBytes -= buffer.size;
  }

  /** Destroys an unused buffer. */
  #drop(buffer: GPUBuffer): void {
    const list = this.#free.get(keyOf(buffer)) ?? [];
    list.splice(list.indexOf(buffer), 1);
    this.#use(buffer);
    this.#destroy(buffer);
  }

  #destroy(buffer: GPUBuffer): void {
    if (this.#all.delete(buffer)) this.#allBytes -= buffer.size;
    buffer.destroy();
  }
}
