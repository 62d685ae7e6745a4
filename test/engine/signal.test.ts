import { describe, expect, it } from "vitest";
import { heedSignal } from "../../src/engine/index.js";
import { ParameterError } from "../../src/errors.js";

describe("a signal", () => {
  it("may be missing, or not aborted yet", () => {
    expect(() => heedSignal(undefined)).not.toThrow();
    expect(() => heedSignal(new AbortController().signal)).not.toThrow();
  });

  it("gives its own reason where it is aborted", () => {
    expect(() => heedSignal(AbortSignal.abort(new RangeError("enough")))).toThrow(RangeError);
  });

  it("is refused where it is something else, and the message says what to pass", () => {
    for (const bad of [null, 5, {}, "abort", new AbortController()]) {
      expect(() => heedSignal(bad as AbortSignal)).toThrow(ParameterError);
      expect(() => heedSignal(bad as AbortSignal)).toThrow(
        /^signal: expected an AbortSignal, got .*; pass the signal of an AbortController/,
      );
    }
  });
});
