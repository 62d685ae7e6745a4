/** Operations on encrypted numbers, with the exponents that python-paillier gives their results. Bounds, where declared, are checked before work is recorded. */

import type { WorkOptions } from "../../engine/index.js";
import { EncodingError, ParameterError, show } from "../../errors.js";
import type { ModularHandle } from "../../kernels/interface.js";
import { plainFactor } from "../../math/paillier.js";
import { quotientToFloat64 } from "../../math/rational.js";
import { checkGroups, type EvaluationContext, invertWhere, magnitude } from "../evaluate.js";
import { checkExponent, type EncodedNumber, type EncodeOptions, encodeNumber } from "./encoded-number.js";
import { derivedNumbers, type EncryptedNumbers, requireWindow } from "./encrypted-numbers.js";
import { lowered, loweredBounds, smallest } from "./exponents.js";

/** Plain numbers: one for all, or a number of them that divides the batch. A bigint is a Python int, a number a Python float. */
export type PlainNumbers = number | bigint | ArrayLike<number> | readonly (number | bigint)[];

/** Throws ParameterError unless `count` divides the batch. */
function checkDivides(count: number, batch: number, what: string): void {
  if (count > 0 && batch % count === 0) return;
  const expected = `a number of them that divides ${batch}`;
  throw new ParameterError({ what, expected, got: `${count}`, remedy: "pass one per encrypted number" });
}

/** The list behind plain operands. */
export function listOf(plain: PlainNumbers, batch: number, what: string): (number | bigint)[] {
  const list = typeof plain === "object" && plain !== null ? Array.from(plain) : [plain];
  checkDivides(list.length, batch, what);
  return list;
}

/** a + b or a - b, item by item; b's batch divides a's. The smaller exponent of each pair is the result's. */
export async function addNumbers(
  context: EvaluationContext,
  a: EncryptedNumbers,
  b: EncryptedNumbers,
  { subtract = false, ...options }: WorkOptions & { readonly subtract?: boolean } = {},
): Promise<EncryptedNumbers> {
  const what = subtract ? "subtract" : "add";
  checkDivides(b.batch, a.batch, `${what}, second batch`);
  const exponents = a.exponents.map((e, i) => Math.min(e, b.exponents[i % b.batch]));
  const [boundsA, boundsB] = [a, b].map((x) => loweredBounds(x, exponents, context.key.n));
  const bounds = boundsA && boundsB && boundsA.map((bound, i) => bound + boundsB[i]);
  requireWindow(bounds, context, what);
  const left = lowered(context, a, exponents);
  let right: ModularHandle | undefined;
  try {
    right = lowered(context, b, exponents);
    const every = exponents.map(() => true);
    if (subtract) right = await invertWhere(context, right, every, options);
    return derivedNumbers(context.kernels.multiply(left, right), a, { exponents, bounds });
  } finally {
    left.dispose();
    right?.dispose();
  }
}

/** a + plain numbers, each encoded at its item's exponent or below it. */
export function addPlainNumbers(
  context: EvaluationContext,
  a: EncryptedNumbers,
  plain: PlainNumbers,
  encoding: EncodeOptions = {},
): EncryptedNumbers {
  const { kernels, key } = context;
  const list = listOf(plain, a.batch, "plain numbers");
  const encoded = a.exponents.map((e, i) =>
    encodeNumber(list[i % list.length], key.n, { ...encoding, maxExponent: Math.min(e, encoding.maxExponent ?? e) }),
  );
  const exponents = encoded.map((v) => v.exponent);
  const bounds = loweredBounds(a, exponents, key.n)?.map((b, i) => b + magnitude(encoded[i].integer));
  requireWindow(bounds, context, "addPlain");
  const handle = lowered(context, a, exponents);
  const factors = kernels.upload(encoded.map((v) => plainFactor(v.integer, key.n)));
  try {
    return derivedNumbers(kernels.multiply(handle, factors), a, { exponents, bounds });
  } finally {
    handle.dispose();
    factors.dispose();
  }
}

/** a times plain numbers: exponents add up. */
export async function multiplyPlainNumbers(
  context: EvaluationContext,
  a: EncryptedNumbers,
  plain: PlainNumbers,
  { precision, maxExponent, ...options }: EncodeOptions & WorkOptions = {},
): Promise<EncryptedNumbers> {
  const { kernels, key } = context;
  const list = listOf(plain, a.batch, "plain numbers").map((v) => encodeNumber(v, key.n, { precision, maxExponent }));
  const scalar = (i: number): EncodedNumber => list[i % list.length];
  const exponents = a.exponents.map((e, i) => e + scalar(i).exponent);
  for (const e of exponents) checkExponent(e, "multiplyPlain, exponent");
  const bounds = a.bounds?.map((b, i) => b * magnitude(scalar(i).integer));
  requireWindow(bounds, context, "multiplyPlain");
  const powers = kernels.power(
    a.ciphertexts.handle(key),
    exponents.map((_, i) => magnitude(scalar(i).integer)),
  );
  const negative = exponents.map((_, i) => scalar(i).integer < 0n);
  return derivedNumbers(await invertWhere(context, powers, negative, options), a, { exponents, bounds });
}

/** 1 / x as Python divides: rounded once. Throws EncodingError for zero and anything but numbers. */
export function reciprocal(x: number | bigint): number {
  const isNumber = typeof x === "number" && Number.isFinite(x);
  if ((isNumber && x !== 0) || (typeof x === "bigint" && x !== 0n)) {
    if (typeof x === "number") return 1 / x;
    return x > 0n ? quotientToFloat64(1n, x) : -quotientToFloat64(1n, -x);
  }
  const remedy = "leave out numbers that cannot be divided by";
  throw new EncodingError({ what: "divisor", expected: "a finite number that is not 0", got: show(x), remedy });
}

/** The same numbers at lower exponents: one for all, or one for each. */
export function decreaseExponents(
  context: EvaluationContext,
  a: EncryptedNumbers,
  to: number | readonly number[],
): EncryptedNumbers {
  const list = typeof to === "number" ? a.exponents.map(() => to) : Array.from(to);
  if (list.length !== a.batch) {
    const remedy = "pass one for all, or one for each number";
    throw new ParameterError({ what: "exponents", expected: `${a.batch} of them`, got: `${list.length}`, remedy });
  }
  for (const e of list) checkExponent(e);
  const bounds = loweredBounds(a, list, context.key.n);
  requireWindow(bounds, context, "decreaseExponentTo");
  return derivedNumbers(lowered(context, a, list), a, { exponents: list, bounds });
}

/** The sums of runs: a as [groups, terms] to [groups], each at the smallest exponent of its run. */
export function sumNumbers(context: EvaluationContext, a: EncryptedNumbers, groups = 1): EncryptedNumbers {
  const terms = checkGroups(a.batch, groups);
  const runs = Array.from({ length: groups }, (_, g) => Array.from({ length: terms }, (_unused, k) => g * terms + k));
  const exponents = runs.map((run) => smallest(run.map((i) => a.exponents[i])));
  const targets = runs.flatMap((run, g) => run.map(() => exponents[g]));
  const each = loweredBounds(a, targets, context.key.n);
  const bounds = each && runs.map((run) => run.reduce((s, i) => s + each[i], 0n));
  requireWindow(bounds, context, "sum");
  const handle = lowered(context, a, targets);
  try {
    return derivedNumbers(context.kernels.products(handle, runs), a, { exponents, bounds });
  } finally {
    handle.dispose();
  }
}
