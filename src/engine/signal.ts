/** Signals that callers pass, which in JavaScript may be anything: an AbortController, for example. */
import { ParameterError, show } from "../errors.js";

/** Throws ParameterError for what is no AbortSignal, and the signal's own reason where it is aborted already. */
export function heedSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  if (typeof signal?.throwIfAborted !== "function") {
    const remedy = "pass the signal of an AbortController, or leave it out";
    throw new ParameterError({ what: "signal", expected: "an AbortSignal", got: show(signal), remedy });
  }
  signal.throwIfAborted();
}
