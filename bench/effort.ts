/** What an operation costs at least, so that its time can be held against what the adapter was measured to do. */
import { planGeometry } from "../src/kernels/webgpu/modular-geometry.js";
import { windowBits } from "../src/kernels/webgpu/modular-windows.js";
import type { RowParams } from "./row.js";

/** For one operation. Bytes are those of operands and results, each touched once; multiplies are those of the shaders. */
export interface Effort {
  readonly bytes?: number;
  readonly multiplies?: number;
}

/** What the adapter was measured to do. */
export interface Rates {
  /** Multiply-adds of 32-bit words in a second, in billions. */
  readonly gigamultipliesPerSecond: number;
  /** Bytes read and written by a kernel that copies, in a second, in billions. */
  readonly gigabytesPerSecond: number;
  /** Waiting for one small dispatch, and each of many in one submission, in microseconds. */
  readonly flushMicroseconds: number;
  readonly dispatchMicroseconds: number;
  /** Between host and device, in billions of bytes a second. */
  readonly uploadGigabytesPerSecond: number;
  readonly readGigabytesPerSecond: number;
}

/** The figures of a row that follow from its time in milliseconds. */
export function ratesOf({ bytes, multiplies }: Effort, ms: number, rates: Rates | undefined): Partial<RowParams> {
  const gigamultiplies = multiplies === undefined ? undefined : multiplies / ms / 1e6;
  return {
    ...(bytes !== undefined && { gigabytesPerSecond: bytes / ms / 1e6 }),
    ...(gigamultiplies !== undefined && { gigamultipliesPerSecond: gigamultiplies }),
    ...(gigamultiplies !== undefined && rates && { multiplyShare: gigamultiplies / rates.gigamultipliesPerSecond }),
  };
}

/** Multiplies of a butterfly: a lazy product with a known quotient (shaders/modular/shoup.wgsl). */
const BUTTERFLY = 5;

/** A transform of `rows` rows of N coefficients. */
export const transformMultiplies = (degree: number, rows: number): number => BUTTERFLY * rows * (degree / 2) * Math.log2(degree);

/** A Montgomery product on the GPU: one whole product of limbs and two halves (shaders/limbs/montgomery.wgsl). */
export function productMultiplies(modulusBits: number): number {
  const limits = { maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 };
  return 2 * planGeometry((1n << BigInt(modulusBits)) - 1n, limits, false).limbs ** 2;
}

/** Products of a power by windows: a table, then squarings and one product a window. */
export function powerProducts(exponentBits: number): number {
  const width = windowBits(exponentBits);
  const windows = Math.ceil(exponentBits / width);
  return 2 ** width - 1 + windows + (windows - 1) * width;
}

/** Products of a power of a fixed base, in windows of 5 bits. */
export const fixedBaseProducts = (exponentBits: number): number => Math.ceil(exponentBits / 5);

/** Paillier with a key of `keyBits` bits, for one ciphertext, the ways into and out of Montgomery form included. */
export const paillierMultiplies = {
  encrypt: (keyBits: number) => productMultiplies(2 * keyBits) * (fixedBaseProducts(keyBits / 2) + 2),
  decrypt: (keyBits: number) =>
    productMultiplies(2 * keyBits) + 2 * productMultiplies(keyBits) * (powerProducts(keyBits / 2) + 3),
  dot: (keyBits: number, features: number, weightBits: number) =>
    productMultiplies(2 * keyBits) * (features * powerProducts(weightBits) + features - 1),
};
