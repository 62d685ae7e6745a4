/** The functions of assembly/modular one by one, over memory of their own, with numbers as bigint. */
import { modulusContext } from "../../src/kernels/wasm/modular/context.js";
import { directRuntime } from "./direct-runtime.js";

const BASE = 8192n;

type Export = (...args: (number | bigint)[]) => number;

export type Probe = Awaited<ReturnType<typeof modularProbe>>;

export async function modularProbe() {
  const runtime = await directRuntime("assembly/modular/probe.ts");
  const exports = runtime.exports as unknown as Record<string, Export>;
  const place = (bytes: number) => runtime.allocate(bytes).address;
  /** i16 digits at an address, least significant first. */
  const digits = (address: number, count: number) => new Int16Array(runtime.memory.buffer, address, count);
  const words = (address: number, count: number) => new Uint32Array(runtime.memory.buffer, address, count);

  return {
    exports,
    place,
    digits,
    words,
    putDigits(values: ArrayLike<number>): number {
      const address = place(2 * values.length);
      digits(address, values.length).set(values);
      return address;
    },
    putWords(address: number, value: bigint, count: number): void {
      words(address, count).set(Uint32Array.from({ length: count }, (_, i) => Number((value >> BigInt(32 * i)) & 0xffffffffn)));
    },
    readWords(address: number, count: number): bigint {
      return words(address, count).reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
    },
    /** Shifted words of digits: the address of w[0]. */
    putShifted(values: ArrayLike<number>): number {
      const address = place(4 * (values.length + 32)) + 64;
      exports.shift(address, this.putDigits(values), values.length);
      return address;
    },
    readDigits(address: number, count: number): bigint {
      return fromDigits(digits(address, count));
    },
    /** A modulus in memory, with places for elements. */
    modulus(n: bigint, power: 1 | 2) {
      const context = modulusContext(n, power);
      const block = runtime.allocate(context.bytes.length);
      runtime.write(block, context.bytes);
      const count = words(block.address, 4)[3];
      return {
        ...context,
        address: block.address,
        digits: count,
        r: BASE ** BigInt(count),
        m: n ** BigInt(power),
        element: () => place(context.elementBytes),
        /** What an element of i16 digits is congruent to modulo m. */
        elementValue(address: number): bigint {
          const low = fromDigits(digits(address, count));
          return power === 1 ? low : low + n * fromDigits(digits(address + 2 * count, count));
        },
      };
    },
  };
}

/** The integer of balanced digits. */
export function fromDigits(values: ArrayLike<number>): bigint {
  let sum = 0n;
  for (let i = values.length - 1; i >= 0; i--) sum = sum * BASE + BigInt(values[i]);
  return sum;
}

/** Digits of magnitude `bound` in the patterns that make columns as large as they can be, and the largest alternation of signs. */
export function extremes(count: number, bound: number): number[][] {
  return [
    Array.from({ length: count }, () => bound),
    Array.from({ length: count }, () => -bound),
    Array.from({ length: count }, (_, i) => (i % 2 === 0 ? bound : -bound)),
    Array.from({ length: count }, (_, i) => (i < count / 2 ? bound : -bound)),
  ];
}
