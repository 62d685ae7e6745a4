import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Ckks,
  type CkksCiphertext,
  type CkksPublicKey,
  type CkksSecretKey,
  chooseParameters,
  ciphertextBytes,
} from "../../src/ckks/index.js";
import type { Engine } from "../../src/engine/index.js";
import { KeyMismatchError, LifetimeError, WebheError, WireError } from "../../src/errors.js";
import { chosenSeeds, SEED_SOURCE } from "../../src/math/random.js";
import { decodeContainer, encodeContainer } from "../../src/wire/index.js";
import { digest } from "../support/digest.js";
import { openTestEngine } from "../support/engine.js";
import { testRandom } from "../support/random.js";

const parameters = chooseParameters({ slots: 512, levels: 0, scaleBits: 20, magnitude: 4 });
const others = chooseParameters({ slots: 512, levels: 0, scaleBits: 21, magnitude: 4 });
const random = testRandom("ckks serialization");
let engine: Engine;
let ckks: Ckks;
let secret: CkksSecretKey;
let publicKey: CkksPublicKey;
beforeAll(async () => {
  engine = await openTestEngine();
  ckks = await Ckks.create(engine, parameters);
  secret = await ckks.generateSecretKey();
  publicKey = await ckks.publicKey(secret);
});
afterAll(() => engine.close());

async function carried(ciphertext: CkksCiphertext): Promise<CkksCiphertext> {
  const { meta, sections } = await ckks.exportCiphertext(ciphertext);
  const bytes = sections.reduce((sum, s) => sum + s.bytes.length, 0);
  expect(bytes).toBe(ciphertextBytes(parameters, meta));
  return ckks.importCiphertext(
    JSON.parse(JSON.stringify(meta)),
    (tag) => sections.find((s) => s.tag === tag)?.bytes,
    ciphertext.keyId,
  );
}

