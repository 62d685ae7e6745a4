/**
 * Evaluation plans for polynomials (Paterson, Stockmeyer: On the number of nonscalar multiplications necessary to evaluate
 * polynomials, SIAM J. Comput. 1973), in either basis and at the least depth.
 *
 * A polynomial p of depth budget D is either a sum of elements that are there D - 1 levels down or earlier, or it is split:
 * p = q b_g + r, with q at budget D - 1, b_g no deeper than D - 1, and r at budget D. All splits of one p, and the sum that
 * is left, make a single step: their products are relinearised and rescaled together. What is there: b_1 .. b_(w-1), and
 * b_w, b_2w, b_4w, ... All widths w are tried; the cheapest plan wins.
 */
import { divide, type PolynomialBasis, trimmed } from "./basis.js";
import { powerDepth, powerPairs } from "./powers.js";
import { costOf, type Schedule, type Step } from "./schedule.js";

/** What is paid for each operation, in units of a product without relinearisation. */
const COST = { product: 1, relinearisation: 5, rescaling: 2, term: 0.05 };

/** x -> slope x + offset, before anything else. */
export interface AffineChange {
  readonly slope: number;
  readonly offset: number;
}

/** The levels that a polynomial of this degree takes, an affine change not counted: ceil(log2(degree + 1)). */
export function polynomialDepth(degree: number): number {
  return powerDepth(degree + 1);
}

/** The cheapest schedule of least depth. One step more, in front, where the variable is changed. */
export function planPolynomial(basis: PolynomialBasis, coefficients: readonly number[], change?: AffineChange): Schedule {
  const p = trimmed(coefficients);
  if (p.length === 1) return { steps: [{ depth: 0, products: [], terms: [], constant: p[0] }], result: 1 };
  if (change && p.length === 2) {
    // The change of variable is folded into the two coefficients.
    const [c0, c1] = p;
    return planPolynomial("power", [c0 + c1 * change.offset, c1 * change.slope]);
  }
  const depth = isPower(p) ? powerDepth(p.length - 1) : polynomialDepth(p.length - 1);
  let best: { schedule: Schedule; cost: number } | undefined;
  // No width beyond this pays: the elements alone cost more than a whole plan of half the width.
  const widest = Math.min(p.length, 2 * Math.ceil(Math.sqrt(p.length)) + 2);
  for (let width = 1; width <= widest; width++) {
    const schedule = new Planner(basis, p, width, depth).schedule(change);
    if (!schedule) continue;
    const { products, relinearisations, rescalings } = costOf(schedule);
    const terms = schedule.steps.reduce((sum, step) => sum + step.terms.length, 0);
    const cost =
      products * COST.product + relinearisations * COST.relinearisation + rescalings * COST.rescaling + terms * COST.term;
    if (!best || cost < best.cost) best = { schedule, cost };
  }
  return best!.schedule;
}

/** Whether p is one element of the basis, and so needs no step of its own. */
function isPower(p: readonly number[]): boolean {
  return p.length > 1 && p[p.length - 1] === 1 && p.slice(0, -1).every((c) => c === 0);
}

/** How p is cut: the elements that it is divided by, one after another, before the rest is a sum. */
interface Cut {
  readonly cost: number;
  readonly g?: number;
}

class Planner {
  readonly #there = new Set<number>();
  /** What is divided by: all of b_w, b_2w, ..., and the powers of two below, for quotients with little budget left. */
  readonly #divisors: number[] = [];
  readonly #cuts = new Map<string, Cut | undefined>();

