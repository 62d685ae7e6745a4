/** Numbers as the u32 words of which the arguments of kernels consist. */

const view = new DataView(new ArrayBuffer(8));

/** The low and the high word of a float64. */
export function float64Words(x: number): [number, number] {
  view.setFloat64(0, x, true);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

/** Whether x is 2^e, for a positive x of the normal range: the fraction of its float64 is 0. */
export function isPowerOfTwo(x: number): boolean {
  const [low, high] = float64Words(x);
  return low === 0 && (high & 0xfffff) === 0;
}
