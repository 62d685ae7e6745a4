import { afterEach, describe, expect, it, vi } from "vitest";
import { HOLD_MS, paced } from "../../src/kernels/pace.js";

afterEach(() => vi.restoreAllMocks());

/** A clock that advances by `ms` at every look. */
function clock(ms: number) {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += ms));
}

describe("paced work", () => {
  it("takes all steps in order and reports each", async () => {
    const steps: number[] = [];
    const reports: [number, number][] = [];
    await paced(3, (i) => steps.push(i), { onProgress: (done, total) => reports.push([done, total]) });
    expect(steps).toEqual([0, 1, 2]);
    expect(reports).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    await paced(0, () => expect.unreachable());
  });

  it("gives the event loop a turn as often as the hold is over", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    clock(HOLD_MS / 2);
    await paced(10, () => {});
    // Half a hold a look: the first pause after two steps, then, since the restart looks too, after every second one.
    expect(timers.mock.calls.length).toBe(5);
    timers.mockClear();
    clock(0);
    await paced(100, () => {});
    expect(timers.mock.calls.length).toBe(0);
  });

  it("stops with the reason of the signal, before the next step", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    let steps = 0;
    const work = paced(10, () => steps++, {
      signal: controller.signal,
      onProgress: (done) => {
        if (done === 4) controller.abort(reason);
      },
    });
    await expect(work).rejects.toBe(reason);
    expect(steps).toBe(4);
    await expect(paced(5, () => steps++, { signal: controller.signal })).rejects.toBe(reason);
    expect(steps).toBe(4);
  });

  it("hears a timer that fires during the work", async () => {
    clock(HOLD_MS);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("late")), 0);
    await expect(paced(1000, () => {}, { signal: controller.signal })).rejects.toThrow("late");
  });
});
