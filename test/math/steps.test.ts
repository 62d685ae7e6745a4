import { describe, expect, it } from "vitest";
import { powMod, powModSteps } from "../../src/math/modular.js";
import { isPrimeSteps } from "../../src/math/primes.js";
import { finish, finishPaced, STEP_HOLD_MS, type Steps } from "../../src/math/steps.js";
import { testRandom } from "../support/random.js";
import { turnsDuring } from "../support/turns.js";

/** Steps of one millisecond each. */
function* milliseconds(count: number): Steps<number> {
  for (let i = 0; i < count; i++) {
    for (const end = performance.now() + 1; performance.now() < end; );
    yield;
  }
  return count;
}

describe("steps", () => {
  it("give one result, at once or paced", async () => {
    expect(finish(milliseconds(3))).toBe(3);
    expect(await finishPaced(milliseconds(3))).toBe(3);
    const random = testRandom("steps");
    const [base, exponent, m] = [random.bigBits(700), random.bigBits(600), random.bigBits(650) | 1n];
    expect(await finishPaced(powModSteps(base, exponent, m))).toBe(powMod(base, exponent, m));
    expect(await finishPaced(isPrimeSteps(2n ** 521n - 1n))).toBe(true);
    expect(await finishPaced(isPrimeSteps(2n ** 521n - 3n))).toBe(false);
  });

  it("let the event loop turn when they are paced", async () => {
    // A step lasts at least a millisecond, so at least this many pauses are due, on a machine of any speed.
    const { turns } = await turnsDuring(() => finishPaced(milliseconds(10 * STEP_HOLD_MS)));
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it("are interruptible within a power and within a test of primality", () => {
    const m = 2n ** 521n - 1n;
    expect([...powModSteps(3n, m - 1n, m)].length).toBeGreaterThan(100);
    expect([...isPrimeSteps(m)].length).toBeGreaterThan(40 * 100);
  });

  it("stop with the signal's reason, and hand on their own errors", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("stop")), 0);
    await expect(finishPaced(milliseconds(1e6), controller.signal)).rejects.toThrow("stop");
    await expect(finishPaced(milliseconds(1), AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
    await expect(finishPaced(powModSteps(2n, -1n, 5n))).rejects.toThrow(/exponent/);
  });
});