describe("ciphertexts", () => {
  it("arrive as they were sent, seeded or whole", async () => {
    for (const key of [secret, publicKey]) {
      const sent = await ckks.encrypt([[1, 2], [3]], key);
      const received = await carried(sent);
      expect(received.seed).toEqual(sent.seed);
      expect(await ckks.decrypt(received, secret)).toEqual(await ckks.decrypt(sent, secret));
    }
    const [derived] = await ckks.decrypt(
      await carried(ckks.add(await ckks.encrypt([[1]], secret), await ckks.encrypt([[2]], publicKey))),
      secret,
    );
    expect(derived[0]).toBeCloseTo(3, 1);
  });

  it("go out in parts as they go out whole, and a part is there before the next one is made", async () => {
    const seeds = () => ({ [SEED_SOURCE]: chosenSeeds(new Uint8Array(32).fill(5)) });
    // Several parts on any number of threads, the last of them short.
    const perThread = (5 * 2 ** 15) / (parameters.degree * parameters.primes.length);
    const threads = engine.describe().threads;
    const vectors = Array.from({ length: Math.ceil(2.5 * perThread * threads) }, (_, i) => [i % 4, -1]);
    const whole = await Ckks.create(engine, parameters, seeds());
    const key = await whole.generateSecretKey();
    const expected = await whole.exportCiphertext(await whole.encrypt(vectors, key));
    const inParts = await Ckks.create(engine, parameters, seeds());
    const sameKey = await inParts.generateSecretKey();
    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    const { meta, sections } = inParts.encryptSeeded(vectors, sameKey, { onProgress });
    expect(meta).toEqual(expected.meta);
    const [{ tag, length, fill }, seed] = sections;
    const target = new Uint8Array(length);
    const ends: number[] = [];
    for await (const end of fill(target)) ends.push(end);
    expect(ends.length).toBeGreaterThan(engine.describe().backend === "wasm" ? 2 : 0);
    expect(ends.at(-1)).toBe(length);
    expect(seed).toEqual(expected.sections[1]);
    // Digests: what differs in megabytes is not worth printing.
    expect([tag, digest(target)]).toEqual([expected.sections[0].tag, digest(expected.sections[0].bytes)]);
    expect(progress).toEqual(vectors.map((_, i) => i + 1));
    // Another error, or another message, under the same public seed would tell of the secret.
    expect(() => fill(target)).toThrow(/made once/);
    const abort = new AbortController();
    const stopped = inParts.encryptSeeded(vectors, sameKey, { signal: abort.signal }).sections[0].fill(target);
    abort.abort(new Error("enough"));
    await expect(stopped[Symbol.asyncIterator]().next()).rejects.toThrow("enough");
  });

  it("keep their components apart until both are asked for, and whoever works on them gets the same", async () => {
    for (const key of [secret, publicKey]) {
      const sent = await ckks.encrypt([[1, 2], [3], [4]], key);
      const [apart, joined] = [await carried(sent), await carried(sent)];
      expect([joined.handle.batch, joined.parts, apart.batch, apart.parts?.length]).toEqual([6, undefined, 3, 2]);
      const bytes = async (x: CkksCiphertext) => (await ckks.exportCiphertext(x)).sections.map((s) => digest(s.bytes));
      for (const work of [
        (x: CkksCiphertext) => ckks.slice(x, 1, 2),
        (x: CkksCiphertext) => ckks.concat([x, x]),
        (x: CkksCiphertext) => ckks.negate(x),
      ]) {
        expect(await bytes(work(await carried(sent)))).toEqual(await bytes(work(joined)));
      }
      expect(await ckks.decrypt(apart, secret)).toEqual(await ckks.decrypt(joined, secret));
      expect(apart.parts).toHaveLength(2);
      const parts = [...apart.parts!];
      apart.dispose();
      expect([apart.disposed, ...parts.map((part) => part.disposed)]).toEqual([true, true, true]);
      await expect(ckks.decrypt(apart, secret)).rejects.toThrow(LifetimeError);
      expect(await bytes(joined)).toEqual(await bytes(sent));
    }
  });

  it("may be computed with before their residues are looked at, and each real part is that of the complex slots", async () => {
    const sent = await ckks.encrypt([{ re: Float64Array.of(1, 2), im: Float64Array.of(3, -1) }], publicKey);
    const { meta, sections } = await ckks.exportCiphertext(sent);
    const section = (tag: string) => sections.find((s) => s.tag === tag)?.bytes;
    const early = await ckks.importEarly(meta, section, secret.id);
    const opening = ckks.decrypt(early.ciphertext, secret);
    await early.check();
    expect(await opening).toEqual(await ckks.decrypt(sent, secret));
    // All bits set: beyond every prime. Work on it ends, the check says what is wrong, and nothing else is harmed.
    const filled = (tag: string) => section(tag)?.slice().fill(0xff);
    for (const tag of ["CKC0", "CKC1"]) {
      const broken = await ckks.importEarly(meta, (t) => (t === tag ? filled(t) : section(t)), secret.id);
      const nonsense = ckks.decrypt(broken.ciphertext, secret);
      await expect(broken.check()).rejects.toThrow(new RegExp(`${tag}.*below`));
      await nonsense;
      broken.ciphertext.dispose();
    }
    await expect(ckks.importEarly(meta, (t) => (t === "CKC1" ? undefined : section(t)), secret.id)).rejects.toThrow(WireError);
    const complex = await ckks.decryptComplex(sent, secret);
    expect(complex[0].im[0]).toBeCloseTo(3, 1);
    expect(await ckks.decrypt(sent, secret)).toEqual(complex.map(({ re }) => re));
  });

  it("take half the bytes when seeded", async () => {
    const bytes = async (key: CkksSecretKey | CkksPublicKey) => {
      const { sections } = await ckks.exportCiphertext(await ckks.encrypt([[1]], key));
      return sections.reduce((sum, s) => sum + s.bytes.length, 0);
    };
    expect(await bytes(secret)).toBe((await bytes(publicKey)) / 2 + 32);
  });

  it("are refused when metadata or sections are off", async () => {
    const { meta, sections } = await ckks.exportCiphertext(await ckks.encrypt([[1]], secret));
    const good = new Map(sections.map((s) => [s.tag, s.bytes]));
    const attempt = (m: unknown, change: (map: Map<string, Uint8Array>) => void = () => {}) => {
      const map = new Map(good);
      change(map);
      return ckks.importCiphertext(m, (tag) => map.get(tag), secret.id);
    };
    await attempt(meta);
    for (const bad of [
      null,
      1,
      {},
      { ...meta, level: 1 },
      { ...meta, level: -1 },
      { ...meta, batch: 0 },
      { ...meta, batch: 2 },
      { ...meta, batch: 1e9 },
      { ...meta, scaleDegree: 3 },
      { ...meta, seeded: false },
      { ...meta, x: 1 },
    ]) {
      await expect(attempt(bad), JSON.stringify(bad)).rejects.toThrow(WireError);
    }
    await expect(attempt(meta, (map) => map.delete("CKC0"))).rejects.toThrow(WireError);
    await expect(attempt(meta, (map) => map.set("SEED", new Uint8Array(31)))).rejects.toThrow(WireError);
    await expect(attempt(meta, (map) => map.set("CKC0", (good.get("CKC0") as Uint8Array).slice(4)))).rejects.toThrow(WireError);
    await expect(
      attempt(meta, (map) => map.set("CKC0", new Uint8Array((good.get("CKC0") as Uint8Array).length).fill(255))),
    ).rejects.toThrow(WireError);
  });
});

