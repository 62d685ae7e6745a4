/** Cutting long work into dispatches that no watchdog minds. */

/** Groups of one dispatch and one dimension: WebGPU's default limit. */
const MAX_GROUPS = 65_535;

/**
 * Limb multiply-adds of one dispatch. A modest integrated GPU does some 3 * 10^11 in a second, so a dispatch stays
 * near 50 ms; SwiftShader on two cores does some 3 * 10^8.
 */
export const HARDWARE_BUDGET = 2 ** 34;
export const SOFTWARE_BUDGET = 2 ** 27;

/** Items [start, end) and steps [from, to) of one dispatch. */
export interface Slice {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly groups: number;
}

/** What decides the size of a slice. */
export interface SliceCost {
  /** Limbs of a number; a Montgomery product takes 2 limbs^2 multiply-adds. */
  readonly limbs: number;
  /** Numbers of a workgroup. */
  readonly numbers: number;
  /** Products that one step takes for one item. */
  readonly productsPerStep: number;
  /** Multiply-adds of a dispatch. */
  readonly budget: number;
}

/**
 * Covers `items` x steps [0, steps) by slices, in an order in which the steps of an item ascend. Steps are split first:
 * items in one dispatch are what fills the machine. A slice has at least one step of one workgroup.
 */
export function* slices(items: number, steps: number, cost: SliceCost): Generator<Slice> {
  if (items === 0 || steps === 0) return;
  const { budget } = cost;
  const step = 2 * cost.limbs ** 2 * cost.productsPerStep;
  const groups = Math.max(1, Math.min(MAX_GROUPS, Math.ceil(items / cost.numbers), Math.floor(budget / (step * cost.numbers))));
  const width = groups * cost.numbers;
  const height = Math.max(1, Math.floor(budget / (step * Math.min(width, items))));
  for (let start = 0; start < items; start += width) {
    const end = Math.min(items, start + width);
    for (let from = 0; from < steps; from += height) {
      yield { start, end, from, to: Math.min(steps, from + height), groups: Math.ceil((end - start) / cost.numbers) };
    }
  }
}
