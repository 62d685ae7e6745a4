/** Operations on encrypted numbers, with the exponents that python-paillier gives their results. Bounds, where declared, are checked before work is recorded. */
import { EncodingError, ParameterError, show } from "../../errors.js";
import type { ModularHandle } from "../../kernels/interface.js";
import { plainFactor } from "../../math/paillier.js";
import { quotientToFloat64 } from "../../math/rational.js";
import type { WorkOptions } from "../chunks.js";
import { signedMultiPower } from "../dot.js";
import { checkGroups, type EvaluationContext, invertWhere, magnitude } from "../evaluate.js";
import { checkExponent, type EncodedNumber, type EncodeOptions, encodeNumber } from "./encoded-number.js";
import { derivedNumbers, type EncryptedNumbers, requireWindow } from "./encrypted-numbers.js";
import { lowered, powerOf16, smallest } from "./exponents.js";

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
  const shifted = (x: EncryptedNumbers) =>
    x.bounds && exponents.map((e, i) => x.bounds![i % x.batch] * powerOf16(x.exponents[i % x.batch] - e, context.key.n));
  const [boundsA, boundsB] = [shifted(a), shifted(b)];
  const bounds = boundsA && boundsB && boundsA.map((bound, i) => bound + boundsB[i]);
  requireWindow(bounds, context, what);
  const left = lowered(context, a, exponents).handle;
  let right: ModularHandle | undefined;
  try {
    right = lowered(context, b, exponents).handle;
    if (subtract)
      right = await invertWhere(
        context,
        right,
        exponents.map(() => true),
        options,
      );
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
  const bounds = a.bounds?.map((b, i) => b * powerOf16(a.exponents[i] - exponents[i], key.n) + magnitude(encoded[i].integer));
  requireWindow(bounds, context, "addPlain");
  const { handle } = lowered(context, a, exponents);
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
  if (list.length !== a.batch) checkDivides(0, a.batch, "exponents");
  for (const e of list) checkExponent(e);
  const bounds = a.bounds?.map((b, i) => b * powerOf16(Math.max(0, a.exponents[i] - list[i]), context.key.n));
  requireWindow(bounds, context, "decreaseExponentTo");
  return derivedNumbers(lowered(context, a, list).handle, a, { exponents: list, bounds });
}

/** The sums of runs: a as [groups, terms] to [groups], each at the smallest exponent of its run. */
export function sumNumbers(context: EvaluationContext, a: EncryptedNumbers, groups = 1): EncryptedNumbers {
  const terms = checkGroups(a.batch, groups);
  const runs = Array.from({ length: groups }, (_, g) => Array.from({ length: terms }, (_unused, k) => g * terms + k));
  const exponents = runs.map((run) => smallest(run.map((i) => a.exponents[i])));
  const bounds =
    a.bounds &&
    runs.map((run, g) => run.reduce((s, i) => s + a.bounds![i] * powerOf16(a.exponents[i] - exponents[g], context.key.n), 0n));
  requireWindow(bounds, context, "sum");
  const targets = runs.flatMap((run, g) => run.map(() => exponents[g]));
  const { handle } = lowered(context, a, targets);
  try {
    return derivedNumbers(context.kernels.products(handle, runs), a, { exponents, bounds });
  } finally {
    handle.dispose();
  }
}

/** What {@link dotNumbers} takes besides its operands. */
export interface NumberDotOptions extends EncodeOptions, WorkOptions {
  /** a is [groups, features]; 1 unless said. */
  readonly groups?: number;
}

/**
 * Dot products with plain weights [outputs][features]: a as [groups, features] to [groups, outputs]. Weights and the powers of 16 that align
 * the products go into one multi-exponentiation for all groups of equal exponents: lower them to one exponent first where there are many groups.
 */
export async function dotNumbers(
  context: EvaluationContext,
  a: EncryptedNumbers,
  weights: readonly PlainNumbers[],
  { groups = 1, precision, maxExponent, ...options }: NumberDotOptions = {},
): Promise<EncryptedNumbers> {
  const { kernels, key } = context;
  const features = checkGroups(a.batch, groups);
  const isList: boolean = Array.isArray(weights) && weights.length > 0;
  const lengthOf = (row: PlainNumbers) => (typeof row === "object" && row !== null ? row.length : -1);
  if (!isList || weights.some((row) => lengthOf(row) !== features)) {
    const got = isList ? `rows of [${weights.map(lengthOf).join(", ")}]` : show(weights);
    throw new ParameterError({
      what: "weights",
      expected: `at least one row of ${features}`,
      got,
      remedy: "pass one weight per encrypted feature",
    });
  }
  const rows = weights.map((row) =>
    Array.from(row as ArrayLike<number | bigint>, (w) => encodeNumber(w, key.n, { precision, maxExponent })),
  );
  // Groups by the exponents of their features.
  const patterns = new Map<string, number[]>();
  for (let g = 0; g < groups; g++) {
    const pattern = a.exponents.slice(g * features, (g + 1) * features).join();
    patterns.set(pattern, [...(patterns.get(pattern) ?? []), g]);
  }
  const plans = [...patterns.values()].map((members) => {
    const exponentOf = (o: number, k: number) => a.exponents[members[0] * features + k] + rows[o][k].exponent;
    const exponents = rows.map((row, o) => smallest(row.map((_, k) => exponentOf(o, k))));
    for (const e of exponents) checkExponent(e, "dot, exponent");
    const integers = rows.map((row, o) => row.map((w, k) => w.integer * powerOf16(exponentOf(o, k) - exponents[o], key.n)));
    return { members, exponents, integers };
  });
  const outputs = rows.length;
  const exponents = new Array<number>(groups * outputs);
  const sources = new Array<readonly number[]>(groups * outputs);
  const bounds = a.bounds && new Array<bigint>(groups * outputs);
  let next = 0;
  for (const plan of plans) {
    for (const g of plan.members) {
      for (let o = 0; o < outputs; o++) {
        exponents[g * outputs + o] = plan.exponents[o];
        sources[g * outputs + o] = [next++];
        if (bounds === undefined) continue;
        bounds[g * outputs + o] = plan.integers[o].reduce((s, w, k) => s + magnitude(w) * a.bounds![g * features + k], 0n);
      }
    }
  }
  requireWindow(bounds, context, "dot");
  const handle = a.ciphertexts.handle(key);
  const parts: ModularHandle[] = [];
  try {
    for (const { members, integers } of plans) {
      const terms = members.flatMap((g) => Array.from({ length: features }, (_, k) => [g * features + k]));
      const picked = kernels.products(handle, terms);
      try {
        parts.push(await signedMultiPower(context, picked, integers, { ...options, groups: members.length }));
      } finally {
        picked.dispose();
      }
    }
    const all = kernels.concat(parts);
    const result = kernels.products(all, sources);
    all.dispose();
    return derivedNumbers(result, a, { exponents, bounds });
  } finally {
    for (const part of parts) part.dispose();
  }
}
