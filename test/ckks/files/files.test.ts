/** Files come back as they were written, and hostile ones are refused by the field. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Ckks,
  type CkksCiphertext,
  type CkksEvaluationKeys,
  evaluationKeyFileBytes,
  exportParameters,
  importParameters,
} from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import { EncodingError, KeyMismatchError, LimitError, ParameterError, WebheError, WireError } from "../../../src/errors.js";
import { decodeContainer, encodeContainer, encodeJson, type Kind, type Section } from "../../../src/wire/index.js";
import { digest } from "../../support/digest.js";
import { openTestEngine } from "../../support/engine.js";
import { testRandom } from "../../support/random.js";
import { complexVector, expectPredicted, type Owner, ownerOf, parametersOf, plain } from "../support.js";

const parameters = parametersOf({ degree: 4096, levels: 1, special: 1, base: 1, scaleBits: 24 });
const random = testRandom("ckks files");
const x = complexVector(random, parameters.slots, 0.7);

let engine: Engine;
let owner: Owner;
let other: Owner;
let keys: CkksEvaluationKeys;
let fresh: CkksCiphertext;
beforeAll(async () => {
  engine = await openTestEngine();
  owner = await ownerOf(engine, parameters);
  other = await ownerOf(engine, parametersOf({ degree: 4096, levels: 1, special: 1, base: 1, scaleBits: 23 }));
  const { ckks, secret, publicKey } = owner;
  const plan = ckks.keysFor({ relinearise: true, rotations: [1, -1] }).merge(ckks.keysFor({ conjugate: true, level: 0 }));
  keys = await ckks.generateEvaluationKeys(secret, plan);
  fresh = await ckks.encrypt([x], publicKey);
});
afterAll(() => engine.close());

/** The same file with its parts changed and a right checksum. */
function altered(
  bytes: Uint8Array,
  change: (sections: Map<string, Uint8Array>) => void,
  head: { kind?: Kind; keyId?: Uint8Array } = {},
): Uint8Array {
  const { kind, parameterHash, keyId, sections } = decodeContainer(bytes, { what: "file", maxBytes: bytes.length });
  const map = new Map([...sections].map(([tag, b]) => [tag, b.slice()]));
  change(map);
  const list: Section[] = [...map].map(([tag, b]) => ({ tag, bytes: b }));
  return encodeContainer({ kind, parameterHash, ...(keyId && { keyId }), ...head, sections: list });
}
const meta = (bytes: Uint8Array) =>
  JSON.parse(new TextDecoder().decode(decodeContainer(bytes, { what: "file", maxBytes: bytes.length }).sections.get("META")));
const withMeta = (bytes: Uint8Array, changes: object) =>
  altered(bytes, (s) => s.set("META", encodeJson({ ...meta(bytes), ...changes })));

/** What no reader takes: cut off, with a flipped bit, of a newer version, of another kind, for other parameters, and what is no file. */
async function refusesWhatNoReaderTakes(bytes: Uint8Array, read: (b: Uint8Array) => Promise<unknown>): Promise<void> {
  for (const cut of [0, 7, 79, 200, bytes.length - 1]) await expect(read(bytes.subarray(0, cut))).rejects.toThrow(WireError);
  for (const at of [3, 8, 10, 13, 50, 77, 90, bytes.length >> 1, bytes.length - 1]) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1;
    await expect(read(flipped), `byte ${at}`).rejects.toThrow(WireError);
  }
  const newer = bytes.slice();
  newer[8] = 2;
  await expect(read(newer)).rejects.toThrow(/format version: expected 1, got 2; update webhe/);
  await expect(read(altered(bytes, () => {}, { kind: "request" }))).rejects.toThrow(/kind/);
  await expect(read(altered(bytes, (s) => s.set("XTRA", new Uint8Array(1))))).rejects.toThrow(/section 'XTRA'/);
  await expect(read("text" as never)).rejects.toThrow(WireError);
}

