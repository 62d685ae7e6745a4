/** Nothing that was computed leaves as it is, by any way out of the process. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Paillier } from "../../src/paillier/paillier.js";
import { fixedKey, sharedEngine } from "./support.js";

const open = async () => Paillier.create(await sharedEngine(), fixedKey(256).publicKey);

describe("what leaves the process", () => {
  it("is re-randomised unless it is fresh, by integers and by sections", async () => {
    const paillier = await open();
    const fresh = await paillier.encrypt([1, 2, 3]);
    const sum = paillier.sum(fresh);
    const raw = (await paillier.context().kernels.read(sum.handle(paillier.publicKey)))[0];
    const [one] = await paillier.exportIntegers(sum);
    const [two] = await paillier.exportIntegers(sum);
    expect(new Set([raw, one, two]).size).toBe(3);
    const bytes = await Promise.all([paillier.exportSections(sum), paillier.exportSections(sum)]);
    const numbers = bytes.map((sections) => paillier.importSections(new Map(sections.map(({ tag, bytes: b }) => [tag, b]))));
    const values = await Promise.all(numbers.map((c) => paillier.context().kernels.read(c.handle(paillier.publicKey))));
    expect(new Set([raw, one, two, ...values.flat()]).size).toBe(5);
    // Fresh numbers leave as they are, each time the same.
    expect(await paillier.exportIntegers(fresh)).toEqual(await paillier.exportIntegers(fresh));
    // A part of them, or what was imported, is not fresh.
    for (const c of [paillier.slice(fresh, 0, 1), paillier.importIntegers([one]), await paillier.negate(fresh)]) {
      expect(c.fresh).toBe(false);
    }
    expect((await paillier.rerandomise(sum)).fresh).toBe(true);
  });

  it("is no ciphertext where somebody prints, clones or serialises a batch", async () => {
    const paillier = await open();
    const c = paillier.sum(await paillier.encrypt([1, 2, 3]));
    const [raw] = await paillier.context().kernels.read(c.handle(paillier.publicKey));
    const shown = [
      inspect(c, { depth: 9, showHidden: true }),
      String(c),
      JSON.stringify(c, (_key, value) => (typeof value === "bigint" ? String(value) : value)),
      inspect(structuredClone({ ...c, key: undefined }), { depth: 9 }),
    ];
    for (const text of shown) {
      expect(text).not.toContain(String(raw));
      expect(text).not.toContain(raw.toString(16));
    }
  });
});
