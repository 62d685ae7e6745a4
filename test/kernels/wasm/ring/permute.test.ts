/** assembly/ring/permute.ts: every automorphism of small rings, and selections of limbs. */
import { describe, expect, it } from "vitest";
import { nttPrimes } from "../../../../src/math/primes.js";
import { residuesOf, ringPair } from "../../../support/ring-pair.js";

const basis = nttPrimes({ degree: 64, bits: 30, count: 4 });

describe("automorphisms", () => {
  it.each([16, 64])("of degree %i, all of them in either form", async (degree) => {
    const { agree, wasm } = await ringPair(degree, basis);
    const x = residuesOf(degree, basis, 2, (q, place, item) => (place % 5 === 0 ? 0 : q - 1 - place - 100 * item));
    // More elements than constants are kept, and the first ones again after they were dropped.
    for (const element of [...Array.from({ length: degree }, (_, i) => 2 * i + 1), 3, 5]) {
      for (const form of ["coefficient", "ntt"] as const)
        await agree((k) => k.automorphism(k.upload(x, { basis, form, batch: 2 }), element), `${element}, ${form}`);
    }
    const a = wasm.upload(x, { basis, form: "ntt", batch: 2 });
    expect(await wasm.read(wasm.automorphism(a, 1))).toEqual(x);
  });
});

describe("selections of limbs", () => {
  it("in any order, copied or shared", async () => {
    const { agree } = await ringPair(64, basis);
    const x = residuesOf(64, basis, 3, (q, place, item) => (q - 1 - place) >>> item);
    const [p, q, r, s] = basis;
    for (const batch of [1, 3]) {
      const shape = { basis, form: "coefficient", batch } as const;
      const part = x.subarray(0, batch * 64 * 4);
      for (const chosen of [[p], [s], [q, r], [r, q], [p, q, r, s], [s, r, q, p], [p, r]])
        await agree((k) => k.restrict(k.upload(part, shape), chosen), `${batch} x ${chosen}`);
      await agree((k) => k.negate(k.restrict(k.slice(k.upload(part, shape), batch - 1, 1), [r, s])));
    }
  });

  it("join batches of different sizes, longer than one task of a copy", async () => {
    const wide = nttPrimes({ degree: 8192, bits: 30, count: 3 });
    const { agree } = await ringPair(8192, wide);
    const x = residuesOf(8192, wide, 3, (q, place, item) => (q - 1 - place) >>> item);
    const shape = { basis: wide, form: "ntt", batch: 3 } as const;
    await agree((k) => {
      const a = k.upload(x, shape);
      return k.concat([k.slice(a, 2, 1), a, k.slice(a, 0, 2)]);
    });
  });
});