describe("ciphertext files", () => {
  it("carry fresh ones, products and their predictions", async () => {
    const { ckks, secret } = owner;
    const seeded = await ckks.encrypt([x, x], secret, { magnitude: 2 });
    const three = ckks.multiply(fresh, fresh);
    for (const sent of [fresh, seeded, three, ckks.rescale(three, keys)]) {
      const bytes = await ckks.exportCiphertextFile(sent);
      const received = await ckks.importCiphertextFile(bytes);
      for (const name of ["level", "scaleDegree", "components", "batch", "keyId", "seed"] as const)
        expect(received[name], name).toEqual(sent[name]);
      expect(received.precisionBits).toBeCloseTo(sent.precisionBits!, 2);
      expect(received.estimate?.magnitude).toBe(sent.estimate?.magnitude);
      const slots = (c: CkksCiphertext) => ckks.decrypt(c, secret).then((v) => digest(...v));
      expect(await slots(received)).toBe(await slots(sent));
    }
    expect((await ckks.exportCiphertextFile(seeded)).length).toBeLessThan(1.1 * (await ckks.exportCiphertextFile(fresh)).length);
  });

  it("are refused when anything is off", async () => {
    const { ckks } = owner;
    const bytes = await ckks.exportCiphertextFile(fresh);
    const read = (b: Uint8Array) => ckks.importCiphertextFile(b);
    await refusesWhatNoReaderTakes(bytes, read);
    await expect(other.ckks.importCiphertextFile(bytes)).rejects.toThrow(KeyMismatchError);
    await expect(read(altered(bytes, () => {}, { keyId: new Uint8Array(32) }))).rejects.toThrow(/key id/);
    for (const [changes, message] of [
      [{ level: 2 }, /level/],
      [{ level: -1 }, /level/],
      [{ batch: 0 }, /batch/],
      [{ batch: 2 }, /CKC0/],
      [{ batch: 1e9 }, /batch/],
      [{ scaleDegree: 3 }, /scaleDegree/],
      [{ seeded: true }, /CKC1/],
      [{ components: 3 }, /CKC2/],
      [{ components: 2 }, /components/],
      [{ estimate: { magnitude: -1, rms: 0, deviation: 0 } }, /estimate/],
      [{ estimate: { magnitude: 1 } }, /estimate/],
      [{ extra: 1 }, /extra|nrecogni/],
    ] as const)
      await expect(read(withMeta(bytes, changes)), JSON.stringify(changes)).rejects.toThrow(message);
    const large = altered(bytes, (s) => s.get("CKC0")!.fill(255));
    await expect(read(large)).rejects.toThrow(/CKC0/);
    await expect(read(altered(bytes, (s) => s.delete("CKC1")))).rejects.toThrow(/CKC1/);
  });
});

describe("plaintext files", () => {
  it("carry values, real and complex, for all levels", async () => {
    const { ckks } = owner;
    const plaintext = await ckks.encode([x, [1.5, -2], 0.25], { level: 0 });
    const read = await ckks.importPlaintext(ckks.exportPlaintext(plaintext));
    expect([read.batch, read.level, read.scaleDegree, read.range]).toEqual([3, 0, 1, plaintext.range]);
    const one = await ckks.importPlaintext(ckks.exportPlaintext(await ckks.encode([x])));
    await expectPredicted(owner, await ckks.multiplyPlain(fresh, one), [plain.multiply(x, x)]);
    plaintext.dispose();
    expect(() => ckks.exportPlaintext(plaintext)).toThrow(WebheError);
    expect(() => ckks.exportPlaintext(fresh as never)).toThrow(ParameterError);
  });

  it("are refused when anything is off", async () => {
    const { ckks } = owner;
    const bytes = ckks.exportPlaintext(await ckks.encode([[1, 2], { re: Float64Array.of(1), im: Float64Array.of(2) }]));
    const read = (b: Uint8Array) => ckks.importPlaintext(b);
    await refusesWhatNoReaderTakes(bytes, read);
    await expect(other.ckks.importPlaintext(bytes)).rejects.toThrow(KeyMismatchError);
    for (const [changes, message] of [
      [{ level: 2 }, /level/],
      [{ scaleDegree: 0 }, /scaleDegree/],
    ] as const)
      await expect(read(withMeta(bytes, changes))).rejects.toThrow(message);
    const lengths = (...words: number[]) => altered(bytes, (s) => s.set("CKLN", new Uint8Array(Uint32Array.from(words).buffer)));
    await expect(read(lengths(3, 2 ** 31 + 1))).rejects.toThrow(/'CKPV': expected 40 bytes, got 32/);
    await expect(read(lengths(2 ** 30))).rejects.toThrow(/at most 2048 slots/);
    await expect(read(lengths())).rejects.toThrow(/CKLN/);
    await expect(read(altered(bytes, (s) => s.set("CKLN", new Uint8Array(7))))).rejects.toThrow(/CKLN/);
    const value = (v: number) => altered(bytes, (s) => new DataView(s.get("CKPV")!.buffer).setFloat64(8, v, true));
    await expect(read(value(Number.NaN))).rejects.toThrow(/value 1: expected a finite number, got NaN/);
    await expect(read(value(1e300))).rejects.toThrow(EncodingError);
  });
});

