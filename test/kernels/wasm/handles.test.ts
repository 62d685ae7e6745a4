import { describe, expect, it } from "vitest";
import { LifetimeError } from "../../../src/errors.js";
import type { RingHandle, RingKernels } from "../../../src/kernels/interface.js";
import { WasmHandle, WasmRingHandle } from "../../../src/kernels/wasm/handles.js";
import { WasmRingKernels } from "../../../src/kernels/wasm/ring/ring.js";
import type { Block, Runtime } from "../../../src/kernels/wasm/runtime.js";
import { nttPrimes } from "../../../src/math/primes.js";
import { directRuntime } from "../../support/direct-runtime.js";

const degree = 64;
const basis = nttPrimes({ degree, bits: 30, count: 3 });
const shape = { basis, form: "ntt", batch: 4 } as const;

/** A runtime that counts the owners of every block, and fails to record while `fails`. */
async function countingRuntime() {
  const direct = await directRuntime();
  const owners = new Map<number, number>();
  const state = { fails: false };
  const runtime: Runtime = {
    ...direct,
    allocate(bytes) {
      const block = direct.allocate(bytes);
      owners.set(block.address, 1);
      const change = (by: number) => {
        const now = (owners.get(block.address) ?? 0) + by;
        if (now < 0) throw new RangeError("released more often than owned");
        owners.set(block.address, now);
      };
      const counted: Block = {
        bytes,
        address: block.address,
        retain() {
          change(1);
          return counted;
        },
        release: () => change(-1),
      };
      return counted;
    },
    allocateResult: (bytes) => runtime.allocate(bytes),
    record(...args) {
      if (state.fails) throw new RangeError("no more commands");
      direct.record(...args);
    },
  };
  const live = () => [...owners.values()].filter((n) => n > 0).length;
  return { runtime, live, state };
}

const kernels = (runtime: Runtime) => WasmRingKernels.create(runtime, degree, basis);

describe("handles", () => {
  it("carry their shape", async () => {
    const k = await kernels(await directRuntime());
    const a = k.upload(new Uint32Array(4 * 3 * degree), shape);
    expect(a).toMatchObject({ kind: "ring", degree, basis, form: "ntt", batch: 4, disposed: false });
    expect(a).toBeInstanceOf(WasmRingHandle);
    expect(a).toBeInstanceOf(WasmHandle);
    expect(k.restrict(k.slice(a, 1, 1), basis.slice(1))).toMatchObject({ basis: basis.slice(1), batch: 1 });
    a.dispose();
    a.dispose();
    expect(a.disposed).toBe(true);
  });

  it("are refused after dispose, and by other kernels", async () => {
    const runtime = await directRuntime();
    const [k, other] = [await kernels(runtime), await kernels(runtime)];
    const a = k.upload(new Uint32Array(4 * 3 * degree), shape);
    expect(() => other.negate(a)).toThrow(LifetimeError);
    a.dispose();
    expect(() => k.add(a, a)).toThrow(LifetimeError);
    await expect(k.read(a)).rejects.toThrow(LifetimeError);
  });

  it("do not change with the basis that they were made from", async () => {
    const k = await kernels(await directRuntime());
    const mine = [...basis];
    const a = k.upload(new Uint32Array(4 * 3 * degree), { ...shape, basis: mine });
    mine.pop();
    expect(a.basis).toEqual(basis);
  });
});

const OPERATIONS: Record<string, (k: RingKernels, a: RingHandle) => RingHandle> = {
  add: (k, a) => k.add(a, a),
  subtract: (k, a) => k.subtract(a, a),
  negate: (k, a) => k.negate(a),
  multiply: (k, a) => k.multiply(a, a),
  multiplyScalars: (k, a) => k.multiplyScalars(a, Uint32Array.of(1, 2, 3)),
  addScalars: (k, a) => k.addScalars(a, Uint32Array.of(1, 2, 3)),
  multiplyAccumulate: (k, a) => k.multiplyAccumulate(a, a, 2),
  linearCombination: (k, a) => k.linearCombination(a, new Uint32Array(12).fill(1), 1),
  tensor: (k, a) => k.tensor(a, a),
  intt: (k, a) => k.intt(a),
  automorphism: (k, a) => k.automorphism(a, 3),
  rescale: (k, a) => k.rescale(a, 1),
  restrict: (k, a) => k.restrict(a, [basis[2], basis[0]]),
  "restrict to all": (k, a) => k.restrict(a, basis),
  slice: (k, a) => k.slice(a, 1, 2),
  concat: (k, a) => k.concat([a, a]),
};

describe("memory", () => {
  it.each(Object.keys(OPERATIONS))("of %s is the result's alone, and is given back with it", async (name) => {
    const { runtime, live } = await countingRuntime();
    const k = await kernels(runtime);
    const a = k.upload(new Uint32Array(4 * 3 * degree), shape);
    // Constants stay.
    OPERATIONS[name](k, a).dispose();
    const before = live();
    const result = OPERATIONS[name](k, a);
    a.dispose();
    expect(live()).toBe(before);
    expect((await k.read(result)).every((x) => x < 2 ** 30)).toBe(true);
    result.dispose();
    expect(live()).toBe(before - 1);
  });

  it.each(Object.keys(OPERATIONS).filter((name) => name !== "slice" && name !== "restrict to all"))(
    "of %s is given back where it cannot be recorded",
    async (name) => {
      const { runtime, live, state } = await countingRuntime();
      const k = await kernels(runtime);
      const a = k.upload(new Uint32Array(4 * 3 * degree), shape);
      OPERATIONS[name](k, a).dispose();
      const before = live();
      state.fails = true;
      expect(() => OPERATIONS[name](k, a)).toThrow("no more commands");
      expect(live()).toBe(before);
    },
  );

  it("of constants is not taken again by kernels of the same primes", async () => {
    const { runtime, live } = await countingRuntime();
    const use = async () => {
      const k = await WasmRingKernels.create(runtime, degree, basis.slice(0, 2));
      const a = k.upload(new Uint32Array(2 * degree).fill(1), { basis: basis.slice(0, 2), form: "ntt", batch: 1 });
      const moved = k.automorphism(a, 3);
      const divided = k.rescale(moved, 1);
      expect(await k.read(moved)).toEqual(new Uint32Array(2 * degree).fill(1));
      for (const handle of [a, moved, divided]) handle.dispose();
    };
    await use();
    const before = live();
    await use();
    expect(live()).toBe(before);
  });

  it("of slices of slices is kept until the last of them goes", async () => {
    const { runtime, live } = await countingRuntime();
    const k = await kernels(runtime);
    const before = live();
    const a = k.upload(
      Uint32Array.from({ length: 4 * 3 * degree }, (_, i) => Math.floor(i / (3 * degree))),
      shape,
    );
    const inner = k.slice(k.slice(a, 1, 3), 1, 2);
    a.dispose();
    expect([...new Set(await k.read(inner))]).toEqual([2, 3]);
    inner.dispose();
    expect(live()).toBe(before + 1);
  });
});
