/** Plans of polynomials, run on plain numbers and held against direct evaluation. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divide, type PolynomialBasis, powersOfChebyshev, valueAt } from "../../../src/ckks/circuits/basis.js";
import { planPolynomial, polynomialDepth } from "../../../src/ckks/circuits/paterson-stockmeyer.js";
import { powerDepth, powerPairs } from "../../../src/ckks/circuits/powers.js";
import { costOf, depthOf, NUMBERS, run, type Schedule } from "../../../src/ckks/circuits/schedule.js";

const bases = fc.constantFrom<PolynomialBasis>("power", "chebyshev");
const coefficient = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -64, max: 64 }).map((c) => c / 16) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1) },
);
const lists = (longest: number) => fc.array(coefficient, { minLength: 1, maxLength: longest });
const points = fc.array(
  fc.integer({ min: -256, max: 256 }).map((x) => x / 256),
  { minLength: 1, maxLength: 4 },
);

/** Every operand at least one level above its step, and made before it. */
function checkOrder(schedule: Schedule): void {
  for (const [i, { depth, products, terms }] of schedule.steps.entries()) {
    const operands = [...products.flatMap(({ left, right }) => [left, right]), ...terms.map(({ value }) => value)];
    for (const value of operands) {
      expect(value).toBeLessThanOrEqual(i);
      expect(depthOf(schedule, value)).toBeLessThan(depth);
    }
  }
}

/** Coefficients without any accident among them. */
const generic = (degree: number) => Array.from({ length: degree + 1 }, (_, i) => 1 / (i + 1.5));

const magnitude = (coefficients: readonly number[]) => coefficients.reduce((sum, c) => sum + Math.abs(c), 1);

