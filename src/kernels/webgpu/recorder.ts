/**
 * Recorded work. Dispatches gather until a submission: then they become one command buffer with one compute pass,
 * followed by copies for reading.
 */
import { LimitError, ParameterError, WebheError } from "../../errors.js";
import { BindGroups, type BoundView } from "./bind-groups.js";
import { Fate } from "./fate.js";
import { type GpuMemory, type GpuView, viewOf } from "./memory.js";
import type { GpuPipeline } from "./pipelines.js";
import type { BufferPool } from "./pool.js";
import { UniformArena } from "./uniforms.js";

interface Dispatch {
  readonly pipeline: GpuPipeline;
  readonly views: readonly BoundView[];
  readonly uniformOffset: number;
  readonly groups: readonly [number, number, number];
}

interface Copy {
  readonly source: GPUBuffer;
  readonly offset: number;
  readonly target: GPUBuffer;
  readonly bytes: number;
}

/** Bytes uploaded after which a submission is made, so that the driver can let go of its staging memory. */
const UPLOAD_BYTES = 2 ** 26;

export class WorkRecorder {
  dispatches = 0;
  submissions = 0;
  readonly #uniforms: UniformArena;
  readonly #groups: BindGroups;
  #dispatches: Dispatch[] = [];
  #copies: Copy[] = [];
  #fates: Fate[] = [];
  #scopes: Promise<WebheError | undefined>[] = [];
  #uploaded = 0;
  #last: Promise<WebheError | undefined> = Promise.resolve(undefined);
  #uncaught: WebheError | undefined;

  constructor(
    private readonly device: GPUDevice,
    private readonly pool: BufferPool,
    private readonly timestamps: () => GPUComputePassTimestampWrites | undefined,
  ) {
    this.#uniforms = new UniformArena(device);
    this.#groups = new BindGroups(device, this.#uniforms.buffer);
  }

  /** Records one dispatch; bindings in the order of their numbers, without the uniforms. */
  record(
    pipeline: GpuPipeline,
    bindings: readonly (GpuMemory | GpuView)[],
    uniforms: ArrayLike<number>,
    groups: readonly [number, number, number],
  ): void {
    const kinds = pipeline.bindings.filter((kind) => kind !== "uniform");
    if (bindings.length !== kinds.length) {
      throw new ParameterError({
        what: pipeline.label,
        expected: `${kinds.length} bindings`,
        got: String(bindings.length),
        remedy: "pass them in the order of the shader",
      });
    }
    const views = bindings.map(viewOf);
    if (this.#uniforms.isFull) this.submit();
    this.#dispatches.push({
      pipeline,
      views: views.map(({ memory, offset, bytes }) => ({ buffer: memory.buffer, offset, size: bytes })),
      uniformOffset: this.#uniforms.push(uniforms),
      groups,
    });
    const parents = views.map(({ memory }) => memory.fate);
    views.forEach(({ memory }, i) => {
      if (kinds[i] !== "write") return;
      memory.fate = new Fate(parents);
      this.#fates.push(memory.fate);
    });
    this.dispatches++;
  }

  /** Copies after all dispatches of the next submission. */
  copy(source: GpuView, target: GPUBuffer): void {
    this.#copies.push({ source: source.memory.buffer, offset: source.offset, target, bytes: source.bytes });
  }

  /** An allocation whose error is still to come. */
  watch(scope: Promise<WebheError | undefined>): void {
    this.#scopes.push(scope);
  }

  /** Counts bytes written through the queue. */
  uploaded(bytes: number): void {
    this.#uploaded += bytes;
    if (this.#uploaded >= UPLOAD_BYTES) this.submit();
  }

  /** An error that no scope caught: it spoils what is not settled yet. */
  uncaught(error: WebheError): void {
    this.#uncaught ??= error;
  }

  /** Puts all recorded work on the queue. Resolves, never rejects, with its error if any, once the fates of it are known. */
  submit(): Promise<WebheError | undefined> {
    if (
      this.#dispatches.length === 0 &&
      this.#copies.length === 0 &&
      this.#scopes.length === 0 &&
      !this.pool.hasRetired &&
      this.#uploaded === 0
    ) {
      return this.#last;
    }
    const { device } = this;
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    this.#uniforms.flush();
    device.queue.submit([this.#encode()]);
    this.pool.submitted();
    this.submissions++;
    const scopes = [...this.#scopes, popError(device, "memory"), popError(device, "work")];
    const fates = this.#fates;
    const previous = this.#last;
    this.#dispatches = [];
    this.#copies = [];
    this.#fates = [];
    this.#scopes = [];
    this.#uploaded = 0;
    this.#last = this.#settle(previous, scopes, fates);
    return this.#last;
  }

  /** Frees what the recorder holds. */
  dispose(): void {
    this.#uniforms.buffer.destroy();
  }

  async #settle(
    previous: Promise<unknown>,
    scopes: readonly Promise<WebheError | undefined>[],
    fates: readonly Fate[],
  ): Promise<WebheError | undefined> {
    await previous;
    const errors = await Promise.all(scopes);
    const error = errors.find((e) => e !== undefined) ?? this.#uncaught;
    this.#uncaught = undefined;
    // Invalid buffers may be among those given back.
    if (error) this.pool.trim();
    for (const fate of fates) fate.settle(error);
    return error;
  }

  #encode(): GPUCommandBuffer {
    const encoder = this.device.createCommandEncoder();
    if (this.#dispatches.length > 0) {
      const pass = encoder.beginComputePass({ timestampWrites: this.timestamps() });
      let current: GpuPipeline | undefined;
      for (const { pipeline, views, uniformOffset, groups } of this.#dispatches) {
        if (pipeline !== current) pass.setPipeline(pipeline.pipeline);
        current = pipeline;
        pass.setBindGroup(0, this.#groups.get(pipeline, views), pipeline.bindings.includes("uniform") ? [uniformOffset] : []);
        pass.dispatchWorkgroups(...groups);
      }
      pass.end();
    }
    for (const { source, offset, target, bytes } of this.#copies) encoder.copyBufferToBuffer(source, offset, target, 0, bytes);
    this.pool.collect(encoder);
    return encoder.finish();
  }
}

/** The error of the innermost scope, as one of ours; undefined where there is none or the device is lost (told elsewhere). */
export async function popError(device: GPUDevice, kind: "memory" | "work"): Promise<WebheError | undefined> {
  const error = await device.popErrorScope().catch(() => null);
  return error ? gpuError(error.message, kind) : undefined;
}

/** An error of the device in our words. */
export function gpuError(message: string, kind: "memory" | "work"): WebheError {
  const got = message.replaceAll(/\s+/g, " ").slice(0, 300);
  if (kind === "memory")
    return new LimitError({
      what: "GPU memory",
      expected: "enough of it",
      got,
      remedy: "use smaller batches and dispose of handles",
    });
  return new WebheError({
    what: "GPU work",
    expected: "work without errors",
    got,
    remedy: "report this with the name of the adapter",
  });
}
