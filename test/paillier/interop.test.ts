import { readFileSync } from "node:fs";
import { generateRandomKeysSync, PrivateKey, PublicKey } from "paillier-bigint";
import { describe, expect, it } from "vitest";
import { ParameterError, SecurityError } from "../../src/errors.js";
import { bytesToBigint } from "../../src/math/bytes.js";
import { centred, invMod } from "../../src/math/modular.js";
import { fromScaledInteger } from "../../src/math/rational.js";
import { fromPaillierBigint } from "../../src/paillier/keyfile.js";
import { PaillierSecretKey } from "../../src/paillier/keys.js";
import { Paillier } from "../../src/paillier/paillier.js";
import { fixedKey, sharedEngine } from "./support.js";

describe("paillier-bigint", () => {
  const pair = generateRandomKeysSync(512, true);
  // Its types keep the primes private; its objects hold them.
  const primes = pair.privateKey as unknown as { _p: bigint; _q: bigint };
  const theirs = { n: pair.publicKey.n, g: pair.publicKey.g, p: primes._p, q: primes._q };

  it("encrypts what we decrypt, and decrypts what we encrypt, under its keys", async () => {
    const paillier = await Paillier.create(await sharedEngine(), fromPaillierBigint(theirs, { unsafe: true }));
    const values = [0n, 1n, 2n ** 60n, 123456789n];
    const c = paillier.importIntegers(
      values.map((m) => pair.publicKey.encrypt(m)),
      { bound: 2n ** 60n },
    );
    expect((await paillier.decryptIntegers(c)).map(([v]) => v)).toEqual(values);
    const ours = await paillier.encrypt([...values, -5n], { bound: 2n ** 60n });
    const back = (await paillier.exportIntegers(ours)).map((v) => pair.privateKey.decrypt(v));
    expect(back).toEqual([...values, theirs.n - 5n]);
    const sum = await paillier.dot(c, [[3, -2, 1, 10]]);
    const [raw] = await paillier.exportIntegers(sum);
    expect(pair.privateKey.decrypt(raw)).toBe(2n ** 60n - 2n + 1234567890n);
  });

  it("understands our keys", async () => {
    const key = fixedKey(512);
    const { p, q, n } = key.constants();
    const publicKey = new PublicKey(n, n + 1n);
    const lambda = (p - 1n) * (q - 1n);
    const privateKey = new PrivateKey(lambda, invMod(lambda, n), publicKey, p, q);
    const paillier = await Paillier.create(await sharedEngine(), key);
    const [c] = await paillier.exportIntegers(await paillier.encrypt([424242n]));
    expect(privateKey.decrypt(c)).toBe(424242n);
    const d = paillier.importIntegers([
      publicKey.addition(publicKey.encrypt(40n), publicKey.encrypt(2n)),
      publicKey.multiply(c, 2n),
    ]);
    expect(await paillier.decrypt(d)).toEqual(Float64Array.of(42, 848484));
  });

  it("has keys that we refuse: random generators, lost primes, another n", () => {
    expect(() => fromPaillierBigint({ ...theirs, g: theirs.g + 1n }, { unsafe: true })).toThrow(ParameterError);
    expect(() => fromPaillierBigint({ ...theirs, p: undefined }, { unsafe: true })).toThrow(/a key without its primes/);
    expect(() => fromPaillierBigint({ ...theirs, p: theirs.q }, { unsafe: true })).toThrow(SecurityError);
    expect(() => fromPaillierBigint(theirs)).toThrow(SecurityError);
  });
});

describe("python-paillier", () => {
  const cli = JSON.parse(readFileSync(new URL("../vectors/paillier/phe-2048-cli.json", import.meta.url), "utf8"));
  const fromBase64Url = (text: string) => bytesToBigint(new Uint8Array(Buffer.from(text, "base64url")));
  const jwk = cli.private_key_jwk;

  it("wrote ciphertexts that decrypt to what it says, in its own fixed point", async () => {
    const key = PaillierSecretKey.fromPrimes(fromBase64Url(jwk.p), fromBase64Url(jwk.q));
    expect(key.publicKey.n).toBe(fromBase64Url(jwk.pub.n));
    expect(key.publicKey.blum).toBe(false);
    const cases: { v: string; e: number; want: string }[] = [
      ...cli.ints.map((c: { v: string; e: number; value: string }) => ({ ...c, want: c.value })),
      ...cli.ops.map((c: { v: string; e: number; decrypts_to: string }) => ({ ...c, want: c.decrypts_to })),
      ...cli.floats.map((c: { cli: { v: string; e: number }; phe_decrypts_to: string }) => ({
        ...c.cli,
        want: c.phe_decrypts_to,
      })),
    ];
    const paillier = await Paillier.create(await sharedEngine(), key);
    const plaintexts = await paillier.decryptPlaintexts(paillier.importIntegers(cases.map((c) => BigInt(c.v))));
    const integers = plaintexts.map((m) => centred(m, key.publicKey.n));
    for (const [i, { e, want }] of cases.entries()) {
      // A value is an integer times 16^e.
      const value = fromScaledInteger(integers[i], -4 * e);
      expect(value, `case ${i}`).toBe(Number(want));
    }
    expect(cases.length).toBe(30);
  });
});