describe("evaluation key files", () => {
  it("carry keys in half of what they take, each at its level", async () => {
    const { ckks } = owner;
    const bytes = await ckks.exportEvaluationKeys(keys);
    expect(bytes.length).toBeLessThan(0.5 * keys.bytes());
    const plan = ckks.keysFor({ relinearise: true, rotations: [1, -1] }).merge(ckks.keysFor({ conjugate: true, level: 0 }));
    expect(bytes.length - evaluationKeyFileBytes(plan)).toBeLessThan(400);
    const read = await ckks.importEvaluationKeys(bytes);
    expect([read.id, read.rotations, read.conjugates, read.bytes()]).toEqual([keys.id, keys.rotations, true, keys.bytes()]);
    await expectPredicted(owner, ckks.rotate(fresh, 1, read), [plain.rotate(x, 1)], { high: 4, most: 64 });
    for (const [mine, theirs] of [
      [ckks.rotate(fresh, -1, keys), ckks.rotate(fresh, -1, read)],
      [ckks.multiplyRescale(fresh, fresh, keys), ckks.multiplyRescale(fresh, fresh, read)],
      [ckks.conjugate(ckks.dropLevel(fresh, 0), keys), ckks.conjugate(ckks.dropLevel(fresh, 0), read)],
    ] as const) {
      const content = async (c: CkksCiphertext) => digest(...(await ckks.exportCiphertext(c)).sections.map((s) => s.bytes));
      expect(await content(theirs)).toBe(await content(mine));
    }
    expect(digest(await ckks.exportEvaluationKeys(read))).toBe(digest(bytes));
    const none = await ckks.generateEvaluationKeys(owner.secret, ckks.keysFor({}));
    expect((await ckks.importEvaluationKeys(await ckks.exportEvaluationKeys(none))).bytes()).toBe(0);
    await expect(ckks.exportEvaluationKeys({} as never)).rejects.toThrow(ParameterError);
  });

  it("are refused when anything is off", async () => {
    const { ckks } = owner;
    const bytes = await ckks.exportEvaluationKeys(keys);
    const read = (b: Uint8Array) => ckks.importEvaluationKeys(b);
    await refusesWhatNoReaderTakes(bytes, read);
    await expect(other.ckks.importEvaluationKeys(bytes)).rejects.toThrow(KeyMismatchError);
    await expect(read(altered(bytes, () => {}, { keyId: new Uint8Array(32) }))).rejects.toThrow(/key id/);
    const last = parameters.slots - 1;
    for (const [changes, message] of [
      [{ relinearisation: 2 }, /level of the relinearisation key: expected at most 1, got 2/],
      [{ relinearisation: null }, /SEED/],
      [{ relinearisation: 0 }, /CKSB/],
      [{ rotations: [[1, 1]] }, /SEED/],
      [
        {
          rotations: [
            [last, 1],
            [1, 1],
          ],
        },
        /ascending steps from 1 to 2047, got 1/,
      ],
      [
        {
          rotations: [
            [1, 1],
            [1, 1],
          ],
        },
        /ascending/,
      ],
      [
        {
          rotations: [
            [1, 1],
            [parameters.slots, 1],
          ],
        },
        /ascending/,
      ],
      [
        {
          rotations: [
            [0, 1],
            [1, 1],
          ],
        },
        /rotations/,
      ],
      [
        {
          rotations: [
            [1, 1, 1],
            [2, 1],
          ],
        },
        /rotations/,
      ],
      [{ conjugation: "0" }, /conjugation/],
    ] as const)
      await expect(read(withMeta(bytes, changes)), JSON.stringify(changes)).rejects.toThrow(message);
    await expect(read(altered(bytes, (s) => s.get("CKSB")!.fill(255)))).rejects.toThrow(/evaluation keys, section 'CKSB'/);
    await expect(read(altered(bytes, (s) => s.set("SEED", new Uint8Array(31))))).rejects.toThrow(/SEED/);
  });
});

describe("parameter files", () => {
  it("carry what makes the same parameters", () => {
    for (const p of [parameters, parametersOf({ degree: 8192, levels: 1, special: 0 })])
      expect(importParameters(exportParameters(p)).hash).toEqual(p.hash);
  });

  it("are refused when anything is off", async () => {
    const bytes = exportParameters(parameters);
    const read = async (b: Uint8Array) => importParameters(b);
    await refusesWhatNoReaderTakes(bytes, read);
    const literal = parameters.toLiteral();
    const put = (changes: object) => altered(bytes, (s) => s.set("CKPM", encodeJson({ ...literal, ...changes })));
    await expect(read(put({ scaleBits: 20 }))).rejects.toThrow(KeyMismatchError);
    for (const changes of [{ degree: 3 }, { basePrimes: [] }, { degree: 1024 }, { scaleBits: "24" }, { more: 1 }])
      await expect(read(put(changes)), JSON.stringify(changes)).rejects.toThrow(WireError);
    await expect(read(altered(bytes, (s) => s.set("CKPM", new Uint8Array(9000))))).rejects.toThrow(LimitError);
    expect(await Ckks.create(engine, importParameters(bytes))).toBeInstanceOf(Ckks);
  });
});
