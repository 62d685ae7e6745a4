/** Circuits free all that they make on the way, whether they end well or not. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CkksCiphertext, LinearTransform, Polynomial } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import type { RingHandle, RingKernels } from "../../../src/kernels/interface.js";
import { openTestEngine } from "../../support/engine.js";
import { parametersOf } from "../support.js";
import { type Parties, partiesOf } from "./support.js";

const polynomial = Polynomial.chebyshev([0.5, 0.25, -0.5, 0.125, 0.0625, 0.25], [-2, 2]);
const matrix = Array.from({ length: 8 }, (_, i) => Array.from({ length: 16 }, (_, j) => (i + 2 * j) % 5));
const transform = LinearTransform.fromMatrix(matrix);

let engine: Engine;
let all: Parties;
beforeAll(async () => {
  engine = await openTestEngine();
  all = await partiesOf(engine, parametersOf({ degree: 16384, levels: 5, special: 2 }), polynomial, transform);
});
afterAll(() => engine.close());

/** Runs work on a ring whose handles are listed, and which fails at call `failAt`. */
async function tracked<T>(work: () => Promise<T>, failAt = Number.POSITIVE_INFINITY) {
  const { ckks } = all;
  const scheme = ckks as unknown as { ring: RingKernels };
  const { ring } = scheme;
  const handles: RingHandle[] = [];
  let calls = 0;
  const listed = (value: unknown) => {
    if (typeof value === "object" && value !== null && "disposed" in value) handles.push(value as RingHandle);
    return value;
  };
  scheme.ring = new Proxy(ring, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (++calls === failAt) throw new Error("no memory");
        const result = member.apply(target, given);
        return result instanceof Promise ? result.then(listed) : listed(result);
      };
    },
  });
  try {
    return { result: await work(), failed: false, calls, alive: () => handles.filter(({ disposed }) => !disposed) };
  } catch (error) {
    expect((error as Error).message).toBe("no memory");
    return { result: undefined, failed: true, calls, alive: () => handles.filter(({ disposed }) => !disposed) };
  } finally {
    scheme.ring = ring;
  }
}

const circuits: [string, (x: CkksCiphertext) => Promise<CkksCiphertext>, number][] = [
  ["a polynomial", (x) => polynomial.evaluate(all.ckks, x, all.keys), 0],
  // Two handles with the encoded diagonals stay.
  ["a linear transform", (x) => transform.apply(all.ckks, x, all.keys), 2],
];

describe.each(circuits)("%s", (_name, circuit, kept) => {
  it("leaves nothing but its result", async () => {
    const x = all.ckks.multiplyConstants(await all.encrypt([0.5]), [0.25]);
    const { result, alive, calls } = await tracked(() => circuit(x));
    expect(calls).toBeGreaterThan(20);
    expect(alive()).toHaveLength(1 + kept);
    result!.dispose();
    transform.dispose();
    await Promise.resolve();
    expect(alive()).toEqual([]);
    expect(x.handle.disposed).toBe(false);
  });

  it("leaves nothing where it fails, wherever that is", async () => {
    const x = all.ckks.multiplyConstants(await all.encrypt([0.5]), [0.25]);
    for (let failAt = 1; ; failAt++) {
      const { result, failed, alive } = await tracked(() => circuit(x), failAt);
      transform.dispose();
      await Promise.resolve();
      result?.dispose();
      expect([failAt, alive().length]).toEqual([failAt, 0]);
      if (!failed) break;
    }
  });
});
