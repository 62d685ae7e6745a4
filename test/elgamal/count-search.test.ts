import { describe, expect, it } from "vitest";
import { CountPowers } from "../../src/elgamal/count-powers.js";
import { CountSearch } from "../../src/elgamal/count-search.js";
import { elGamalGroup, GROUP_NAMES, MAX_COUNT } from "../../src/elgamal/index.js";
import { EncodingError } from "../../src/errors.js";
import { mod } from "../../src/math/modular.js";
import { testRandom } from "../support/random.js";
import { fixedKey, reference, sharedEngine } from "./support.js";

const group = elGamalGroup("ffdhe2048");
const { power } = reference(fixedKey());
const powers = (counts: readonly number[]) => counts.map((v) => power(BigInt(v)));

describe("counts", () => {
  it.each([0, 1, 2, 3, 7, 8, 100])("are found, every one of them, up to %i", async (bound) => {
    const counts = Array.from({ length: 2 * bound + 1 }, (_, i) => i - bound);
    const search = new CountSearch(group);
    expect(await search.find(powers(counts), bound)).toEqual(counts);
    for (const beyond of [bound + 1, -bound - 1]) {
      await expect(search.find(powers([0, beyond]), bound)).rejects.toThrow(EncodingError);
      await expect(search.find(powers([0, beyond]), bound, { first: 64 })).rejects.toThrow(
        `count 65: expected an integer from -${bound} to ${bound}, got none in that range`,
      );
    }
  });

  it.each(GROUP_NAMES)("are found at both sides of every seam of table and steps: %s", async (name) => {
    const search = new CountSearch(elGamalGroup(name));
    const own = reference(fixedKey(name));
    const seams = [0, 1, 32767, 32768, 32769, 65535, 65536, 65537, 98303, 98304, 98305, 2 ** 20 - 1, 2 ** 20].flatMap((v) => [
      v,
      -v,
    ]);
    const random = testRandom(name);
    for (let i = 0; i < 20; i++) seams.push(random.between(0, 2 ** 20) * (i % 2 === 0 ? 1 : -1));
    const found = await search.find(
      seams.map((v) => own.power(BigInt(v))),
      2 ** 20,
    );
    expect(found.map((v) => v + 0)).toEqual(seams.map((v) => v + 0));
    for (const beyond of [2 ** 20 + 1, -(2 ** 20) - 1])
      await expect(search.find([own.power(BigInt(beyond))], 2 ** 20)).rejects.toThrow(EncodingError);
  });

  it("are found in a table that is larger than their bound asks for, within the bound alone", async () => {
    const search = new CountSearch(group);
    await search.find(powers([1000]), 1000);
    expect(await search.find(powers([3, -3]), 3)).toEqual([3, -3]);
    await expect(search.find(powers([4]), 3)).rejects.toThrow(EncodingError);
  });

  it("are refused where an element is no small power, and where work is cancelled", async () => {
    const search = new CountSearch(group);
    await expect(search.find([3n ** 2n], 2 ** 18)).rejects.toThrow(/^count 0/);
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(search.find(powers([1]), 1, { signal: aborted })).rejects.toThrow("enough");
  });

  it("are not taken from the word of an element alone", async () => {
    // For a bound of 3 the table has 8 elements, from g^4096 on, with that of 0 in the middle.
    const element = (middle: bigint) => mod(middle * power(-4100n), group.p);
    expect(await new CountSearch(group).find([element(power(4101n))], 3)).toEqual([1]);
    const impostor = element(power(4101n) ^ (1n << 64n));
    await expect(new CountSearch(group).find([impostor], 3)).rejects.toThrow(EncodingError);
  });

  it("are raised as bigint raises them, of either sign, up to the largest", async () => {
    const { kernels: backend } = await sharedEngine();
    const kernels = await backend.modular({ n: group.p, power: 1 });
    const counts = [0n, 1n, -1n, 12345n, -12345n, BigInt(MAX_COUNT), -BigInt(MAX_COUNT)];
    const source = new CountPowers(kernels, group);
    expect(await kernels.read(source.of(counts))).toEqual(counts.map(power));
    source.dispose();
    source.dispose();
  });
});
