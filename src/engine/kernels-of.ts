/** The backend of what a caller passes as an engine, which in JavaScript may be anything. */
import { ParameterError, show } from "../errors.js";
import type { KernelBackend } from "../kernels/interface.js";

/** What schemes need of an engine. */
export interface EngineLike {
  readonly kernels: KernelBackend;
}

/** Throws ParameterError for what is no engine, and LifetimeError for a closed one. */
export function kernelsOf(engine: EngineLike): KernelBackend {
  if (typeof engine !== "object" || engine === null || !("kernels" in engine)) {
    const remedy = "make one with await Engine.create()";
    throw new ParameterError({ what: "engine", expected: "an Engine", got: show(engine), remedy });
  }
  return engine.kernels;
}
