/**
 * The GPU as kernels see it: memory, pipelines, recorded work, reading.
 *
 *     const context = await GpuContext.create({ forceSoftware: true });
 *     const pipeline = await context.pipeline({ entry: "modular_multiply", constants: { BLOCKS: 16 } });
 *     const a = context.upload(words, "operand");              // one owner: release() at the end
 *     const out = context.allocate(a.bytes, "product");
 *     context.record(pipeline, [a, out], [start, end], groups);  // bindings by number, then the words of the uniform, last
 *     const bytes = await context.read(out);                   // submits; rejects with what spoilt the value
 *     await context.flush();                                   // submits and waits: bounds work and memory
 *
 * `record` returns at once. Releasing memory after recording is right: work keeps what it needs. A dispatch may not bind
 * one memory both for reading and for writing. Groups are a count, folded over two dimensions beyond 65,535
 * (shaders/grid/flat_id.wgsl gives the flat index back), or three numbers.
 */
import { DeviceLostError, type WebheError } from "../../errors.js";
import type { ReadOptions, WorkCounters } from "../interface.js";
import { checkOpen } from "../shapes.js";
import type { AdapterDescription, AdapterWish } from "./adapters.js";
import { MAX_GROUPS, Usage } from "./constants.js";
import { type OpenedDevice, openDevice } from "./device.js";
import { IdleWatch } from "./idle.js";
import { type GpuLimits, grantedLimits, requireLimit } from "./limits.js";
import type { ShaderSpec } from "./link.js";
import { GpuMemory, type GpuView, viewOf } from "./memory.js";
import { type GpuPipeline, PipelineCache } from "./pipelines.js";
import { BufferPool, type FirstWriter, sizeClass } from "./pool.js";
import { readBack } from "./readback.js";
import { gpuError, popError, WorkRecorder } from "./recorder.js";
import { PassTimer } from "./timing.js";

export interface GpuOptions extends AdapterWish {
  /** A GPUDevice of the caller's, who goes on owning it. */
  readonly device?: unknown;
  /** Lowers what is taken for the device's limits; for tests. */
  readonly limits?: Partial<GpuLimits>;
  /** Fills memory with ones before it is handed out; for tests of what relies on its content. */
  readonly soil?: boolean;
}

const STORAGE = Usage.STORAGE | Usage.COPY_SRC | Usage.COPY_DST;
const STAGING = Usage.MAP_READ | Usage.COPY_DST;

/** Milliseconds without work after which released memory is overwritten, and after which it goes back to the device. */
const WIPE_AFTER_MS = 50;
const TRIM_AFTER_MS = 10_000;

export class GpuContext {
  readonly limits: GpuLimits;
  readonly adapter: AdapterDescription;
  /** Resolves with the reason once no more work can be done; never rejects. */
  readonly lost: Promise<string>;
  readonly #device: GPUDevice;
  readonly #owned: boolean;
  readonly #soil: boolean;
  readonly #pipelines: PipelineCache;
  readonly #pool: BufferPool;
  readonly #recorder: WorkRecorder;
  readonly #idle = new IdleWatch([
    { after: WIPE_AFTER_MS, run: () => this.#wipe() },
    { after: TRIM_AFTER_MS, run: () => this.#pool.trim() },
  ]);
  readonly #reads = new Set<Promise<unknown>>();
  #timers: PassTimer[] | undefined;
  #bytesUploaded = 0;
  #bytesRead = 0;
  #loss: DeviceLostError | undefined;
  #closing: Promise<void> | undefined;

