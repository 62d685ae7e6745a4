import { describe, expect, it } from "vitest";
import { WireError } from "../../src/errors.js";
import type { KernelBackend } from "../../src/kernels/interface.js";
import { packResidues, unpackResidues } from "../../src/math/bitpack.js";
import { nttPrimes } from "../../src/math/primes.js";
import { useBackends } from "../support/backends.js";
import { digest } from "../support/digest.js";
import { testRandom } from "../support/random.js";

const { bigint, others } = useBackends();
const all = (): { label: string; backend: KernelBackend }[] => [{ label: "bigint", backend: bigint() }, ...others()];

/** Primes of several widths, so that rows of one item have several lengths. */
const basisOf = (degree: number) => [
  ...nttPrimes({ degree, bits: 30, count: 2 }),
  ...nttPrimes({ degree, bits: 27, count: 1 }),
  ...nttPrimes({ degree, bits: 21, count: 1 }),
];

function residuesOf(degree: number, basis: readonly number[], batch: number): Uint32Array {
  const random = testRandom(`packed ${degree}`);
  const edges = (q: number) => [0, 1, q - 1, q >> 1];
  return Uint32Array.from({ length: degree * basis.length * batch }, (_, i) => {
    const q = basis[Math.floor(i / degree) % basis.length];
    return i % 3 === 0 ? edges(q)[random.below(4)] : random.below(q);
  });
}

describe("packed residues", () => {
  it.each([1024, 4096])("go out as math/bitpack packs them, and come back: N = %i", async (degree) => {
    const basis = basisOf(degree);
    const batch = 3;
    const residues = residuesOf(degree, basis, batch);
    const shape = { basis, form: "ntt", batch } as const;
    const expected = packResidues(residues, { degree, basis, batch });
    for (const { label, backend } of all()) {
      const k = await backend.ring(degree, basis);
      const a = k.upload(residues, shape);
      expect(digest(await k.readPacked(a)), label).toBe(digest(expected));
      const wide = new Uint8Array(expected.length + 2).fill(0xaa);
      const into = wide.subarray(1, -1);
      expect(await k.readPacked(a, { into }), label).toBe(into);
      expect(digest(into), label).toBe(digest(expected));
      expect([wide[0], wide.at(-1)], label).toEqual([0xaa, 0xaa]);
      await expect(k.readPacked(a, { into: wide }), label).rejects.toThrow(/into: expected \d+ bytes, got/);
      // From an odd address, as a section of a file may lie.
      const shifted = new Uint8Array(expected.length + 1);
      shifted.set(expected, 1);
      const back = await k.uploadPacked(shifted.subarray(1), shape, "test");
      expect(back.form, label).toBe("ntt");
      expect(digest(await k.read(back)), label).toBe(digest(residues));
      const item = k.slice(a, 1, 1);
      const part = await k.readPacked(item);
      const itemShape = { degree, basis, batch: 1 };
      expect(digest(unpackResidues(part, itemShape)), label).toBe(
        digest(residues.slice(degree * basis.length, 2 * degree * basis.length)),
      );
      for (const handle of [a, back, item]) handle.dispose();
    }
  });

  it("refuse what is out of range, of another length, or none of it, in the same words", async () => {
    const degree = 1024;
    const basis = basisOf(degree);
    const shape = { basis, form: "coefficient", batch: 2 } as const;
    const layout = { degree, basis, batch: 2 };
    const good = residuesOf(degree, basis, 2);
    const wrong: Uint8Array[] = [];
    for (const [row, place] of [
      [0, 0],
      [3, degree - 1],
      [6, 17],
      // Every place of a group of 16, which the width of 30 bits has code of its own for.
      ...Array.from({ length: 16 }, (_, i) => [1, degree - 16 + i]),
    ]) {
      const residues = good.slice();
      const q = basis[row % basis.length];
      residues[row * degree + place] = q;
      // The same widths, and one residue that is not below its prime.
      const loose = basis.map((p) => 2 ** (32 - Math.clz32(p)) - 1);
      wrong.push(packResidues(residues, { degree, basis: loose, batch: 2 }));
      expect(packResidues(good, { ...layout, basis: loose })).toEqual(packResidues(good, layout));
    }
    wrong.push(packResidues(good, layout).subarray(4), new Uint8Array(0), undefined as never, "bytes" as never);
    for (const bytes of wrong) {
      let said: string | undefined;
      for (const { label, backend } of all()) {
        const k = await backend.ring(degree, basis);
        const error: unknown = await k.uploadPacked(bytes, shape, "the file").catch((e: unknown) => e);
        expect(error, label).toBeInstanceOf(WireError);
        said ??= (error as WireError).message;
        expect((error as WireError).message, label).toBe(said);
      }
      expect(said).toMatch(/the file/);
    }
  });

  it("may be worked with before they are looked at, where the backend offers it", async () => {
    const degree = 4096;
    const basis = [...nttPrimes({ degree, bits: 30, count: 2 })];
    const shape = { basis, form: "ntt", batch: 3 } as const;
    const layout = { degree, basis, batch: 3 };
    const residues = residuesOf(degree, basis, 3);
    const packed = packResidues(residues, layout);
    let offered = 0;
    for (const { label, backend } of all()) {
      const k = await backend.ring(degree, basis);
      if (k.uploadEarly === undefined) continue;
      offered++;
      const whole = await k.uploadPacked(packed, shape, "test");
      const doubled = k.add(whole, whole);
      const sound = k.uploadEarly(packed, shape, "test");
      const early = k.add(sound.handle, sound.handle);
      const reading = k.read(early);
      await sound.check();
      expect(await reading, label).toEqual(await k.read(doubled));
      const wrong = k.uploadEarly(packed.slice().fill(0xff), shape, "the file");
      const nonsense = k.intt(k.multiply(wrong.handle, whole));
      await expect(wrong.check(), label).rejects.toThrow(/the file/);
      await k.read(nonsense);
      expect(await k.readPacked(whole), label).toEqual(packed);
      expect(() => k.uploadEarly?.(packed.subarray(4), shape, "the file"), label).toThrow(WireError);
    }
    expect(offered).toBeGreaterThan(0);
  });

  it("refuse bits after a row, where rows do not fill their words", async () => {
    const degree = 16;
    // Of 7 and of 9 bits.
    const basis = [97, 353];
    const residues = residuesOf(degree, basis, 1);
    const packed = packResidues(residues, { degree, basis, batch: 1 });
    expect(basis.map((q) => (16 * (32 - Math.clz32(q))) % 32)).toEqual([16, 16]);
    for (const { label, backend } of all()) {
      if (backend.name === "webgpu") continue;
      const k = await backend.ring(degree, basis);
      const shape = { basis, form: "ntt", batch: 1 } as const;
      const back = await k.uploadPacked(packed, shape, "test");
      expect(await k.read(back), label).toEqual(residues);
      expect(await k.readPacked(back), label).toEqual(packed);
      back.dispose();
      // The last bytes of both rows, of 16 and 20 bytes.
      for (const at of [15, 35]) {
        const filled = packed.slice();
        filled[at] |= 0x80;
        await expect(k.uploadPacked(filled, shape, "test"), label).rejects.toThrow(/zero bits after each row/);
      }
    }
  });
});
