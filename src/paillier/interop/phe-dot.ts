/** Dot products of encrypted numbers with plain weights. */

import type { WorkOptions } from "../../engine/index.js";
import { ParameterError, show } from "../../errors.js";
import type { ModularHandle } from "../../kernels/interface.js";
import { signedMultiPower } from "../dot.js";
import { checkGroups, type EvaluationContext, magnitude } from "../evaluate.js";
import { checkExponent, type EncodedNumber, type EncodeOptions, encodeNumber } from "./encoded-number.js";
import { derivedNumbers, type EncryptedNumbers, requireWindow } from "./encrypted-numbers.js";
import { powerOf16, smallest } from "./exponents.js";
import type { PlainNumbers } from "./phe-evaluate.js";

/** What {@link dotNumbers} takes besides its operands. */
export interface NumberDotOptions extends EncodeOptions, WorkOptions {
  /** a is [groups, features]; 1 unless said. */
  readonly groups?: number;
}

/** The weights [outputs][features] as integers. Throws ParameterError for another shape. */
function encodeRows(weights: readonly PlainNumbers[], features: number, n: bigint, options: EncodeOptions): EncodedNumber[][] {
  const isList: boolean = Array.isArray(weights) && weights.length > 0;
  const lengthOf = (row: PlainNumbers) => (typeof row === "object" && row !== null ? row.length : -1);
  if (!isList || weights.some((row) => lengthOf(row) !== features)) {
    const got = isList ? `rows of [${weights.map(lengthOf).join(", ")}]` : show(weights);
    const remedy = "pass one weight per encrypted feature";
    throw new ParameterError({ what: "weights", expected: `at least one row of ${features}`, got, remedy });
  }
  return weights.map((row) => Array.from(row as ArrayLike<number | bigint>, (w) => encodeNumber(w, n, options)));
}

/** Groups of features with equal exponents: what serves one of them serves all. */
function groupsByExponents(a: EncryptedNumbers, groups: number, features: number): number[][] {
  const patterns = new Map<string, number[]>();
  for (let g = 0; g < groups; g++) {
    const pattern = a.exponents.slice(g * features, (g + 1) * features).join();
    const members = patterns.get(pattern);
    if (members === undefined) patterns.set(pattern, [g]);
    else members.push(g);
  }
  return [...patterns.values()];
}

/** What is done with groups of equal exponents. */
interface Plan {
  readonly members: readonly number[];
  /** Of the results, [outputs]. */
  readonly exponents: readonly number[];
  /** Weights times the powers of 16 that bring their products to one exponent, [outputs][features]. */
  readonly integers: readonly (readonly bigint[])[];
}

function planFor(
  members: readonly number[],
  featureExponents: readonly number[],
  rows: readonly EncodedNumber[][],
  n: bigint,
): Plan {
  const products = rows.map((row) => row.map((w, k) => featureExponents[k] + w.exponent));
  const exponents = products.map(smallest);
  for (const e of exponents) checkExponent(e, "dot, exponent");
  const integers = rows.map((row, o) => row.map((w, k) => w.integer * powerOf16(products[o][k] - exponents[o], n)));
  return { members, exponents, integers };
}

/**
 * Dot products with plain weights [outputs][features]: a as [groups, features] to [groups, outputs]. Weights and the powers of 16 that align
 * the products go into one multi-exponentiation for all groups of equal exponents: lower them to one exponent first where there are many groups.
 * Throws ParameterError, EncodingError, and LevelError where a declared bound says that a result could overflow.
 */
export async function dotNumbers(
  context: EvaluationContext,
  a: EncryptedNumbers,
  weights: readonly PlainNumbers[],
  { groups = 1, precision, maxExponent, ...options }: NumberDotOptions = {},
): Promise<EncryptedNumbers> {
  const { kernels, key } = context;
  const features = checkGroups(a.batch, groups);
  const rows = encodeRows(weights, features, key.n, { precision, maxExponent });
  const plans = groupsByExponents(a, groups, features).map((members) =>
    planFor(members, a.exponents.slice(members[0] * features, (members[0] + 1) * features), rows, key.n),
  );
  // Results come plan by plan; sources says where that of [group, output] lies.
  const count = groups * rows.length;
  const [exponents, sources] = [new Array<number>(count), new Array<number[]>(count)];
  const bounds = a.bounds && new Array<bigint>(count);
  let next = 0;
  for (const plan of plans) {
    for (const g of plan.members) {
      for (const [o, integers] of plan.integers.entries()) {
        const i = g * rows.length + o;
        exponents[i] = plan.exponents[o];
        sources[i] = [next++];
        if (bounds) bounds[i] = integers.reduce((s, w, k) => s + magnitude(w) * a.bounds![g * features + k], 0n);
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
