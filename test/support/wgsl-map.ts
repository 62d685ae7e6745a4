/**
 * Calls any WGSL function of shaders/ on many items: a generated kernel reads the arguments of item i, calls the function
 * and writes what it returns. So each function is tested alone, on the real compiler.
 *
 *     await mapWgsl(context, { from: "word/wide", fn: "multiply_high", args: ["u32", "u32"], returns: "u32" }, items)
 */
import type { GpuContext } from "../../src/kernels/webgpu/context.js";

/** A struct, field by field. */
export interface WgslStruct {
  readonly struct: string;
  /** The file that declares it, where that is not the file of the function. */
  readonly from?: string;
  readonly fields: readonly (readonly [name: string, type: WgslVector])[];
}
export type WgslVector = "u32" | "vec2<u32>" | "vec3<u32>" | "vec4<u32>";
export type WgslType = WgslVector | WgslStruct;

export interface WgslFunction {
  /** The file without suffix, relative to shaders/. */
  readonly from: string;
  readonly fn: string;
  readonly args: readonly WgslType[];
  readonly returns: WgslType;
  readonly constants?: Readonly<Record<string, number>>;
}

const WIDTH: Record<WgslVector, number> = { u32: 1, "vec2<u32>": 2, "vec3<u32>": 3, "vec4<u32>": 4 };
const width = (type: WgslType): number =>
  typeof type === "string" ? WIDTH[type] : type.fields.reduce((sum, [, t]) => sum + WIDTH[t], 0);

/** The expression that makes a value out of the words at `at` of the input. */
function construct(type: WgslType, at: number): string {
  const word = (k: number) => `input[base + ${k}u]`;
  if (type === "u32") return word(at);
  if (typeof type === "string") return `${type}(${Array.from({ length: WIDTH[type] }, (_, i) => word(at + i)).join(", ")})`;
  let next = at;
  const fields = type.fields.map(([, t]) => {
    const text = construct(t, next);
    next += WIDTH[t];
    return text;
  });
  return `${type.struct}(${fields.join(", ")})`;
}

/** The words of a value, in order. */
function destruct(type: WgslType, name: string): string[] {
  if (type === "u32") return [name];
  if (typeof type === "string") return ["x", "y", "z", "w"].slice(0, WIDTH[type]).map((c) => `${name}.${c}`);
  return type.fields.flatMap(([field, t]) => destruct(t, `${name}.${field}`));
}

function kernel({ from, fn, args, returns }: WgslFunction): string {
  const path = (file: string) => `package::${file.replaceAll("/", "::")}`;
  const structs = [...args, returns].filter((t) => typeof t !== "string");
  const imported = new Set([`${path(from)}::${fn}`, ...structs.map((s) => `${path(s.from ?? from)}::${s.struct}`)]);
  const taken = args.map((_, i) => args.slice(0, i).reduce((sum, t) => sum + width(t), 0));
  return `
${[...imported].map((name) => `import ${name};`).join("\n")}
struct Parameters { items: u32 }
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.items) { return; }
  let base = id.x * ${args.reduce((sum, t) => sum + width(t), 0)}u;
  let result = ${fn}(${args.map((t, i) => construct(t, taken[i]!)).join(", ")});
  ${destruct(returns, "result")
    .map((word, i) => `output[id.x * ${width(returns)}u + ${i}u] = ${word};`)
    .join("\n  ")}
}`;
}

/** Results by item, as flat words: items [n][words of all arguments] to [n][words of the result]. At most 4 million items. */
export async function mapWgsl(context: GpuContext, fn: WgslFunction, items: readonly (readonly number[])[]): Promise<number[][]> {
  const entry = `map_${fn.fn}`;
  const pipeline = await context.pipeline({
    entry,
    constants: { UNUSED: 0, ...fn.constants },
    extra: { [`entry/${entry}.wgsl`]: kernel(fn) },
  });
  const input = context.upload(Uint32Array.from(items.flat()), "arguments");
  const size = width(fn.returns);
  const output = context.allocate(4 * size * items.length, "results");
  context.record(pipeline, [input, output], [items.length], Math.ceil(items.length / 64));
  const words = new Uint32Array((await context.read(output)).buffer);
  input.release();
  output.release();
  return items.map((_, i) => [...words.subarray(i * size, (i + 1) * size)]);
}