  private constructor({ device, adapter, owned }: OpenedDevice, options: GpuOptions) {
    this.#device = device;
    this.#owned = owned;
    this.adapter = adapter;
    this.limits = grantedLimits(device.limits, options.limits);
    this.#pipelines = new PipelineCache(device);
    this.#pool = new BufferPool();
    this.#soil = options.soil === true;
    this.#recorder = new WorkRecorder(device, this.#pool, () => this.#timestamps());
    this.lost = device.lost.then(({ reason, message }) => this.#lose(reason ?? "unknown", message));
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#recorder.uncaught(gpuError(event.error.message, "work"));
    });
  }

  /** Throws ParameterError or BackendUnavailableError as {@link openDevice} says. */
  static async create(options: GpuOptions = {}): Promise<GpuContext> {
    return new GpuContext(await openDevice(options), options);
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  get isSoftware(): boolean {
    return this.adapter.isSoftware;
  }

  /** Whether {@link measure} can tell times. */
  get hasTimestamps(): boolean {
    return this.#device.features.has("timestamp-query");
  }

  counters(): WorkCounters {
    const { dispatches, submissions } = this.#recorder;
    return { dispatches, submissions, bytesUploaded: this.#bytesUploaded, bytesRead: this.#bytesRead };
  }

  /** The compiled pipeline of `shaders/entry/<entry>.wgsl`. Rejects with BackendUnavailableError, naming file and line. */
  pipeline(spec: ShaderSpec): Promise<GpuPipeline> {
    this.#checkOpen();
    return this.#pipelines.get(spec);
  }

  /**
   * Memory of this many bytes for kernels to fill, content undefined. Throws LimitError where it exceeds what one binding or
   * buffer may hold; where the device runs out of memory, reading what was computed with it rejects.
   */
  allocate(bytes: number, what: string): GpuMemory {
    return this.#allocate(bytes, what, "work");
  }

  #allocate(bytes: number, what: string, first: FirstWriter): GpuMemory {
    this.#checkOpen();
    const remedy = "use smaller batches";
    requireLimit(this.limits, "maxBufferSize", bytes, remedy);
    requireLimit(this.limits, "maxStorageBufferBindingSize", bytes, remedy);
    const { buffer, scope } = this.#buffer(bytes, STORAGE, this.#soil ? "queue" : first);
    if (this.#soil) this.#device.queue.writeBuffer(buffer, 0, new Uint8Array(buffer.size).fill(255));
    buffer.label = what;
    const memory = new GpuMemory(buffer, bytes, (retired) => {
      this.#pool.retire(retired);
      this.#idle.poke();
    });
    const { fate } = memory;
    if (scope) void scope.then((error) => (error ? fate.fail(error) : fate.settle()));
    else fate.settle();
    return memory;
  }

  /** A buffer of the pool, or a new one with the scope that tells whether there was memory for it. */
  #buffer(
    bytes: number,
    usage: number,
    first: FirstWriter,
  ): { readonly buffer: GPUBuffer; readonly scope?: Promise<WebheError | undefined> } {
    const size = Math.min(sizeClass(bytes), this.#device.limits.maxBufferSize);
    const free = this.#pool.take(size, usage, first);
    if (free) return { buffer: free };
    this.#device.pushErrorScope("out-of-memory");
    const buffer = this.#device.createBuffer({ size, usage });
    this.#pool.adopt(buffer);
    const scope = popError(this.#device, "memory").then((error) => {
      if (!error) this.#pool.confirm(buffer);
      else {
        this.#pool.discard(buffer);
        // What comes next may fit where unused buffers were.
        this.#pool.trim();
      }
      return error;
    });
    this.#recorder.watch(scope);
    return { buffer, scope };
  }

  /** New memory with this content. */
  upload(data: ArrayBufferView, what: string): GpuMemory {
    const memory = this.#allocate(data.byteLength, what, "queue");
    this.#device.queue.writeBuffer(memory.buffer, 0, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    this.#bytesUploaded += data.byteLength;
    this.#recorder.uploaded(data.byteLength);
    return memory;
  }

  /** Records one dispatch. See the head of this file. */
  record(
    pipeline: GpuPipeline,
    bindings: readonly (GpuMemory | GpuView)[],
    uniforms: ArrayLike<number>,
    groups: number | readonly [number, number, number],
  ): void {
    this.#checkOpen();
    this.#recorder.record(pipeline, bindings, uniforms, typeof groups === "number" ? foldGroups(groups) : groups);
  }

  /** Submits what is recorded without waiting for it. */
  submit(): void {
    this.#checkOpen();
    this.#idle.poke();
    void this.#recorder.submit();
  }

  /** Submits what is recorded and waits for it. Rejects with DeviceLostError once the device is lost. */
  async flush(): Promise<void> {
    this.#checkOpen();
    await this.#recorder.submit();
    await this.#device.queue.onSubmittedWorkDone().catch(() => undefined);
    this.#idle.poke();
    if (this.#loss) throw this.#loss;
  }

  /** The backend rests: overwrites what was released. */
  #wipe(): void {
    void this.#recorder.submit();
    this.#pool.wipe(this.#device);
  }

  /**
   * The bytes of a memory, or of a part of it, after all recorded work. Rejects with the error that spoilt it, with
   * DeviceLostError, or with the signal's reason, looked at between slices.
   */
  async read(from: GpuMemory | GpuView, { signal }: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    this.#checkOpen();
    signal?.throwIfAborted();
    const reading = this.#read(viewOf(from), signal);
    this.#reads.add(reading);
    try {
      return await reading;
    } finally {
      this.#reads.delete(reading);
      this.#idle.poke();
    }
  }

  async #read(view: GpuView, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const memory = view.memory.retain();
    const fate = memory.fate;
    const check = () => {
      if (this.#loss) throw this.#loss;
      if (fate.error) throw fate.error;
    };
    try {
      const bytes = await readBack(view, {
        take: (size) => this.#buffer(size, STAGING, "queue").buffer,
        give: (buffer) => this.#pool.retire(buffer),
        copy: (part, target) => {
          this.#recorder.copy(part, target);
          return this.#recorder.submit();
        },
        check,
        signal,
      });
      this.#bytesRead += bytes.byteLength;
      return bytes;
    } finally {
      memory.release();
    }
  }

  /** Runs `work`, which records, and tells the nanoseconds it took on the device; undefined where no clock is to be had. */
  async measure(work: () => void): Promise<number | undefined> {
    await this.flush();
    const timers: PassTimer[] = [];
    this.#timers = this.hasTimestamps ? timers : undefined;
    try {
      work();
      void this.#recorder.submit();
    } finally {
      this.#timers = undefined;
    }
    await this.flush();
    if (!this.hasTimestamps) return undefined;
    const times = await Promise.all(timers.map((timer) => timer.nanoseconds()));
    return times.reduce((sum, time) => sum + time, 0);
  }

  /** A timer for the next compute pass while something is measured. */
  #timestamps(): GPUComputePassTimestampWrites | undefined {
    if (!this.#timers) return undefined;
    const timer = new PassTimer(this.#device);
    this.#timers.push(timer);
    return timer.writes;
  }

  /** Waits for work in flight, overwrites and frees all memory, and ends the device unless it is the caller's. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#idle.stop();
    await Promise.allSettled([...this.#reads]);
    await this.#recorder.submit();
    this.#recorder.dispose();
    this.#pool.wipeAll(this.#device);
    await this.#device.queue.onSubmittedWorkDone().catch(() => undefined);
    this.#pool.destroyAll();
    this.#loss ??= lossOf("closed", "the backend was closed");
    if (!this.#owned) return;
    this.#device.destroy();
    await this.#device.lost;
  }

  #lose(reason: string, message: string): string {
    // A destruction of ours is a close, and no loss to report.
    this.#loss ??= lossOf(reason, message);
    return this.#closing ? "closed" : `${reason}: ${message}`;
  }

  #checkOpen(): void {
    checkOpen(this.#closing === undefined);
  }
}

function lossOf(reason: string, message: string): DeviceLostError {
  const got = `${reason}: ${message.replaceAll(/\s+/g, " ")}`;
  return new DeviceLostError({
    what: "GPU device",
    expected: "a live device",
    got,
    remedy: "run the work again on a new engine",
  });
}

/** A count of groups in at most two dimensions; the shader leaves out what exceeds the count. */
export function foldGroups(count: number): [number, number, number] {
  if (count <= MAX_GROUPS) return [count, 1, 1];
  const y = Math.ceil(count / MAX_GROUPS);
  return [Math.ceil(count / y), y, 1];
}
