import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LifetimeError, LimitError, ParameterError } from "../../../src/errors.js";
import type { RingHandle, RingKernels } from "../../../src/kernels/interface.js";
import { WebGpuBackend } from "../../../src/kernels/webgpu/index.js";
import { onLeak } from "../../../src/kernels/webgpu/ring-handle.js";
import { nttPrimes } from "../../../src/math/primes.js";

const degree = 1024;
const basis = nttPrimes({ degree, bits: 30, count: 2 });
const size = basis.length * degree;

let backend: WebGpuBackend;
let k: RingKernels;
beforeAll(async () => {
  backend = await WebGpuBackend.create();
  k = await backend.ring(degree, basis);
});
afterAll(() => backend.close());

/** A batch whose item i holds i + 1 everywhere. */
const counting = (batch: number): RingHandle =>
  k.upload(
    Uint32Array.from({ length: batch * size }, (_, i) => Math.floor(i / size) + 1),
    { basis, form: "ntt", batch },
  );

describe("handles", () => {
  it("carry their shape", () => {
    const a = counting(3);
    expect(a).toMatchObject({ kind: "ring", degree, basis, form: "ntt", batch: 3, disposed: false });
    a.dispose();
    a.dispose();
    expect(a.disposed).toBe(true);
  });

  it("are refused after dispose, and by other kernels", async () => {
    const a = counting(1);
    const other = await backend.ring(degree, [basis[0]]);
    expect(() => other.negate(a)).toThrow(LifetimeError);
    a.dispose();
    expect(() => k.add(a, a)).toThrow(LifetimeError);
    await expect(k.read(a)).rejects.toThrow(LifetimeError);
  });

  it("of slices keep the memory of the whole, and reads survive dispose", async () => {
    const a = counting(4);
    const part = k.slice(a, 2, 2);
    const inner = k.slice(part, 1, 1);
    a.dispose();
    part.dispose();
    await backend.flush();
    counting(4).dispose();
    const reading = k.read(inner);
    inner.dispose();
    expect((await reading).every((x) => x === 4)).toBe(true);
  });

  it("of results live on when their operands are disposed before the work is done", async () => {
    const a = counting(2);
    const b = k.add(a, a);
    a.dispose();
    const c = k.add(b, b);
    b.dispose();
    const residues = await k.read(c);
    expect(residues[0]).toBe(4);
    expect(residues[2 * size - 1]).toBe(8);
    c.dispose();
  });

  it("do not see what the caller changes after an upload", async () => {
    const residues = new Uint32Array(size).fill(9);
    const a = k.upload(residues, { basis, form: "ntt", batch: 1 });
    residues.fill(1);
    expect((await k.read(a))[0]).toBe(9);
    a.dispose();
  });

  it("that are forgotten give their memory back and are reported", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const leaks: string[] = [];
    const stop = onLeak((description) => leaks.push(description));
    (() => counting(7))();
    for (let i = 0; i < 50 && leaks.length === 0; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    stop();
    expect(leaks).toContain(`ring handle [7, 2, ${degree}]`);
  });
});

describe("calls", () => {
  it("refuse what is not in the contract, at once", () => {
    const u = counting(4);
    const a = k.upload(new Uint32Array(size), { basis, form: "coefficient", batch: 1 });
    expect(() => k.upload(new Uint32Array(size).fill(basis[0]), { basis, form: "ntt", batch: 1 })).toThrow(ParameterError);
    expect(() => k.upload(new Uint32Array(size - 1), { basis, form: "ntt", batch: 1 })).toThrow(ParameterError);
    expect(() => k.upload(new Uint32Array(degree), { basis: [65537], form: "ntt", batch: 1 })).toThrow(ParameterError);
    expect(() => k.add(u, a)).toThrow(ParameterError);
    expect(() => k.add(a, u)).toThrow(ParameterError);
    expect(() => k.multiply(a, a)).toThrow(ParameterError);
    expect(() => k.ntt(u)).toThrow(ParameterError);
    expect(() => k.intt(a)).toThrow(ParameterError);
    expect(() => k.multiplyScalars(u, Uint32Array.of(1))).toThrow(ParameterError);
    expect(() => k.addScalars(u, Uint32Array.of(basis[0], 0))).toThrow(ParameterError);
    expect(() => k.multiplyAccumulate(u, u, 3)).toThrow(ParameterError);
    expect(() => k.linearCombination(u, new Uint32Array(3), 2)).toThrow(ParameterError);
    expect(() => k.automorphism(u, 2)).toThrow(/Galois element/);
    expect(() => k.automorphism(u, 2 * degree + 1)).toThrow(/Galois element/);
    expect(() => k.convert(u, basis)).toThrow(ParameterError);
    expect(() => k.rescale(u, 2)).toThrow(ParameterError);
    expect(() => k.restrict(u, [65537])).toThrow(ParameterError);
    expect(() => k.slice(u, 3, 2)).toThrow(ParameterError);
    expect(() => k.concat([])).toThrow(ParameterError);
    expect(() => k.concat([u, a])).toThrow(ParameterError);
    u.dispose();
    a.dispose();
  });

  it("refuse results over a limit, and go on working", async () => {
    const small = await WebGpuBackend.create({ limits: { maxStorageBufferBindingSize: 8 * size } });
    const kernels = await small.ring(degree, basis);
    const a = kernels.upload(new Uint32Array(size), { basis, form: "ntt", batch: 1 });
    expect(() => kernels.concat([a, a, a])).toThrow(/maxStorageBufferBindingSize: expected at least 24576, got 16384/);
    expect(() => kernels.upload(new Uint32Array(3 * size), { basis, form: "ntt", batch: 3 })).toThrow(LimitError);
    expect((await kernels.read(kernels.concat([a, a]))).length).toBe(2 * size);
    await small.close();
  });

  it("stop reading when the signal says so", async () => {
    const a = counting(1);
    await expect(k.read(a, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    a.dispose();
  });
});
