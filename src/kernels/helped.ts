/**
 * Ring kernels of a device with a helper on the CPU: another backend that encodes, decodes, samples and packs on threads of its own, where
 * {@link ComposedRingKernels} would do that on the caller's. Results cross as residues. Whatever goes wrong with the helper, the
 * specification does the work again, so that results and errors are its own.
 */
import type { ComplexSlots } from "../math/embedding.js";
import { ComposedRingKernels } from "./composed.js";
import type {
  DecodeOptions,
  EncodePlan,
  HostOptions,
  KernelBackend,
  PackedReadOptions,
  ReadOptions,
  RingHandle,
  RingKernels,
  RingShape,
  SampleSource,
  SlotValues,
} from "./interface.js";
import { checkForm } from "./shapes.js";

/** Residues that are with the helper at a time: 32 MiB. */
const PART = 2 ** 23;

/** Items of a batch, and what is told of them. */
interface Part {
  readonly start: number;
  readonly count: number;
  readonly part: HostOptions;
}

/** A backend on the CPU that is opened when it is first needed, and given up when it fails to open or is lost. */
export class CpuHelper {
  #opened: Promise<KernelBackend | undefined> | undefined;
  #backend: KernelBackend | undefined;
  #closed = false;

  constructor(
    private readonly open: () => Promise<KernelBackend>,
    readonly part = PART,
  ) {}

  /** Threads of the helper once it is open. */
  get threads(): number | undefined {
    return this.#backend?.describe().threads;
  }

  /** Its kernels; undefined where there is no helper. */
  async ring(degree: number, primes: readonly number[]): Promise<RingKernels | undefined> {
    if (this.#closed) return undefined;
    this.#opened ??= this.#open();
    const backend = await this.#opened;
    return this.#backend === undefined ? undefined : await backend?.ring(degree, primes).catch(() => undefined);
  }

  async #open(): Promise<KernelBackend | undefined> {
    const backend = await this.open().catch(() => undefined);
    this.#backend = backend;
    void backend?.lost.then(() => {
      this.#backend = undefined;
    });
    return backend;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const backend = await this.#opened;
    this.#backend = undefined;
    await backend?.close();
  }
}

export abstract class HelpedRingKernels extends ComposedRingKernels {
  abstract readonly primes: readonly number[];

  constructor(private readonly cpu?: CpuHelper) {
    super();
  }

  override async encode(items: readonly SlotValues[], plan: EncodePlan, options?: HostOptions): Promise<RingHandle> {
    if (!Array.isArray(items)) return super.encode(items, plan, options);
    const shape = { basis: plan.basis, form: "coefficient", batch: items.length } as const;
    const work = (k: RingKernels) =>
      this.#made(k, shape, options, ({ start, count, part }) => k.encode(items.slice(start, start + count), plan, part));
    return this.#helped(options, work, () => super.encode(items, plan, options));
  }