describe("a plan", () => {
  it("computes the polynomial, at no more than the promised depth", async () => {
    await fc.assert(
      fc.asyncProperty(bases, lists(70), points, async (basis, coefficients, xs) => {
        const schedule = planPolynomial(basis, coefficients);
        checkOrder(schedule);
        let degree = coefficients.length - 1;
        while (degree > 0 && coefficients[degree] === 0) degree--;
        expect(depthOf(schedule, schedule.result)).toBeLessThanOrEqual(polynomialDepth(degree));
        for (const x of xs) {
          const error = Math.abs((await run(schedule, x, NUMBERS)) - valueAt(basis, coefficients, x));
          expect(error).toBeLessThan(1e-11 * magnitude(coefficients));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("computes it after a change of variable too, one level deeper, or none where it folds into a degree of 1", async () => {
    await fc.assert(
      fc.asyncProperty(lists(40), points, async (coefficients, xs) => {
        const change = { slope: 0.25, offset: -0.5 };
        const schedule = planPolynomial("chebyshev", coefficients, change);
        checkOrder(schedule);
        let degree = coefficients.length - 1;
        while (degree > 0 && coefficients[degree] === 0) degree--;
        expect(depthOf(schedule, schedule.result)).toBeLessThanOrEqual(polynomialDepth(degree) + (degree > 1 ? 1 : 0));
        for (const y of xs) {
          const error = Math.abs((await run(schedule, 4 * y + 2, NUMBERS)) - valueAt("chebyshev", coefficients, y));
          expect(error).toBeLessThan(1e-11 * magnitude(coefficients));
        }
      }),
    );
  });

  it.each(["power", "chebyshev"] as const)("has the depth ceil(log2(degree + 1)) in the %s basis, up to degree 1023", (basis) => {
    for (const degree of [1, 2, 3, 4, 7, 8, 15, 16, 31, 63, 64, 127, 128, 255, 256, 511, 1023]) {
      const schedule = planPolynomial(basis, generic(degree));
      expect([degree, depthOf(schedule, schedule.result)]).toEqual([degree, Math.ceil(Math.log2(degree + 1))]);
    }
  });

  it("takes few products, close to sqrt(2 d) + log2 d, and fewer relinearisations", () => {
    for (let degree = 2; degree <= 260; degree += degree < 40 ? 1 : 11) {
      const { products, relinearisations } = costOf(planPolynomial("chebyshev", generic(degree)));
      // Paterson and Stockmeyer's count without a bound on the depth, and what the least depth costs on top.
      expect([degree, products]).toEqual([
        degree,
        Math.min(products, Math.ceil(Math.sqrt(2 * degree) + 1.8 * Math.log2(degree))),
      ]);
      expect(relinearisations).toBeLessThanOrEqual(products);
    }
  });

  it("skips the zeros of odd and even polynomials", () => {
    const one = (degree: number, keep: (i: number) => boolean) =>
      costOf(
        planPolynomial(
          "chebyshev",
          Array.from({ length: degree + 1 }, (_, i) => (keep(i) ? 1 / (i + 1.5) : 0)),
        ),
      ).products;
    expect(one(127, (i) => i % 2 === 1)).toBeLessThan(one(127, () => true));
    expect(one(126, (i) => i % 2 === 0)).toBeLessThan(one(126, () => true));
    // T_2k(x) is T_k(T_2(x)).
    expect(one(62, (i) => i % 2 === 0)).toBeLessThanOrEqual(one(31, () => true) + 1);
  });

  it.each([1, 2, 4, 16])("squares its way to x^%i, without a constant", (n) => {
    const schedule = planPolynomial("power", [...new Array(n).fill(0), 1]);
    const log = Math.log2(n);
    expect([depthOf(schedule, schedule.result), costOf(schedule).products]).toEqual([log, log]);
  });

  it("of a constant has no product and no depth", async () => {
    const schedule = planPolynomial("chebyshev", [4, 0, 0]);
    expect([depthOf(schedule, schedule.result), costOf(schedule).products]).toEqual([0, 0]);
    expect(await run(schedule, 0.5, NUMBERS)).toBe(4);
  });
});

describe("running a plan", () => {
  it("releases every value once after its last use, and neither the input nor the result", async () => {
    const coefficients = Array.from({ length: 24 }, (_, i) => 1 / (i + 1));
    const schedule = planPolynomial("chebyshev", coefficients);
    let made = 0;
    const live = new Set<object>();
    const alive = (value: object) => expect(live.has(value)).toBe(true);
    const input = { input: true };
    live.add(input);
    const result = await run<object>(schedule, input, {
      combine: ({ products, terms }) => {
        for (const { left, right } of products) [left, right].forEach(alive);
        for (const { value } of terms) alive(value);
        const value = { made: made++ };
        live.add(value);
        return value;
      },
      release: (value) => {
        alive(value);
        live.delete(value);
      },
    });
    expect(made).toBe(schedule.steps.length);
    expect([...live]).toEqual([input, result]);
  });
});

describe("division", () => {
  it("gives quotient and remainder in either basis", () => {
    fc.assert(
      fc.property(bases, lists(40), fc.nat(), points, (basis, coefficients, at, xs) => {
        fc.pre(coefficients.length > 1);
        const g = 1 + (at % (coefficients.length - 1));
        const { quotient, remainder } = divide(basis, coefficients, g);
        const divisor = [...new Array(g).fill(0), 1];
        for (const x of xs) {
          const value = valueAt(basis, quotient, x) * valueAt(basis, divisor, x) + valueAt(basis, remainder, x);
          expect(Math.abs(value - valueAt(basis, coefficients, x))).toBeLessThan(1e-11 * magnitude(coefficients) * 4);
        }
      }),
    );
  });

  it("has a remainder below the divisor, up to twice its degree", () => {
    const { remainder } = divide("chebyshev", new Array(17).fill(1), 8);
    expect(remainder.length).toBeLessThanOrEqual(8);
  });
});

describe("the elements of a basis", () => {
  it("come in an order in which they can be made, at their least depth", () => {
    fc.assert(
      fc.property(bases, fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 20 }), (basis, wanted) => {
        const there = new Set([0, 1]);
        for (const { n, left, right } of powerPairs(basis, wanted)) {
          expect(left + right).toBe(n);
          for (const i of basis === "chebyshev" ? [left, right, left - right] : [left, right]) expect(there.has(i)).toBe(true);
          expect(Math.max(powerDepth(left), powerDepth(right)) + 1).toBe(powerDepth(n));
          there.add(n);
        }
        for (const n of wanted) expect(there.has(n)).toBe(true);
      }),
    );
  });

  it("are no more than needed where the wanted ones suffice", () => {
    expect(powerPairs("chebyshev", [2, 3, 4, 5, 6, 7, 8]).map(({ n }) => n)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(powerPairs("power", [16]).map(({ n }) => n)).toEqual([2, 4, 8, 16]);
  });
});

describe("Chebyshev polynomials in powers of x", () => {
  it("are those of the tables", () => {
    expect(powersOfChebyshev([0, 0, 0, 0, 0, 1], 1, 0)).toEqual([0, 5, 0, -20, 0, 16]);
    expect(powersOfChebyshev([0, 0, 1], 2, -1)).toEqual([1, -8, 8]);
  });
});