describe("key files", () => {
  it("give the same keys back", async () => {
    const again = await ckks.importSecretKey(ckks.exportSecretKey(secret));
    const theirs = await ckks.importPublicKey(await ckks.exportPublicKey(publicKey));
    expect([again.id, theirs.id]).toEqual([secret.id, secret.id]);
    const [opened] = await ckks.decrypt(await ckks.encrypt([[0.5]], theirs), again);
    // Public-key noise has a standard deviation of 0.005 here.
    expect(opened[0]).toBeCloseTo(0.5, 1);
  });

  it("hold one public key a secret, and the id is its hash", async () => {
    const file = await ckks.exportPublicKey(publicKey);
    expect(await ckks.exportPublicKey(await ckks.publicKey(secret))).toEqual(file);
    const again = await ckks.importSecretKey(ckks.exportSecretKey(secret));
    expect(await ckks.exportPublicKey(await ckks.publicKey(again))).toEqual(file);
    const stranger = await ckks.generateSecretKey();
    expect(stranger.id).not.toEqual(secret.id);
    expect(stranger.publicSeed).not.toEqual(secret.publicSeed);
  });

  it("are refused under the id of another key, whose ciphertexts they would take the place of", async () => {
    const stranger = await ckks.generateSecretKey();
    const renamed = (file: Uint8Array, what: "publicKey" | "secretKey") => {
      const { sections } = decodeContainer(file, { what, maxBytes: 1 << 20 });
      const content = { kind: what, parameterHash: parameters.hash, keyId: secret.id } as const;
      return encodeContainer({ ...content, sections: [...sections].map(([tag, bytes]) => ({ tag, bytes })) });
    };
    const publicFile = renamed(await ckks.exportPublicKey(await ckks.publicKey(stranger)), "publicKey");
    await expect(ckks.importPublicKey(publicFile)).rejects.toThrow(KeyMismatchError);
    await expect(ckks.importSecretKey(renamed(ckks.exportSecretKey(stranger), "secretKey"))).rejects.toThrow(KeyMismatchError);
  });

  it("are refused by other parameters, as the other kind, truncated or altered", async () => {
    const other = await Ckks.create(engine, others);
    const secretFile = ckks.exportSecretKey(secret);
    const publicFile = await ckks.exportPublicKey(publicKey);
    await expect(other.importSecretKey(secretFile)).rejects.toThrow(KeyMismatchError);
    await expect(other.importPublicKey(publicFile)).rejects.toThrow(KeyMismatchError);
    await expect(ckks.importSecretKey(publicFile.slice(0, 4000))).rejects.toThrow(WireError);
    await expect(ckks.importPublicKey(secretFile)).rejects.toThrow(/kind/);
    for (let i = 0; i < 60; i++) {
      const file = random.pick([secretFile, publicFile]).slice();
      const read =
        file.length === secretFile.length
          ? (b: Uint8Array) => ckks.importSecretKey(b)
          : (b: Uint8Array) => ckks.importPublicKey(b);
      await expect(read(file.slice(0, random.below(file.length)))).rejects.toThrow(WebheError);
      file[random.below(file.length)] ^= 1 << random.below(8);
      await expect(read(file)).rejects.toThrow(WebheError);
    }
  });
});
