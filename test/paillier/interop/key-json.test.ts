import { base64urlnopad } from "@scure/base";
import { describe, expect, it } from "vitest";
import { ParameterError, SecurityError, WebheError, WireError } from "../../../src/errors.js";
import { gcd, invMod } from "../../../src/math/modular.js";
import { toBase64url } from "../../../src/paillier/interop/json.js";
import {
  readPhePublicKey,
  readPheSecretKey,
  writePhePublicKey,
  writePheSecretKey,
} from "../../../src/paillier/interop/key-json.js";
import { Paillier } from "../../../src/paillier/paillier.js";
import { fixedKey, plainKey, sharedEngine } from "../support.js";
import { vector } from "./support.js";

type Jwk = Record<string, unknown> & { pub: Record<string, unknown> };
interface Documented {
  readonly keys: Record<
    string,
    { key: Jwk; check: { n_bits: number; p: string; q: string; kat_computed_here: { m: string; c: string } } }
  >;
}

const unsafe = { unsafe: true };
const { keys } = vector<Documented>("key-files-documented.json");
const cli = vector<{ private_key_jwk: Jwk }>("phe-2048-cli.json").private_key_jwk;

describe("key files of python-paillier and javallier", () => {
  it.each(Object.entries(keys))("with lambda and mu are read: %s", async (_name, { key, check }) => {
    const { secretKey, kid, publicKid } = readPheSecretKey(JSON.stringify(key), unsafe);
    const { p, q } = secretKey.constants();
    expect([p, q].sort()).toEqual([BigInt(check.p), BigInt(check.q)].sort());
    expect([kid, publicKid]).toEqual([key.kid, key.pub.kid]);
    expect(secretKey.publicKey.bits).toBe(check.n_bits);
    const paillier = await Paillier.create(await sharedEngine(), secretKey);
    const { m, c } = check.kat_computed_here;
    expect(await paillier.decryptPlaintexts(paillier.importIntegers([BigInt(c)]))).toEqual([BigInt(m)]);
    const open = readPhePublicKey(JSON.stringify(key.pub), unsafe);
    expect(open.publicKey.n).toBe(secretKey.publicKey.n);
    expect(open.kid).toBe(key.pub.kid);
    // Nothing is known of its primes, so nothing is assumed.
    expect(open.publicKey.blum).toBe(false);
  });

  it("with p and q are read, and written as they were", () => {
    const { secretKey, kid, publicKid } = readPheSecretKey(new TextEncoder().encode(JSON.stringify(cli, null, 2)));
    const iso = vector<{ p: string; q: string; n: string }>("ipcl-iso18033-6-2048.json");
    expect(secretKey.publicKey.n).toBe(BigInt(iso.n));
    expect(JSON.parse(writePheSecretKey(secretKey, { kid, publicKid }))).toEqual(cli);
    expect(JSON.parse(writePhePublicKey(secretKey.publicKey, { kid: publicKid }))).toEqual(cli.pub);
  });

  it("are written byte for byte as python-paillier's and javallier's documents show them", () => {
    for (const [name, { key }] of Object.entries(keys)) {
      const { secretKey, kid, publicKid } = readPheSecretKey(JSON.stringify(key), unsafe);
      const dialect = name.startsWith("javallier") ? "javallier" : "phe";
      expect(JSON.parse(writePheSecretKey(secretKey, { kid, publicKid, dialect, form: "totient" })), name).toEqual(key);
    }
    // Java's sign byte, and phe's lack of it.
    const { publicKey } = fixedKey(256);
    const bytes = (dialect: "phe" | "javallier") =>
      base64urlnopad.decode(JSON.parse(writePhePublicKey(publicKey, { dialect })).n);
    expect([bytes("phe").length, bytes("javallier").length, bytes("javallier")[0]]).toEqual([32, 33, 0]);
  });

  it.each([
    ["256 bits", fixedKey(256)],
    ["other primes", plainKey()],
    ["2048 bits", fixedKey(2048)],
  ])("come back in every form and dialect: %s", (_name, key) => {
    for (const dialect of ["phe", "javallier"] as const) {
      for (const form of [undefined, "primes", "totient"] as const) {
        const { secretKey } = readPheSecretKey(writePheSecretKey(key, { dialect, form }), unsafe);
        expect(secretKey.publicKey.equals(key.publicKey)).toBe(true);
        expect(secretKey.constants().p * secretKey.constants().q).toBe(key.publicKey.n);
      }
      expect(readPhePublicKey(writePhePublicKey(key.publicKey, { dialect }), unsafe).publicKey.n).toBe(key.publicKey.n);
    }
  });

  it("may hold the least common multiple for lambda", () => {
    const { p, q, n } = fixedKey(512).constants();
    const lambda = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n);
    const file = JSON.parse(writePheSecretKey(fixedKey(512), { form: "totient" }));
    const text = JSON.stringify({ ...file, lambda: toBase64url(lambda), mu: toBase64url(invMod(lambda, n)) });
    expect(readPheSecretKey(text, unsafe).secretKey.publicKey.n).toBe(n);
  });

  it("may hold members that are not known", () => {
    expect(readPhePublicKey(JSON.stringify({ ...cli.pub, use: "enc", x5c: [1] })).publicKey.bits).toBe(2048);
  });
});

