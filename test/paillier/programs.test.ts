/** Random programs within the slot budget, against integers, on every CPU backend; what passes the budget is refused before it is done. */
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/index.js";
import { LevelError } from "../../src/errors.js";
import type { PaillierCiphertexts } from "../../src/paillier/ciphertexts.js";
import { Paillier, type PaillierDecryptor } from "../../src/paillier/paillier.js";
import { capacity } from "../../src/paillier/slots.js";
import { fixedKey } from "./support.js";

const BATCH = 4;
const layout = { slots: 3, slotBits: 28 };
const BOUND = 1000;

type Row = readonly bigint[];
interface Value {
  readonly c: PaillierCiphertexts;
  readonly plain: readonly Row[];
  readonly bound: bigint;
}

const magnitude = (x: bigint) => (x < 0n ? -x : x);
const most = (xs: readonly bigint[]) => xs.reduce((m, x) => (magnitude(x) > m ? magnitude(x) : m), 0n);
const map2 = (a: readonly Row[], b: readonly Row[], f: (x: bigint, y: bigint) => bigint) =>
  a.map((row, i) => row.map((x, j) => f(x, b[i][j])));

/** What a step does to integers, how large its result may be, and the same on ciphertexts. */
const steps = [
  {
    bound: (x: Value, y: Value) => x.bound + y.bound,
    plain: (x: Value, y: Value) => map2(x.plain, y.plain, (a, b) => a + b),
    run: async (p: Paillier, x: Value, y: Value) => p.add(x.c, y.c),
  },
  {
    bound: (x: Value, y: Value) => x.bound + y.bound,
    plain: (x: Value, y: Value) => map2(x.plain, y.plain, (a, b) => a - b),
    run: (p: Paillier, x: Value, y: Value) => p.subtract(x.c, y.c),
  },
  {
    bound: (x: Value) => x.bound,
    plain: (x: Value) => x.plain.map((row) => row.map((a) => -a)),
    run: (p: Paillier, x: Value) => p.negate(x.c),
  },
  {
    bound: (x: Value, _y: Value, w: Row) => x.bound + most(w),
    plain: (x: Value, _y: Value, w: Row) => x.plain.map((row) => row.map((a, j) => a + w[j])),
    run: async (p: Paillier, x: Value, _y: Value, w: Row) => p.addPlain(x.c, [w.slice(0, layout.slots)]),
  },
  {
    bound: (x: Value, _y: Value, w: Row) => x.bound * most(w),
    plain: (x: Value, _y: Value, w: Row) => x.plain.map((row, i) => row.map((a) => a * w[i])),
    run: (p: Paillier, x: Value, _y: Value, w: Row) => p.multiplyPlain(x.c, w),
  },
  {
    bound: (x: Value, _y: Value, w: Row) => x.bound * w.reduce((sum, k) => sum + magnitude(k), 0n),
    // The same dot product in every ciphertext.
    plain: (x: Value, _y: Value, w: Row) =>
      x.plain.map(() => x.plain[0].map((_, j) => x.plain.reduce((sum, row, i) => sum + row[j] * w[i], 0n))),
    run: (p: Paillier, x: Value, _y: Value, w: Row) => p.dot(x.c, new Array(BATCH).fill(w)),
  },
  {
    bound: (x: Value) => x.bound,
    plain: (x: Value) => x.plain,
    run: (p: Paillier, x: Value) => p.rerandomise(x.c),
  },
] as const;

const program = fc.record({
  inputs: fc.array(
    fc.array(fc.array(fc.bigInt(BigInt(-BOUND), BigInt(BOUND)), { minLength: 3, maxLength: 3 }), {
      minLength: BATCH,
      maxLength: BATCH,
    }),
    { minLength: 1, maxLength: 2 },
  ),
  steps: fc.array(
    fc.record({
      kind: fc.nat(steps.length - 1),
      left: fc.nat(),
      right: fc.nat(),
      weights: fc.array(fc.bigInt(-3000n, 3000n), { minLength: BATCH, maxLength: BATCH }),
    }),
    { minLength: 1, maxLength: 7 },
  ),
});

/** A second product that the slots may not hold. */
const product = (left: number) => ({ kind: 4, left, right: 0, weights: new Array<bigint>(BATCH).fill(3000n) });
const beyond = { inputs: [new Array(BATCH).fill([1n, 2n, 3n])], steps: [product(0), product(1)] };

const engines: Promise<Engine>[] = [];
const open = async (backend: "wasm" | "bigint"): Promise<PaillierDecryptor> => {
  const engine = Engine.create({ backend });
  engines.push(engine);
  return Paillier.create(await engine, fixedKey(256));
};
afterAll(async () => {
  for (const engine of engines) await (await engine).close();
});

describe.each(["wasm", "bigint"] as const)("random programs on %s", (backend) => {
  const opened = open(backend);

  it("are integer arithmetic within the budget, and are refused beyond it", async () => {
    const paillier = await opened;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(program, async ({ inputs, steps: chosen }) => {
        const values: Value[] = [];
        for (const plain of inputs) {
          values.push({ c: await paillier.encryptSlots(plain, { layout, bound: BOUND }), plain, bound: BigInt(BOUND) });
        }
        for (const { kind, left, right, weights } of chosen) {
          const step = steps[kind];
          const [x, y] = [values[left % values.length], values[right % values.length]];
          const bound = step.bound(x, y, kind === 3 ? weights.slice(0, 3) : weights);
          const run = () => step.run(paillier, x, y, weights);
          if (bound > capacity(layout)) {
            refused++;
            await expect(run()).rejects.toThrow(LevelError);
            continue;
          }
          const c = await run();
          expect([c.bound, c.fresh]).toEqual([bound, kind === 6]);
          values.push({ c, plain: step.plain(x, y, weights), bound });
        }
        for (const { c, plain } of values) {
          expect(await paillier.decryptIntegers(c)).toEqual(plain);
          c.dispose();
        }
      }),
      { numRuns: backend === "wasm" ? 40 : 15, examples: [[beyond]] },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
