/**
 * Which primes parameters are made of: all primes q < 2^30 with q = 1 mod lcm(2N, 2^16), as in {@link nttPrimes}, and a choice among
 * them for levels, base and special modulus. Ratios are compared, and no logarithms, so that the choice is the same everywhere.
 */

const stocks = new Map<number, readonly number[]>();

/** Every prime that a degree admits, ascending: 1636 of them up to degree 32768. Found once for each step, by a sieve over q = 1 + k step. */
export function primeStock(degree: number): readonly number[] {
  const step = Math.max(2 * degree, 2 ** 16);
  let stock = stocks.get(step);
  if (!stock) stocks.set(step, (stock = Object.freeze(sieve(step))));
  return stock;
}

function sieve(step: number): number[] {
  const count = 2 ** 30 / step;
  const composite = new Uint8Array(count);
  const small = new Uint8Array(2 ** 15);
  for (let p = 2; p < 2 ** 15; p++) {
    if (small[p]) continue;
    for (let m = p * p; m < 2 ** 15; m += p) small[m] = 1;
    // 1 + k step = 0 mod p for k = -1 / step, by halvings, for step is a power of two; p = 2 divides none of these numbers.
    if (p > 2) {
      let first = p - 1;
      for (let half = step; half > 1; half /= 2) first = (first % 2 === 0 ? first : first + p) / 2;
      for (let k = first; k < count; k += p) if (1 + k * step !== p) composite[k] = 1;
    }
  }
  const primes: number[] = [];
  for (let k = 1; k < count; k++) if (!composite[k]) primes.push(1 + k * step);
  return primes;
}

/** How far the scale of a level may be from the wish: 2^0.05. */
const DRIFT = 2 ** 0.05;

const farness = (ratio: number): number => (ratio < 1 ? 1 / ratio : ratio);

/** The prime that is closest to a target, as a ratio, other than one; undefined where none is left. */
function closest(primes: Iterable<number>, target: number, but = 0): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const q of primes) {
    const far = farness(q / target);
    if (far < least && q !== but) [best, least] = [q, far];
  }
  return best;
}

/** First primes of a pair that are tried before a level counts as impossible. */
const TRIES = 32;

/**
 * Primes for `levels` levels, level 1 first, `perLevel` of them each, taken from `stock`: each level's modulus is the one that brings
 * the canonical scale, sqrt(scale x modulus), closest to 2^scaleBits; a pair begins with the prime that is closest to its square root.
 * Where every scale that is left to choose would stray by more than 0.05 bits, fewer levels come back.
 */
export function chooseLevelPrimes(stock: readonly number[], scaleBits: number, perLevel: 1 | 2, levels: number): number[] {
  const wish = 2 ** scaleBits;
  const far = (q: number) => farness(q / Math.sqrt(wish));
  const left = new Set(perLevel === 1 ? stock : [...stock].sort((p, q) => far(p) - far(q)));
  const chosen: number[] = [];
  for (let level = 1, scale = wish; level <= levels; level++) {
    const found = nextLevel(left, scale, wish, perLevel);
    if (!found) break;
    for (const q of found) left.delete(q);
    chosen.push(...found);
    scale = Math.sqrt(scale * found.reduce((all, q) => all * q, 1));
  }
  return chosen;
}

function nextLevel(left: ReadonlySet<number>, scale: number, wish: number, perLevel: 1 | 2): number[] | undefined {
  const firsts = perLevel === 1 ? [1] : [...left].slice(0, TRIES);
  for (const first of firsts) {
    const last = closest(left, (wish * (wish / scale)) / first, first);
    if (last === undefined || farness(Math.sqrt(scale * first * last) / wish) > DRIFT) continue;
    return perLevel === 1 ? [last] : [first, last];
  }
  return undefined;
}

/** The `count` largest primes, largest first. */
export function largest(stock: readonly number[], count: number): number[] {
  return stock.slice(Math.max(0, stock.length - count)).reverse();
}

const productOf = (primes: readonly number[]): number => primes.reduce((all, q) => all * q, 1);

/** The smallest `count` neighbours in the stock with a product of at least `need`. */
function neighbours(stock: readonly number[], need: number, count: number): number[] | undefined {
  for (let from = 0; from + count <= stock.length; from++) {
    const window = stock.slice(from, from + count);
    if (productOf(window) >= need) return window;
  }
  return undefined;
}

/**
 * As few primes as reach a product of at least `need`, which is below 2^400. `"large"`: the largest primes, room for larger values; `"small"`: the
 * smallest primes, all of about one size. Undefined where the stock has too few.
 */
export function chooseBasePrimes(stock: readonly number[], need: number, size: "large" | "small"): number[] | undefined {
  for (let count = 1; count <= stock.length; count++) {
    const large = largest(stock, count);
    if (productOf(large) >= need) return size === "large" ? large : neighbours(stock, need, count);
  }
  return undefined;
}

/**
 * `count` primes with a product of at least `need`, which is below 2^900, and little more: the largest primes with one that is as small as can be after them, or
 * `count` primes of about one size, whichever product is smaller. Undefined where `count` primes do not reach.
 */
export function chooseSpecialPrimes(stock: readonly number[], need: number, count: number): number[] | undefined {
  const even = neighbours(stock, need, count);
  if (!even) return undefined;
  const large = largest(stock, count - 1);
  const rest = large.reduce((left, q) => left / q, need);
  const last = stock.slice(0, stock.length - large.length).find((q) => q >= rest);
  const uneven = last === undefined ? even : [...large, last];
  return productOf(uneven) < productOf(even) ? uneven : even;
}

/** How many disjoint pairs of primes have a product within 2^0.05 of 2^bits: what decides which composite scales are offered. */
export function disjointPairs(degree: number, bits: number): number {
  return chooseLevelPrimes(primeStock(degree), bits, 2, 1000).length / 2;
}