describe("hostile key files", () => {
  const open = JSON.parse(writePhePublicKey(fixedKey(256).publicKey)) as Record<string, unknown>;
  const secret = JSON.parse(writePheSecretKey(fixedKey(256))) as Jwk;
  const old = JSON.parse(writePheSecretKey(fixedKey(256), { form: "totient" })) as Jwk;
  const { p, n } = fixedKey(256).constants();
  const other = fixedKey(512).constants();

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["kty", { kty: "RSA" }, /field 'kty'/],
    ["alg", { alg: "PAI-GN2" }, /field 'alg'/],
    ["no alg", { alg: undefined }, /field 'alg'/],
    ["no n", { n: undefined }, /field 'n'/],
    ["n as a number", { n: 12345 }, /field 'n'/],
    ["n in base64", { n: "ab+/" }, /field 'n'/],
    ["n with padding", { n: "_w==" }, /field 'n'/],
    ["n cut off", { n: "abcde" }, /field 'n'/],
    ["n with stray bits", { n: "AB" }, /field 'n'/],
    ["n empty", { n: "" }, /field 'n'/],
    ["n too long", { n: "A".repeat(705) }, /field 'n'/],
    ["key_ops", { key_ops: ["decrypt"] }, /field 'key_ops'.*"encrypt" is not among them/],
    ["kid", { kid: 5 }, /field 'kid'/],
  ])("are refused, and the field is named: public, %s", (_name, changes, message) => {
    const text = JSON.stringify({ ...open, ...changes });
    expect(() => readPhePublicKey(text, unsafe)).toThrow(WireError);
    expect(() => readPhePublicKey(text, unsafe)).toThrow(message);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["kty", { ...secret, kty: "RSA" }, /field 'kty'/],
    ["no pub", { ...secret, pub: undefined }, /field 'pub'/],
    ["pub.alg", { ...secret, pub: { ...open, alg: "x" } }, /field 'pub.alg'/],
    ["no q", { ...secret, q: undefined }, /field 'q'/],
    ["no mu", { ...old, mu: undefined }, /field 'mu'/],
    ["both forms", { ...secret, lambda: old.lambda, mu: old.mu }, /either p and q, or lambda and mu, got both/],
    ["no form", { ...secret, p: undefined, q: undefined }, /got neither/],
    ["a public key", open, /got neither/],
    ["key_ops", { ...secret, key_ops: ["encrypt"] }, /field 'key_ops'/],
  ])("are refused, and the field is named: secret, %s", (_name, file, message) => {
    expect(() => readPheSecretKey(JSON.stringify(file), unsafe)).toThrow(WireError);
    expect(() => readPheSecretKey(JSON.stringify(file), unsafe)).toThrow(message);
  });

  it("are refused where their numbers do not belong together", () => {
    const text = toBase64url;
    const bad: Record<string, unknown>[] = [
      { ...secret, p: text(other.p) },
      { ...secret, p: text(p + 2n) },
      { ...secret, p: text(1n), q: text(n) },
      { ...secret, p: text(n), q: text(1n) },
      { ...secret, p: text(0n) },
      { ...secret, pub: { ...open, n: text(other.n) } },
      { ...old, lambda: text((other.p - 1n) * (other.q - 1n)) },
      { ...old, lambda: text(0n) },
      { ...old, mu: text(5n) },
      { ...old, pub: { ...open, n: text(other.n) } },
      { ...secret, pub: { ...open, n: text(n + 1n) } },
      { ...secret, pub: { ...open, n: text(p) } },
      { ...secret, pub: { ...open, n: text(0n) } },
    ];
    for (const [i, file] of bad.entries())
      expect(() => readPheSecretKey(JSON.stringify(file), unsafe), `case ${i}`).toThrow(i < 12 ? SecurityError : WebheError);
    expect(() => readPhePublicKey(JSON.stringify({ ...open, n: text(p * p) }), unsafe)).toThrow(/a square/);
    expect(() => readPhePublicKey(JSON.stringify({ ...open, n: text(p) }), unsafe)).toThrow(/a prime/);
  });

  it("are refused where they are short, unless that is asked for", () => {
    expect(() => readPhePublicKey(JSON.stringify(open))).toThrow(/at least 2048 bits/);
    expect(() => readPheSecretKey(JSON.stringify(secret))).toThrow(SecurityError);
    expect(() => readPheSecretKey(JSON.stringify(old))).toThrow(SecurityError);
  });

  it("are refused where they are no key files at all", () => {
    for (const bad of ["", "[]", "null", "5", '"x"', "{}", `{"p":${" ".repeat(1 << 14)}1}`])
      expect(() => readPheSecretKey(bad, unsafe), bad.slice(0, 20)).toThrow(WireError);
    expect(() => readPhePublicKey(null as never, { what: "public.json" })).toThrow(/^public\.json: expected text or bytes/);
  });

  it("are not written in forms that nobody reads", () => {
    const key = fixedKey(256);
    expect(() => writePhePublicKey(key.publicKey, { dialect: "java" as never })).toThrow(ParameterError);
    expect(() => writePheSecretKey(key, { form: "lambda" as never })).toThrow(ParameterError);
  });
});
