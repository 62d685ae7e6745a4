/**
 * Kernels in JavaScript that only Node can carry out: powers by OpenSSL, whose products on 64-bit words are twice as fast as
 * anything that WebAssembly offers. Node's door to them is the Diffie-Hellman agreement, which computes base^secret mod m for any
 * odd m of 512 to 8192 bits: under 512 bits some versions return wrong values.
 */
import { createDiffieHellman, type DiffieHellman, randomBytes } from "node:crypto";
import type { ExtraKernels } from "./service.js";

/** Powers by which a set-up pays: it tests whether m is prime, which takes as long as two or three powers. */
const PAYS_FROM = 4;

/** Moduli are secret for a key's owner: they are forgotten when they have not been used for this long, in milliseconds. */
const KEPT_MS = 10_000;

/** An agreement modulo one m. */
interface Agreement {
  /** Powers asked for so far. */
  asked: number;
  /** Undefined until it pays; null where OpenSSL cannot do it. */
  group: DiffieHellman | null | undefined;
  /** The last use, by performance.now(). */
  used: number;
}

export const extraKernels: ExtraKernels = (memory) => {
  const known = new Map<string, Agreement>();
  let sweeping: NodeJS.Timeout | undefined;

  const sweep = () => {
    sweeping = undefined;
    const now = performance.now();
    for (const [modulus, agreement] of known) if (now - agreement.used >= KEPT_MS) known.delete(modulus);
    if (known.size > 0) keep();
  };
  const keep = () => {
    if (sweeping === undefined) sweeping = setTimeout(sweep, KEPT_MS).unref();
  };

  const agreementFor = (modulus: Buffer, powers: number): DiffieHellman | null => {
    const name = modulus.toString("latin1");
    const agreement: Agreement = known.get(name) ?? { asked: 0, group: undefined, used: 0 };
    known.set(name, agreement);
    keep();
    agreement.used = performance.now();
    agreement.asked += powers;
    if (agreement.group === undefined && agreement.asked >= PAYS_FROM) agreement.group = setUp(modulus);
    return agreement.group ?? null;
  };

  /**
   * [modulus, its words, exponent, its words, bases, powers, flags]: powers[i] = bases[i]^exponent for canonical rows of
   * little-endian words, and flags[i] = 1; or flags[i] = 0 where OpenSSL refused.
   */
  const opensslPower = (args: number, first: number, count: number): void => {
    const [modulusAt, words, exponentAt, exponentWords, bases, powers, flags] = new Uint32Array(memory.buffer, args, 7);
    const bytes = 4 * words;
    const modulus = bigEndian(memory, modulusAt, bytes);
    const group = agreementFor(modulus, count);
    const exponent = bigEndian(memory, exponentAt, 4 * exponentWords);
    group?.setPrivateKey(exponent);
    exponent.fill(0);
    for (let i = first; i < first + count; i++) {
      const power = group === null ? undefined : computed(group, bigEndian(memory, bases + i * bytes, bytes));
      // As many bytes as m has, whose highest word may be short; nothing at all is how some versions refuse.
      const isDone = power !== undefined && power.length > bytes - 4 && power.length <= bytes;
      if (isDone) new Uint8Array(memory.buffer, powers + i * bytes, bytes).fill(0).set(power.reverse());
      new Uint32Array(memory.buffer, flags + 4 * i, 1)[0] = isDone ? 1 : 0;
    }
  };
  return { opensslPower };
};

/** A copy of little-endian words as big-endian bytes. */
function bigEndian(memory: WebAssembly.Memory, address: number, bytes: number): Buffer {
  return Buffer.from(new Uint8Array(memory.buffer, address, bytes)).reverse();
}

/** base^secret as `modulus` bytes, or undefined: OpenSSL refuses bases 0, 1 and m - 1, and results of 1 (some versions give nothing). */
function computed(group: DiffieHellman, base: Buffer): Buffer | undefined {
  try {
    return group.computeSecret(base);
  } catch {
    return undefined;
  }
}

/** An agreement that has shown on a random power that it computes powers; null where it does not. */
function setUp(modulus: Buffer): DiffieHellman | null {
  try {
    const group = createDiffieHellman(modulus);
    const m = BigInt(`0x${modulus.toString("hex")}`);
    const base = BigInt(`0x${randomBytes(modulus.length).toString("hex")}`) % m;
    const exponent = randomBytes(8);
    let power = 1n;
    for (const bit of BigInt(`0x${exponent.toString("hex")}`).toString(2))
      power = (((power * power) % m) * (bit === "1" ? base : 1n)) % m;
    group.setPrivateKey(exponent);
    const text = base.toString(16).padStart(2 * modulus.length, "0");
    const got = group.computeSecret(Buffer.from(text, "hex"));
    return BigInt(`0x${got.toString("hex")}`) === power ? group : null;
  } catch {
    return null;
  }
}
