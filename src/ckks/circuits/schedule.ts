/**
 * A schedule: the evaluation of a polynomial as a list of steps, each of which ends with one rescaling. It runs on anything
 * that can {@link Algebra.combine}: plain numbers in tests, ciphertexts in earnest.
 */

/** factor * left * right, where left and right are numbers of values. */
export interface ProductTerm<V = number> {
  readonly left: V;
  readonly right: V;
  readonly factor: 1 | 2;
}

/** weight * value. */
export interface LinearTerm<V = number> {
  readonly value: V;
  readonly weight: number;
}

/**
 * One step: the sum of its products, its linear terms and its constant, `depth` levels below the input. All products of a
 * step are relinearised together, and everything is rescaled together. Operands lie at least one level above the result.
 */
export interface Step<V = number> {
  readonly depth: number;
  readonly products: readonly ProductTerm<V>[];
  readonly terms: readonly LinearTerm<V>[];
  readonly constant: number;
}

/** Value 0 is the input; value i + 1 is made by step i, of values before it. */
export interface Schedule {
  readonly steps: readonly Step[];
  /** Number of the value that is the result. */
  readonly result: number;
}

/** What a schedule runs on. */
export interface Algebra<V> {
  /** The value of a step. */
  combine(step: Step<V>): V | Promise<V>;
  /** Called with each value after its last use, the input and the result excepted. */
  release?(value: V): void;
}

/** What a schedule costs on ciphertexts. */
export interface ScheduleCost {
  /** Products of two ciphertexts. */
  readonly products: number;
  /** Key switches: one for each step with products. */
  readonly relinearisations: number;
  /** Rescalings, those included that bring an operand down to the level of its partner. */
  readonly rescalings: number;
}

/** Levels between the input and value number `value`. */
export function depthOf(schedule: Pick<Schedule, "steps">, value: number): number {
  return value === 0 ? 0 : schedule.steps[value - 1].depth;
}

/** Counts what a schedule does. */
export function costOf(schedule: Schedule): ScheduleCost {
  const aligned = new Set<string>();
  let products = 0;
  let relinearisations = 0;
  for (const step of schedule.steps) {
    products += step.products.length;
    if (step.products.length > 0) relinearisations++;
    for (const { left, right } of step.products) {
      for (const operand of [left, right]) {
        if (depthOf(schedule, operand) < step.depth - 1) aligned.add(`${operand} ${step.depth - 1}`);
      }
    }
  }
  const own = schedule.steps.filter(({ depth }) => depth > 0).length;
  return { products, relinearisations, rescalings: own + aligned.size };
}

/** Runs a schedule on an input. The result may be the input itself, where the polynomial is x. */
export async function run<V>(schedule: Schedule, input: V, algebra: Algebra<V>): Promise<V> {
  const last = lastUses(schedule);
  const values: V[] = [input];
  for (const [i, step] of schedule.steps.entries()) {
    values.push(
      await algebra.combine({
        depth: step.depth,
        products: step.products.map(({ left, right, factor }) => ({ left: values[left], right: values[right], factor })),
        terms: step.terms.map(({ value, weight }) => ({ value: values[value], weight })),
        constant: step.constant,
      }),
    );
    for (const dead of last[i]) if (dead !== 0 && dead !== schedule.result) algebra.release?.(values[dead]);
  }
  return values[schedule.result];
}

/** For each step, the values that no later step uses. */
function lastUses(schedule: Schedule): number[][] {
  const last = new Map<number, number>();
  for (const [i, { products, terms }] of schedule.steps.entries()) {
    last.set(i + 1, i);
    for (const { left, right } of products) last.set(left, i).set(right, i);
    for (const { value } of terms) last.set(value, i);
  }
  const out: number[][] = schedule.steps.map(() => []);
  for (const [value, step] of last) out[step].push(value);
  return out;
}

/** Plain numbers: what a schedule computes, without a ciphertext. */
export const NUMBERS: Algebra<number> = {
  combine: ({ products, terms, constant }) =>
    products.reduce((sum, { left, right, factor }) => sum + factor * left * right, 0) +
    terms.reduce((sum, { value, weight }) => sum + weight * value, 0) +
    constant,
};
