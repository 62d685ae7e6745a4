import { describe, expect, it } from "vitest";
import { openPair } from "../../src/elgamal/decrypt.js";
import { ElGamal } from "../../src/elgamal/index.js";
import { BigintBackend } from "../../src/kernels/bigint/index.js";
import { bytesToBigint } from "../../src/math/bytes.js";
import { invMod } from "../../src/math/modular.js";
import { fixedKey, reference, sharedEngine } from "./support.js";

const key = fixedKey();
const { p } = key.publicKey.group;
const { encrypt, power } = reference(key);

describe("decryption", () => {
  it("is that of bigint, with 1 and other numbers that only bigint writes", async () => {
    const { kernels: backend } = await sharedEngine();
    const kernels = await backend.modular({ n: p, power: 1 });
    const elements = [1n, 4n, power(100n), power(-3n), p - 5n];
    const pairs = [...elements.map((m, i) => encrypt(m, 3n ** BigInt(100 * i))), [1n, 1n], [1n, 9n], [4n, power(0n)]];
    const upload = (half: number) => kernels.upload(pairs.map((pair) => pair[half]));
    expect(await openPair(kernels, { c1: upload(0), c2: upload(1) }, key.exponent())).toEqual([
      ...elements,
      1n,
      9n,
      reference(key).decrypt([4n, 1n]),
    ]);
  });

  it("raises no number that the sender knows, always to an exponent of one length, and never to the inverse of its power", async () => {
    const kernels = await BigintBackend.create();
    const modular = await kernels.modular({ n: p, power: 1 });
    const elgamal = await ElGamal.create({ kernels }, key);
    const a = await elgamal.encryptFactors([5]);
    const c1 = bytesToBigint((await elgamal.exportSections(a))[1].bytes.subarray(0, 256));
    const raised: [bigint, unknown][] = [];
    modular.power = ((original) => (handle, exponents) => {
      if (typeof exponents === "bigint") void modular.read(handle).then(([base]) => raised.push([base, exponents]));
      return original.call(modular, handle, exponents);
    })(modular.power);
    for (let i = 0; i < 3; i++) expect(await elgamal.decryptFactors(a)).toEqual([5n]);
    expect(raised.map(([, exponent]) => exponent)).toEqual([key.exponent(), key.exponent(), key.exponent()]);
    expect(new Set([c1, invMod(c1, p), ...raised.map(([base]) => base)]).size).toBe(5);
    await kernels.close();
  });
});
