/** Numbers as the u32 words of which the arguments of kernels consist. */

const view = new DataView(new ArrayBuffer(8));

/** The low and the high word of a float64. */
export function float64Words(x: number): [number, number] {
  view.setFloat64(0, x, true);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}
