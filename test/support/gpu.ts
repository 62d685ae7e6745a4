/** One GPU context a test file, opened before its tests and closed after them. */
import { afterAll, beforeAll } from "vitest";
import { GpuContext, type GpuOptions } from "../../src/kernels/webgpu/context.js";

/** Call it at the top of a file or a describe block; the function it returns gives the context to the tests. */
export function useGpu(options: GpuOptions = {}): () => GpuContext {
  let context: GpuContext | undefined;
  beforeAll(async () => {
    context = await GpuContext.create(options);
  });
  afterAll(async () => {
    await context?.close();
  });
  return () => context!;
}
