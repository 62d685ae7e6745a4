/** Conversions and divisions as assembly/ring/convert.ts, mixed-radix.ts and divide.ts compute them. */
import type { RingHandle } from "../../interface.js";
import type { Block } from "../runtime.js";
import type { BlockCache } from "./block-cache.js";
import { conversionWords, divisionWords, isHalvable } from "./constants.js";
import { GROUPS_A_THREAD, MOST_TARGETS, type ResultContext } from "./key-switching.js";

/** Residues in a task of the mixed radix, which needs all rows of an item. */
const PIECE = 2048;

/** What the kernels of this file know of an operand: its limbs from `first` on are converted. */
interface Source {
  readonly a: RingHandle;
  readonly address: number;
  readonly first: number;
  readonly primes: readonly number[];
}

const sourceOf = (context: ResultContext, a: RingHandle, first: number): Source => {
  const { block, byteOffset } = context.locate(a);
  return { a, address: block.address + byteOffset, first, primes: a.basis.slice(first) };
};

/** Memory for u32 rows [items, primes, N] that commands write and read, given back once `use` has recorded them. */
function withRows<T>(context: ResultContext, { a, primes }: Source, use: (rows: Block) => T): T {
  const rows = context.runtime.allocateResult(4 * context.degree * primes.length * a.batch);
  try {
    return use(rows);
  } finally {
    rows.release();
  }
}

/** A result that `record` cannot write is given back. */
function result(
  context: ResultContext,
  { a }: Source,
  target: readonly number[],
  record: (block: Block, logDegree: number) => void,
): RingHandle {
  const { handle, block } = context.makeResult(target, a.form, a.batch);
  try {
    record(block, Math.log2(context.degree));
    return handle;
  } catch (error) {
    handle.dispose();
    throw error;
  }
}

/** Records the limbs converted, back in coefficient form; `records` are theirs of convert.ts. */
function recordDigits(context: ResultContext, { a, address, first, primes }: Source, rows: Block, records: number): void {
  const where = [4 * context.degree, primes.length, a.basis.length, first, rows.address, address, records];
  const args = [...where, a.form === "ntt" ? 1 : 0, ...context.addresses(primes)];
  context.runtime.record("ringDigits", a.batch * primes.length, args);
}

/** Records the sums of `rows`; where it divides, they are what the quotient leaves behind. */
function recordSums(
  context: ResultContext,
  { a, address, primes }: Source,
  target: readonly number[],
  rows: Block,
  records: number,
  divides: boolean,
): RingHandle {
  const isNtt = a.form === "ntt";
  return result(context, { a, address, first: 0, primes }, target, (block, logDegree) => {
    // What is transformed is cut into whole rows.
    const logPieces = isNtt ? 0 : Math.max(0, logDegree - Math.log2(PIECE));
    const head = [logPieces, (4 * context.degree) >> logPieces, target.length, block.address, rows.address];
    const own = [divides ? address : 0, primes.length, a.basis.length, records, isNtt ? 1 : 0, 0, 0];
    const args = [...head, ...own, ...context.addresses(target)];
    context.runtime.record("ringConvert", (a.batch * target.length) << logPieces, args);
  });
}

/** Records the centred, uncorrected conversion of all limbs. */
export function convert(context: ResultContext, constants: BlockCache, a: RingHandle, target: readonly number[]): RingHandle {
  return convertFrom(context, constants, sourceOf(context, a, 0), target, false);
}

function convertFrom(
  context: ResultContext,
  constants: BlockCache,
  source: Source,
  target: readonly number[],
  divides: boolean,
): RingHandle {
  const { primes } = source;
  const { address } = constants.get(`${primes} to ${target}`, () => conversionWords(primes, target));
  return withRows(context, source, (rows) => {
    recordDigits(context, source, rows, address);
    return recordSums(context, source, target, rows, address, divides);
  });
}

/** Records a division by the last primes, rounded to nearest. One prime's residues are their own mixed radix. */
export function rescale(context: ResultContext, constants: BlockCache, a: RingHandle, drop: number): RingHandle {
  const target = a.basis.slice(0, a.basis.length - drop);
  const source = sourceOf(context, a, target.length);
  if (drop === 1) return convertFrom(context, constants, source, target, true);
  const { primes } = source;
  const { address } = constants.get(`${target} by ${primes}`, () => divisionWords(primes, target));
  // Behind [d, o, c, h] of each source and a pair of words for each pair of sources.
  const records = address + 4 * (4 * drop + drop * (drop - 1));
  const divide = (digits: Block, isHalved: boolean) =>
    isHalved
      ? recordHalvedDivision(context, source, target, digits, records + 16 * drop)
      : recordSums(context, source, target, digits, records, true);
  return withRows(context, source, (digits) => {
    const isHalved = isHalvable(drop, target);
    const record = (from: number, limbs: number, first: number) =>
      recordMixedRadix(context, source, digits, [from, limbs, first, address, isHalved ? 1 : 0]);
    if (a.form === "coefficient") record(source.address, a.basis.length, target.length);
    else {
      withRows(context, source, (coefficients) => {
        recordDigits(context, source, coefficients, records);
        record(coefficients.address, drop, 0);
      });
    }
    return divide(digits, isHalved);
  });
}

function recordMixedRadix(context: ResultContext, { a, primes }: Source, digits: Block, [from, ...own]: readonly number[]): void {
  const logPieces = Math.max(0, Math.log2(context.degree / PIECE));
  const head = [logPieces, (4 * context.degree) >> logPieces, primes.length, digits.address, from, 0];
  context.runtime.record("ringMixedRadix", a.batch << logPieces, [...head, ...own, 0, 0]);
}

/** Groups of targets, few enough for their sources to be read seldom and enough for threads to end together. */
function recordHalvedDivision(
  context: ResultContext,
  source: Source,
  target: readonly number[],
  digits: Block,
  constants: number,
): RingHandle {
  const { a, address, primes } = source;
  const tasks = GROUPS_A_THREAD * context.runtime.threads;
  const groups = Math.min(target.length, Math.max(Math.ceil(target.length / MOST_TARGETS), Math.ceil(tasks / a.batch)));
  return result(context, source, target, (block, logDegree) => {
    const head = [logDegree, a.basis.length, target.length, a.batch, block.address, address, digits.address];
    const own = [primes.length, constants, groups, a.form === "ntt" ? 1 : 0];
    context.runtime.record("ringDivide", groups * a.batch, [...head, ...own, ...context.addresses(target)]);
  });
}
