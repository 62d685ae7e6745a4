/** Key switching as assembly/ring/decompose.ts and inner-products.ts compute it. */
import { product } from "../../../math/rns.js";
import type { Form, InnerProductShape, RingHandle } from "../../interface.js";
import type { Digit, InnerProducts } from "../../shapes.js";
import type { RingContext } from "../host/context.js";
import type { Block } from "../runtime.js";
import type { BlockCache } from "./block-cache.js";
import { digitRecords } from "./constants.js";

/** Most targets of a group: with their sources they fill a second-level cache at the largest degrees. */
export const MOST_TARGETS = 9;
/** Groups that a thread should find, so that threads end together. */
export const GROUPS_A_THREAD = 4;
/** Words of a group. */
const GROUP_WORDS = 6;

/** What is needed of the ring kernels. */
export interface ResultContext extends RingContext {
  /** The addresses of the prime records of a basis. */
  addresses(basis: readonly number[]): number[];
  /** A new handle and its memory, which commands alone write. */
  makeResult(basis: readonly number[], form: Form, batch: number): { readonly handle: RingHandle; readonly block: Block };
}

/** Runs of at most `most` targets, as even as can be: [from, to) of each. */
function runs(targets: number, most: number): [number, number][] {
  const parts = Math.ceil(targets / most);
  return Array.from({ length: parts }, (_, p) => [Math.floor((p * targets) / parts), Math.floor(((p + 1) * targets) / parts)]);
}

/** The sources of all digits, then their groups, then their targets: as assembly/ring/decompose.ts reads them. */
function digitWords(basis: readonly number[], digits: readonly Digit[], special: readonly number[], most: number): Uint32Array {
  const all = [...basis, ...special];
  const sources: number[] = [];
  const groups: number[] = [];
  const targets: number[] = [];
  digits.forEach(({ first, count }, d) => {
    const others = all.map((_, limb) => limb).filter((limb) => limb < first || limb >= first + count);
    const records = digitRecords(
      basis.slice(first, first + count),
      others.map((limb) => all[limb]),
    );
    sources.push(...records.sources);
    for (const [from, to] of runs(others.length, most)) {
      groups.push(d, first, count, to - from, targets.length, records.isHalved ? 1 : 0);
      for (let t = from; t < to; t++) targets.push(others[t], ...records.targets[t]);
    }
  });
  // Copies come last: they are short.
  digits.forEach(({ first, count }, d) => {
    groups.push(d, first, count, 0, 0, 0);
  });
  return Uint32Array.from([...sources, ...groups, ...targets]);
}

/** Records the digits of a key switch: all limbs back to coefficients, then one command for all digits. */
export function decompose(
  context: ResultContext,
  constants: BlockCache,
  a: RingHandle,
  digits: readonly Digit[],
  special: readonly number[],
): RingHandle {
  const { runtime, degree } = context;
  const { basis, batch } = a;
  const { block: source, byteOffset } = context.locate(a);
  const limbs = basis.length;
  const all = [...basis, ...special];
  const rows = digits.length * all.length - limbs;
  const most = Math.min(MOST_TARGETS, Math.ceil((rows * batch) / (GROUPS_A_THREAD * runtime.threads)));
  const groups = digits.reduce((sum, { count }) => sum + runs(all.length - count, most).length, digits.length);
  const name = `${degree} digits of ${digits[0].count} in ${basis} and ${special} by ${most}`;
  const words = constants.get(name, () => digitWords(basis, digits, special, most));
  const groupsAt = words.address + 16 * limbs;
  const targetsAt = groupsAt + 4 * GROUP_WORDS * groups;
  const forms = runtime.allocateResult(4 * degree * limbs * batch);
  try {
    const records = context.addresses(all);
    const address = source.address + byteOffset;
    const where = [Math.log2(degree), limbs, forms.address, address, words.address];
    runtime.record("ringDigitForms", batch * limbs, [...where, ...records.slice(0, limbs)]);
    const { handle, block } = context.makeResult(all, "ntt", digits.length * batch);
    try {
      const head = [Math.log2(degree), limbs, all.length, batch, block.address, address, forms.address, groupsAt, targetsAt];
      runtime.record("ringDecompose", groups * batch, [...head, ...records]);
      return handle;
    } catch (error) {
      handle.dispose();
      throw error;
    }
  } finally {
    forms.release();
  }
}

/** The kernel's words of inner products between the operands and the addend, and those behind the prime records. */
export function innerProductWords(
  a: RingHandle,
  keys: RingHandle,
  { terms, outputs }: InnerProductShape,
  { items, keyTerms, keyLimbs, addends, addendLimbs }: InnerProducts,
): { own: number[]; tail: number[] } {
  const rest = product(a.basis.slice(addendLimbs));
  const factors = a.basis.slice(0, addendLimbs).map((q) => Number(rest % BigInt(q)));
  return {
    own: [terms, outputs, items, keys.basis.length, keyTerms],
    tail: [...keyLimbs, addends, addendLimbs, ...factors],
  };
}

/** Outputs from which on keys are brought together for all items. */
const TILED_OUTPUTS = 4;
/** Lines of keys that fit the scratch of a thread, beside a tile of the first operand. */
const MOST_LINES = 2 ** 15;

/** Whether ringInnerProductTiles makes these inner products: each of many outputs has keys of its own. */
export const areTiled = ({ terms, outputs }: InnerProductShape): boolean =>
  outputs >= TILED_OUTPUTS && terms * outputs <= MOST_LINES && terms <= MOST_LINES / 4;
