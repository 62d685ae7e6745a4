/** What a GPU does at best: multiplies, copies, dispatches, transfers. Kernels are held against these figures of the same run. */
import type { WebGpuBackend } from "../src/kernels/webgpu/backend.js";
import type { Rates } from "./effort.js";

type Context = WebGpuBackend["context"];

const HEAD = `import constants::{UNUSED};
import package::grid::flat_id::flat_id;
struct Parameters { rounds: u32, factor: u32 }`;

/** Four chains a thread, none of which the compiler can foresee: the factor comes with the uniforms. */
const MULTIPLY = `${HEAD}
@group(0) @binding(0) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(1) var<uniform> parameters: Parameters;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  var x = vec4<u32>(id.x, id.x + 1u, id.x + 2u, id.x + UNUSED);
  let factor = vec4<u32>(parameters.factor);
  for (var i = 0u; i < parameters.rounds; i++) {
    x = x * factor + x.yzwx;
    x = x * factor + x.yzwx;
    x = x * factor + x.yzwx;
    x = x * factor + x.yzwx;
    x = x * factor + x.yzwx;
    x = x * factor + x.yzwx;
    x = x * factor + x.yzwx;
    x = x * factor + x.yzwx;
  }
  output[id.x] = x;
}`;
const MULTIPLIES_A_ROUND = 32;

const COPY = `${HEAD}
@group(0) @binding(0) var<storage, read> input: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, 256u);
  if (i >= parameters.rounds) { return; }
  output[i] = input[i] + vec4<u32>(UNUSED);
}`;

const pipelineOf = (context: Context, entry: string, code: string) =>
  context.pipeline({ entry, constants: { UNUSED: 0 }, extra: { [`entry/${entry}.wgsl`]: code } });

/** Seconds of the shortest of five runs. */
async function best(run: () => Promise<unknown>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await run();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest / 1000;
}

/** Operations a second: `run` gets twice as many of them until they take 30 ms, so that waiting is lost in the work. */
async function rate(run: (count: number) => Promise<unknown>): Promise<number> {
  await run(1);
  for (let count = 1; ; count *= 2) {
    const seconds = await best(() => run(count));
    if (seconds > 0.03 || count >= 2 ** 20) return count / seconds;
  }
}

/** Measures a device. Takes about two seconds of a GPU. */
export async function probe({ context }: WebGpuBackend): Promise<Rates> {
  const threads = context.isSoftware ? 2 ** 12 : 2 ** 20;
  const bytes = context.isSoftware ? 2 ** 22 : 2 ** 28;
  const [multiply, copy] = [await pipelineOf(context, "probe_multiply", MULTIPLY), await pipelineOf(context, "probe_copy", COPY)];
  const state = context.allocate(16 * threads, "probe");
  const source = context.upload(new Uint32Array(bytes / 4), "probe");
  const target = context.allocate(bytes, "probe");
  const rounds = async (count: number) => {
    context.record(multiply, [state], [count, 1664525], threads / 256);
    await context.flush();
  };
  const copies = async (count: number) => {
    for (let i = 0; i < count; i++) context.record(copy, [source, target], [bytes / 16], bytes / 16 / 256);
    await context.flush();
  };
  const small = async (count: number) => {
    for (let i = 0; i < count; i++) context.record(multiply, [state], [1, 1664525], 1);
    await context.flush();
  };
  const host = new Uint32Array(Math.min(bytes, 2 ** 26) / 4);
  const part = { memory: source, offset: 0, bytes: host.byteLength };
  const upload = async () => {
    context.upload(host, "probe").release();
    await context.flush();
  };
  const roundRate = await rate(rounds);
  const copyRate = await rate(copies);
  await small(1);
  const flush = await best(() => small(1));
  const many = await best(() => small(101));
  await upload();
  const rates = {
    gigamultipliesPerSecond: (roundRate * threads * MULTIPLIES_A_ROUND) / 1e9,
    gigabytesPerSecond: (copyRate * 2 * bytes) / 1e9,
    flushMicroseconds: 1e6 * flush,
    dispatchMicroseconds: Math.max(0, 1e4 * (many - flush)),
    uploadGigabytesPerSecond: host.byteLength / (await best(upload)) / 1e9,
    readGigabytesPerSecond: host.byteLength / (await best(() => context.read(part))) / 1e9,
  };
  for (const memory of [state, source, target]) memory.release();
  await context.flush();
  return rates;
}

/** The figures in a line. */
export function describeRates(rates: Rates): string {
  const figure = (x: number) => x.toPrecision(3);
  return [
    `Adapter, measured: ${figure(rates.gigamultipliesPerSecond)} billion 32-bit multiply-adds a second`,
    `copies ${figure(rates.gigabytesPerSecond)} GB/s, uploads ${figure(rates.uploadGigabytesPerSecond)}, reads ${figure(rates.readGigabytesPerSecond)}`,
    `${figure(rates.flushMicroseconds)} us to wait for a small dispatch, ${figure(rates.dispatchMicroseconds)} us for each of many.`,
  ].join("; ");
}
