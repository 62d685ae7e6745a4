/** Which elements of a basis have to be made first, from which pairs, so that all that are wanted come out at least depth. */
import type { PolynomialBasis } from "./basis.js";

/** b_n from b_left and b_right, left >= right, left + right = n. */
export interface PowerPair {
  readonly n: number;
  readonly left: number;
  readonly right: number;
}

/** The depth of b_n: 0 for x itself, and one more for each doubling. */
export function powerDepth(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

/** What b_n needs besides x when it is made of two others: for Chebyshev polynomials, T_n = 2 T_a T_b - T_(a-b). */
function needs(basis: PolynomialBasis, left: number, right: number): number[] {
  return (basis === "chebyshev" ? [left, right, left - right] : [left, right]).filter((i) => i > 1);
}

/**
 * Pairs for all the wanted elements and for whatever they need, in an order in which they can be made. Of the pairs that keep
 * the depth, the one is taken that needs the fewest elements that are not there yet.
 */
export function powerPairs(basis: PolynomialBasis, wanted: Iterable<number>): PowerPair[] {
  const made = new Map<number, PowerPair>();
  const asked = new Set([...wanted].filter((n) => n > 1));
  const todo = [...asked].sort((a, b) => b - a);
  // From the top, so that what a large one needs is known before the small ones choose.
  for (let n = todo.shift(); n !== undefined; n = todo.shift()) {
    let best: { missing: number; left: number; right: number } | undefined;
    for (let right = n >> 1; right > 0; right--) {
      const left = n - right;
      if (powerDepth(left) >= powerDepth(n)) break;
      const missing = needs(basis, left, right).filter((i) => !asked.has(i)).length;
      if (best === undefined || missing < best.missing) best = { missing, left, right };
    }
    const { left, right } = best!;
    made.set(n, { n, left, right });
    for (const i of needs(basis, left, right)) {
      if (asked.has(i)) continue;
      asked.add(i);
      todo.push(i);
    }
    todo.sort((a, b) => b - a);
  }
  return [...made.values()].sort((a, b) => a.n - b.n);
}