  constructor(
    readonly basis: PolynomialBasis,
    readonly p: readonly number[],
    width: number,
    readonly depth: number,
  ) {
    for (let i = 1; i < width; i++) this.#there.add(i);
    for (let g = width; g < p.length; g *= 2) this.#there.add(g);
    for (const g of this.#there) if (g >= width || (g & (g - 1)) === 0) this.#divisors.push(g);
  }

  /** The whole schedule, or undefined where this width cannot keep the depth. */
  schedule(change?: AffineChange): Schedule | undefined {
    if (this.#nodeCost(this.p, this.depth) === undefined) return undefined;
    const used = new Set<number>();
    this.#collect(this.p, this.depth, used);
    const steps: Step[] = [];
    const shift = change ? 1 : 0;
    const add = (step: Step): number => steps.push({ ...step, depth: step.depth + shift });
    const values = new Map([[1, 0]]);
    if (change)
      values.set(1, add({ depth: 0, products: [], terms: [{ value: 0, weight: change.slope }], constant: change.offset }));
    for (const { n, left, right } of powerPairs(this.basis, used)) {
      const pair = { left: values.get(left)!, right: values.get(right)! };
      const step: Step =
        this.basis === "power"
          ? { depth: powerDepth(n), products: [{ ...pair, factor: 1 }], terms: [], constant: 0 }
          : {
              depth: powerDepth(n),
              products: [{ ...pair, factor: 2 }],
              terms: left === right ? [] : [{ value: values.get(left - right)!, weight: -1 }],
              constant: left === right ? -1 : 0,
            };
      values.set(n, add(step));
    }
    const result = this.#emit(this.p, this.depth, values, add);
    return { steps, result };
  }

  /** The cost of p as a value of its own at this budget; undefined where the budget is too small. */
  #nodeCost(p: readonly number[], budget: number): number | undefined {
    if (this.#isThere(p, budget)) return 0;
    const cut = this.#cut(p, budget);
    return cut && cut.cost + COST.rescaling + (this.#hasProducts(p, budget) ? COST.relinearisation : 0);
  }

  #isThere(p: readonly number[], budget: number): boolean {
    return isPower(p) && this.#there.has(p.length - 1) && powerDepth(p.length - 1) <= budget;
  }

  /** Whether the elements of p can be summed up at this budget. */
  #isSum(p: readonly number[], budget: number): boolean {
    return p.every((c, i) => c === 0 || i === 0 || (this.#there.has(i) && powerDepth(i) < budget));
  }

  /** The first cut of p at this budget, and the cost of all that follow from it in the same step. */
  #cut(p: readonly number[], budget: number): Cut | undefined {
    const key = `${budget} ${p.map((c) => (c === 0 ? "." : c === 1 ? "1" : "x")).join("")}`;
    if (this.#cuts.has(key)) return this.#cuts.get(key);
    let best: Cut | undefined;
    if (this.#isSum(p, budget)) best = { cost: COST.term * p.length };
    else {
      for (const g of this.#divisors) {
        // A quotient of a higher degree than the budget admits is not looked at.
        if (g >= p.length || powerDepth(g) >= budget || p.length - g > 2 ** (budget - 1)) continue;
        const { quotient, remainder } = divide(this.basis, p, g);
        const first = quotient.length === 1 ? COST.term : this.#nodeCost(quotient, budget - 1);
        if (first === undefined || (best && first >= best.cost)) continue;
        const rest = this.#cut(remainder, budget);
        if (!rest) continue;
        const cost = first + rest.cost + (quotient.length === 1 ? 0 : COST.product);
        if (!best || cost < best.cost) best = { cost, g };
      }
    }
    this.#cuts.set(key, best);
    return best;
  }

  /** The parts of p's step: pairs of a quotient and an element, and a sum. */
  #parts(p: readonly number[], budget: number): { products: { quotient: readonly number[]; g: number }[]; sum: number[] } {
    const products: { quotient: readonly number[]; g: number }[] = [];
    const constants = new Map<number, number>();
    let rest = p;
    for (let g = this.#cut(rest, budget)!.g; g !== undefined; g = this.#cut(rest, budget)!.g) {
      const { quotient, remainder } = divide(this.basis, rest, g);
      if (quotient.length === 1) constants.set(g, (constants.get(g) ?? 0) + quotient[0]);
      else products.push({ quotient, g });
      rest = remainder;
    }
    const sum = [...rest];
    for (const [g, c] of constants) {
      while (sum.length <= g) sum.push(0);
      sum[g] += c;
    }
    return { products, sum };
  }

  #hasProducts(p: readonly number[], budget: number): boolean {
    return this.#parts(p, budget).products.length > 0;
  }

  /** Adds the elements that the plan of p uses. */
  #collect(p: readonly number[], budget: number, used: Set<number>): void {
    if (this.#isThere(p, budget)) {
      used.add(p.length - 1);
      return;
    }
    const { products, sum } = this.#parts(p, budget);
    for (const [i, c] of sum.entries()) if (c !== 0 && i > 0) used.add(i);
    for (const { quotient, g } of products) {
      used.add(g);
      this.#collect(quotient, budget - 1, used);
    }
  }

  /** Appends the steps of p and returns the number of its value. */
  #emit(p: readonly number[], budget: number, values: ReadonlyMap<number, number>, add: (step: Step) => number): number {
    if (this.#isThere(p, budget)) return values.get(p.length - 1)!;
    const { products, sum } = this.#parts(p, budget);
    return add({
      depth: budget,
      products: products.map(({ quotient, g }) => ({
        left: this.#emit(quotient, budget - 1, values, add),
        right: values.get(g)!,
        factor: 1,
      })),
      terms: sum.flatMap((weight, i) => (weight !== 0 && i > 0 ? [{ value: values.get(i)!, weight }] : [])),
      constant: sum[0],
    });
  }
}
