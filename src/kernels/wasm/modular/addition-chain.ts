/**
 * Products of powers with public exponents as straight-line programs of products, made on the host. Bos and Coster's way
 * (Bos and Coster, "Addition chain heuristics", CRYPTO '89; Rooij, "Efficient exponentiation using precomputation and vector
 * addition chains", EUROCRYPT '94): where a is raised to the largest exponent e and b to the next one f, with e = q f + r,
 *
 *   a^e b^f = a^r (a^q b)^f
 *
 * takes some log2(terms) bits off the largest exponent for one product, because among many exponents the two largest are
 * close: 30 exponents of 32 bits take about 220 products, where windows with shared squarings (Straus) take 390 and buckets
 * (Pippenger) 360.
 */

/** Operands are registers, or inputs where this bit is set. The same words are in assembly/modular/products.ts. */
const INPUT = 0x80000000;
/** The operand 1. */
const UNIT = 0xffffffff;

/** Exponents are taken this many bits at a time, so that their remainders are exact numbers. */
const PIECE_BITS = 48n;

/** Registers of a program's own: for its result, and for short powers. One for each input follows. */
const [RESULT, POWER, FIRST] = [0, 1, 2];

/** Registers that a program of `terms` inputs uses. */
export function registersOf(terms: number): number {
  return FIRST + terms;
}

/**
 * The words of a program for the product of input[first + k]^exponents[k], as modularProgram reads them: the operand that
 * is the result, the number of steps, and for each step a target register and two operands.
 */
export function powerProduct(exponents: readonly bigint[], first: number): number[] {
  const steps: number[] = [];
  const longest = exponents.reduce((most, e) => (e > most ? e : most), 0n);
  let pieces = 0n;
  while (longest >> (pieces * PIECE_BITS) !== 0n) pieces++;
  let result = UNIT;
  for (let piece = pieces - 1n; piece >= 0n; piece--) {
    if (result !== UNIT) for (let s = 0n; s < PIECE_BITS; s++) result = multiply(steps, RESULT, result, result);
    const digits = exponents.map((e) => Number(BigInt.asUintN(Number(PIECE_BITS), e >> (piece * PIECE_BITS))));
    const product = bosCoster(steps, digits, first);
    if (result === UNIT) result = product;
    else if (product !== UNIT) result = multiply(steps, RESULT, result, product);
  }
  return [result, steps.length / 3, ...steps];
}

/** Appends a product and returns its target. */
function multiply(steps: number[], target: number, x: number, y: number): number {
  steps.push(target, x, y);
  return target;
}

/** Appends x^exponent by squaring and multiplying, exponent >= 1, and returns the operand that holds it. */
function power(steps: number[], x: number, exponent: number): number {
  let result = x;
  for (const bit of exponent.toString(2).slice(1)) {
    result = multiply(steps, POWER, result, result);
    if (bit === "1") result = multiply(steps, POWER, result, x);
  }
  return result;
}

/** Appends the product of powers of the inputs for exponents below 2^48, and returns the operand that holds it. */
function bosCoster(steps: number[], exponents: readonly number[], first: number): number {
  const operands = exponents.map((_, term) => (INPUT | (first + term)) >>> 0);
  const heap = new Heap(exponents);
  while (heap.size > 1) {
    const a = heap.top;
    const e = heap.exponent(a);
    heap.remove();
    const b = heap.top;
    const f = heap.exponent(b);
    const factor = power(steps, operands[a], Math.floor(e / f));
    operands[b] = multiply(steps, FIRST + b, operands[b], factor);
    heap.add(a, e % f);
  }
  return heap.size === 0 ? UNIT : power(steps, operands[heap.top], heap.exponent(heap.top));
}

/** Terms by exponent, the largest on top; those of exponent 0 are left out. */
class Heap {
  readonly #exponents: number[];
  readonly #terms: number[] = [];

  constructor(exponents: readonly number[]) {
    this.#exponents = [...exponents];
    exponents.forEach((e, term) => {
      this.add(term, e);
    });
  }

  get size(): number {
    return this.#terms.length;
  }

  get top(): number {
    return this.#terms[0];
  }

  exponent(term: number): number {
    return this.#exponents[term];
  }

  add(term: number, exponent: number): void {
    this.#exponents[term] = exponent;
    if (exponent === 0) return;
    const terms = this.#terms;
    let at = terms.length;
    for (; at > 0; ) {
      const above = (at - 1) >> 1;
      if (this.exponent(terms[above]) >= exponent) break;
      terms[at] = terms[above];
      at = above;
    }
    terms[at] = term;
  }

  /** Takes the top away. */
  remove(): void {
    const terms = this.#terms;
    const last = terms.pop() as number;
    if (terms.length === 0) return;
    let at = 0;
    for (let below = 1; below < terms.length; below = 2 * at + 1) {
      if (below + 1 < terms.length && this.exponent(terms[below + 1]) > this.exponent(terms[below])) below++;
      if (this.exponent(terms[below]) <= this.exponent(last)) break;
      terms[at] = terms[below];
      at = below;
    }
    terms[at] = last;
  }
}
