/** Compute pipelines, compiled in the background and made once for every shader and its constants. */
import { COMPUTE } from "./constants.js";
import { type LinkedShader, linkShader, type ShaderSpec, shaderError } from "./link.js";

/** How a shader uses a binding; index = binding number of group 0. */
export type BindingKind = "read" | "write" | "uniform";

/** A pipeline with its layout. */
export interface GpuPipeline {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly bindings: readonly BindingKind[];
}

const DECLARATION = /@group\(0\)\s*@binding\((\d+)\)\s*var\s*<\s*(?:uniform|storage(?:\s*,\s*(read_write|read))?)\s*>/g;

/** The bindings that a module declares in group 0, in order. */
export function bindingsOf(code: string): BindingKind[] {
  const found: BindingKind[] = [];
  for (const match of code.replaceAll(/\/\/[^\n]*/g, "").matchAll(DECLARATION)) {
    const kind = /<\s*uniform/.test(match[0]) ? "uniform" : match[2] === "read_write" ? "write" : "read";
    found[Number(match[1])] = kind;
  }
  return found;
}

const LAYOUT_TYPES = { read: "read-only-storage", write: "storage", uniform: "uniform" } as const;

export class PipelineCache {
  readonly #pipelines = new Map<string, Promise<GpuPipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(private readonly device: GPUDevice) {}

  /** The pipeline of a shader. Rejects with BackendUnavailableError, naming file and line, where it does not link or compile. */
  get(spec: ShaderSpec): Promise<GpuPipeline> {
    const key = JSON.stringify([spec.entry, spec.constants, spec.conditions, spec.extra]);
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#compile(spec);
      this.#pipelines.set(key, pipeline);
      pipeline.catch(() => this.#pipelines.delete(key));
    }
    return pipeline;
  }

  async #compile(spec: ShaderSpec): Promise<GpuPipeline> {
    const shader = await linkShader(spec);
    const label = `${shader.file}:main`;
    const bindings = bindingsOf(shader.code);
    const layout = this.#layout(bindings);
    // The scope keeps what the compiler says out of the uncaptured errors; it is asked for below.
    this.device.pushErrorScope("validation");
    const module = this.device.createShaderModule({ label, code: shader.code });
    const scope = this.device.popErrorScope();
    const pipelineLayout = this.device.createPipelineLayout({ label, bindGroupLayouts: [layout] });
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label,
        layout: pipelineLayout,
        compute: { module, entryPoint: "main" },
      });
      return { label, pipeline, layout, bindings };
    } catch (error) {
      throw await this.#explain(shader, module, error);
    } finally {
      await scope.catch(() => null);
    }
  }

  /** The compiler's first message at its place in our files; else what the pipeline said. */
  async #explain(shader: LinkedShader, module: GPUShaderModule, error: unknown): Promise<Error> {
    const { messages } = await module.getCompilationInfo();
    const first = messages.find((message) => message.type === "error");
    if (first) return shaderError(shader.locate(first.offset), first.message, error);
    return shaderError(`shaders/${shader.file}`, error instanceof Error ? error.message : String(error), error);
  }

  /** Layouts are explicit and shared by all shaders of one calling shape. */
  #layout(bindings: readonly BindingKind[]): GPUBindGroupLayout {
    const key = bindings.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      layout = this.device.createBindGroupLayout({
        label: key,
        entries: bindings.map((kind, binding) => ({
          binding,
          visibility: COMPUTE,
          buffer: { type: LAYOUT_TYPES[kind], hasDynamicOffset: kind === "uniform" },
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}