  override async decode(a: RingHandle, scale: number, options?: DecodeOptions): Promise<ComplexSlots[]> {
    checkForm(a, "coefficient");
    const work = async (k: RingKernels) => {
      const residues = await this.read(a, options);
      try {
        const slots: ComplexSlots[] = [];
        await this.#parts(a, options, async ({ start, count, part }) => {
          const item = a.basis.length * this.degree;
          const taken = k.upload(residues.subarray(start * item, (start + count) * item), { ...shapeOf(a), batch: count });
          try {
            slots.push(...(await k.decode(taken, scale, { ...part, realOnly: options?.realOnly ?? false })));
          } finally {
            taken.dispose();
          }
        });
        return slots;
      } finally {
        residues.fill(0);
      }
    };
    return this.#helped(options, work, () => super.decode(a, scale, options));
  }

  override async sampleUniform(source: SampleSource, shape: RingShape, options?: HostOptions): Promise<RingHandle> {
    return this.#sampled("sampleUniform", source, shape, options, () => super.sampleUniform(source, shape, options));
  }

  override async sampleTernary(source: SampleSource, shape: Omit<RingShape, "form">, options?: HostOptions): Promise<RingHandle> {
    const whole = { ...shape, form: "coefficient" } as const;
    return this.#sampled("sampleTernary", source, whole, options, () => super.sampleTernary(source, shape, options));
  }

  override async sampleGaussian(
    source: SampleSource,
    shape: Omit<RingShape, "form">,
    options?: HostOptions,
  ): Promise<RingHandle> {
    const whole = { ...shape, form: "coefficient" } as const;
    return this.#sampled("sampleGaussian", source, whole, options, () => super.sampleGaussian(source, shape, options));
  }

  override async uploadPacked(bytes: Uint8Array, shape: RingShape, what: string): Promise<RingHandle> {
    const work = (k: RingKernels) => this.#made(k, shape, undefined, () => k.uploadPacked(bytes, shape, what));
    const fits = shape.batch * shape.basis.length * this.degree <= (this.cpu?.part ?? 0);
    return this.#helped(undefined, fits ? work : undefined, () => super.uploadPacked(bytes, shape, what));
  }

  override async readPacked(a: RingHandle, options?: PackedReadOptions): Promise<Uint8Array> {
    const work = async (k: RingKernels) => {
      const whole = k.upload(await this.read(a, options), shapeOf(a));
      try {
        return await k.readPacked(whole, options);
      } finally {
        whole.dispose();
      }
    };
    const fits = a.batch * a.basis.length * this.degree <= (this.cpu?.part ?? 0);
    return this.#helped(options, fits ? work : undefined, () => super.readPacked(a, options));
  }

  #sampled(
    kind: "sampleUniform" | "sampleTernary" | "sampleGaussian",
    source: SampleSource,
    shape: RingShape,
    options: HostOptions | undefined,
    alone: () => Promise<RingHandle>,
  ): Promise<RingHandle> {
    const first = source.first ?? 0;
    const work = (k: RingKernels) =>
      this.#made(k, shape, options, ({ start, count, part }) =>
        k[kind]({ ...source, first: first + start }, { ...shape, batch: count }, part),
      );
    return this.#helped(options, work, alone);
  }

  /** The helper's work; where there is none, or something is wrong, that of the caller's thread. */
  async #helped<T>(
    options: ReadOptions | undefined,
    work: ((helper: RingKernels) => Promise<T>) | undefined,
    alone: () => Promise<T>,
  ): Promise<T> {
    const helper = work && (await this.cpu?.ring(this.degree, this.primes));
    if (work && helper) {
      try {
        return await work(helper);
      } catch {
        options?.signal?.throwIfAborted();
      }
    }
    return alone();
  }

  /** Has the helper make a batch in parts, and takes them over. They may be secret: no copy stays. */
  async #made(
    helper: RingKernels,
    shape: RingShape,
    options: HostOptions | undefined,
    make: (part: Part) => Promise<RingHandle>,
  ): Promise<RingHandle> {
    const parts: RingHandle[] = [];
    try {
      await this.#parts(shape, options, async (part) => {
        const made = await make(part);
        try {
          const residues = await helper.read(made, { signal: options?.signal });
          try {
            parts.push(this.upload(residues, { ...shape, batch: part.count }));
          } finally {
            residues.fill(0);
          }
        } finally {
          made.dispose();
        }
      });
      return parts.length === 1 ? this.slice(parts[0], 0, shape.batch) : this.concat(parts);
    } finally {
      for (const part of parts) part.dispose();
    }
  }

  /** Items of a batch in parts of as many residues as the helper takes. */
  async #parts(
    { basis, batch }: { readonly basis: readonly number[]; readonly batch: number },
    options: HostOptions | undefined,
    work: (part: Part) => Promise<void>,
  ): Promise<void> {
    const size = Math.max(1, Math.floor((this.cpu?.part ?? PART) / (basis.length * this.degree)));
    for (let start = 0; start < batch; start += size) {
      const count = Math.min(size, batch - start);
      const onProgress = options?.onProgress && ((done: number) => options.onProgress?.(start + done, batch));
      await work({ start, count, part: { signal: options?.signal, onProgress } });
    }
  }
}

const shapeOf = ({ basis, form, batch }: RingShape): RingShape => ({ basis, form, batch });
