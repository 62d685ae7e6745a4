import { afterEach, describe, expect, it, vi } from "vitest";
import { extraKernels } from "../../../../src/kernels/wasm/worker/openssl.js";
import { powMod } from "../../../../src/math/modular.js";
import { isPrime } from "../../../../src/math/primes.js";
import { testModulus } from "../../../support/modular-cases.js";
import { testRandom } from "../../../support/random.js";
import { testKernels } from "../modular/support.js";

const random = testRandom("OpenSSL");

function primeOf(bits: number): bigint {
  for (;;) {
    const p = random.bigBits(bits) | 1n;
    if (isPrime(p)) return p;
  }
}

/** The kernel over memory of its own: powers of rows, undefined where it left them to others. */
function opensslKernel() {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const { opensslPower } = extraKernels(memory);
  const put = (address: number, value: bigint, words: number) => {
    const row = new Uint32Array(memory.buffer, address, words);
    for (let i = 0; i < words; i++) row[i] = Number((value >> BigInt(32 * i)) & 0xffffffffn);
  };
  const take = (address: number, words: number) =>
    new Uint32Array(memory.buffer, address, words).reduceRight((value, word) => (value << 32n) | BigInt(word), 0n);
  return (m: bigint, bases: readonly bigint[], exponent: bigint): (bigint | undefined)[] => {
    const words = Math.ceil(m.toString(16).length / 8);
    const [modulusAt, exponentAt, basesAt, powersAt, flagsAt] = [1024, 8192, 16384, 65536, 131072];
    new Uint8Array(memory.buffer).fill(0xa5);
    put(modulusAt, m, words);
    put(exponentAt, exponent, 64);
    bases.forEach((base, i) => {
      put(basesAt + 4 * words * i, base, words);
    });
    new Uint32Array(memory.buffer, 0, 7).set([modulusAt, words, exponentAt, 64, basesAt, powersAt, flagsAt]);
    opensslPower(0, 0, bases.length);
    const flags = new Uint32Array(memory.buffer, flagsAt, bases.length);
    return bases.map((_, i) => (flags[i] === 1 ? take(powersAt + 4 * words * i, words) : undefined));
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("powers by OpenSSL", () => {
  it.each([512, 1000, 2048])("are those of bigint or left to others, %i bits", (bits) => {
    const power = opensslKernel();
    const m = random.bigBits(bits) | 1n;
    const bases = [0n, 1n, m - 1n, 2n, m - 2n, ...Array.from({ length: 4 }, () => random.bigBelow(m))];
    for (const e of [random.bigBits(256), (1n << 300n) - 1n, 1n << 299n]) {
      const got = power(m, bases, e);
      expect(got.slice(0, 3)).toEqual([undefined, undefined, undefined]);
      expect(got.slice(3)).toEqual(bases.slice(3).map((b) => powMod(b, e, m)));
    }
  });

  it("begin when as many were asked for as pay, and are forgotten when they rest", () => {
    vi.useFakeTimers();
    const power = opensslKernel();
    const m = random.bigBits(512) | 1n;
    expect(power(m, [5n, 6n, 7n], 65537n)).toEqual([undefined, undefined, undefined]);
    expect(power(m, [5n], 65537n)).toEqual([powMod(5n, 65537n, m)]);
    expect(power(m, [6n], 65537n)).toEqual([powMod(6n, 65537n, m)]);
    vi.advanceTimersByTime(8_000);
    expect(power(m, [7n], 65537n)).toEqual([powMod(7n, 65537n, m)]);
    vi.advanceTimersByTime(30_000);
    expect(power(m, [8n], 65537n)).toEqual([undefined]);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(30_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are left to others for a modulus that OpenSSL refuses or is wrong about", () => {
    const power = opensslKernel();
    const bases = [3n, 4n, 5n, 6n, 7n];
    expect(power(1n << 600n, bases, 65537n)).toEqual(bases.map(() => undefined));
    // Node 20 and 22 return wrong powers here, and the one at set-up tells.
    const [m, e] = [random.bigBits(256) | 1n, random.bigBits(250)];
    power(m, bases, e).forEach((value, i) => {
      expect([undefined, powMod(bases[i], e, m)]).toContain(value);
    });
  });
});

describe("kernels with OpenSSL", () => {
  it("use it for a long shared exponent alone", async () => {
    const declaration = testModulus(1024, 2);
    const { k, runtime } = await testKernels(declaration, { openssl: true });
    const bases = [0n, 1n, k.modulus - 1n, ...Array.from({ length: 5 }, () => random.bigBelow(k.modulus))];
    const a = k.upload(bases);
    const used = async (exponents: bigint | readonly bigint[]) => {
      const from = runtime.recorded.length;
      const result = k.power(a, exponents);
      const list = typeof exponents === "bigint" ? bases.map(() => exponents) : exponents;
      expect(await k.read(result)).toEqual(list.map((e, i) => powMod(bases[i % bases.length], e, k.modulus)));
      result.dispose();
      return runtime.recorded.slice(from).includes("opensslPower");
    };
    expect(await used(random.bigBits(256))).toBe(true);
    expect(await used(random.bigBits(1500))).toBe(true);
    expect(await used(random.bigBits(255))).toBe(false);
    expect(await used(bases.map(() => random.bigBits(256)))).toBe(false);
    a.dispose();
    // The constants of the modulus and its words stay.
    expect(runtime.live()).toBe(2);
  });

  it("give 1 where the power is 1, as in the decryption of a zero", async () => {
    const p = primeOf(256);
    const { k, runtime } = await testKernels({ n: p, power: 2 }, { openssl: true });
    const bases = [p + 1n, 2n, 3n, 1n, p * p - 1n, random.bigBelow(p * p)];
    const e = p * (p - 1n);
    expect(await k.read(k.power(k.upload(bases), e))).toEqual(bases.map((b) => powMod(b, e, p * p)));
    expect(runtime.recorded).toContain("opensslPower");
  });

  it("do without it under 512 bits and where it was not asked for", async () => {
    for (const [bits, openssl] of [
      [511, true],
      [600, false],
    ] as const) {
      const { k, runtime } = await testKernels({ n: random.bigBits(bits) | 1n, power: 1 }, { openssl });
      const e = random.bigBits(400);
      expect(await k.read(k.power(k.upload([5n, 6n, 7n, 8n]), e))).toEqual([5n, 6n, 7n, 8n].map((b) => powMod(b, e, k.modulus)));
      expect(runtime.recorded).not.toContain("opensslPower");
    }
  });
});
