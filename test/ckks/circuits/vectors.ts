/** Plain vectors of complex slots as an algebra for plans of linear transforms, with a count of what they do. */
import type { TransformAlgebra, TransformPlan } from "../../../src/ckks/circuits/baby-giant.js";

export interface Complex {
  readonly re: number[];
  readonly im: number[];
}

const turned = (part: readonly number[], step: number) => part.map((_, i) => part[(i + step) % part.length]);
export const rotate = ({ re, im }: Complex, step: number): Complex => ({ re: turned(re, step), im: turned(im, step) });
const add = (a: Complex, b: Complex): Complex => ({
  re: a.re.map((x, i) => x + b.re[i]),
  im: a.im.map((x, i) => x + b.im[i]),
});

export interface Counts {
  products: number;
  hoisted: number;
  rotations: number;
  rescalings: number;
  readonly steps: Set<number>;
}

/** Runs plans on plain slots; every rotation, product and rescaling is counted. */
export function plainVectors(plan: TransformPlan): {
  counts: Counts;
  algebra: TransformAlgebra<Complex, Map<number, Complex>, Complex>;
} {
  const counts: Counts = { products: 0, hoisted: 0, rotations: 0, rescalings: 0, steps: new Set() };
  const single = (x: Complex, step: number): Complex => {
    counts.rotations++;
    counts.steps.add(step);
    return rotate(x, step);
  };
  const algebra: TransformAlgebra<Complex, Map<number, Complex>, Complex> = {
    rotations: (input, steps) => {
      for (const step of steps) if (step !== 0) counts.steps.add(step);
      counts.hoisted += steps.filter((step) => step !== 0).length;
      return new Map(steps.map((step) => [step, rotate(input, step)]));
    },
    innerSum: (rotated, giant) => {
      const { terms } = plan.giants[giant];
      counts.products += terms.length;
      return terms
        .map(({ baby, diagonal: { re, im } }) => {
          const x = rotated.get(baby)!;
          const at = (part: Float64Array | undefined, i: number) => part?.[i % part.length] ?? 0;
          return {
            re: x.re.map((_, i) => x.re[i] * at(re, i) - x.im[i] * at(im, i)),
            im: x.re.map((_, i) => x.re[i] * at(im, i) + x.im[i] * at(re, i)),
          };
        })
        .reduce(add);
    },
    rotateSum: single,
    addSums: add,
    rescale: ({ re, im }) => {
      counts.rescalings++;
      // Adding 0 turns -0 into 0.
      return { re: re.map((x) => x + 0), im: im.map((x) => x + 0) };
    },
    fold: (y, step) => add(y, single(y, step)),
  };
  return { counts, algebra };
}
