/** What the solver chose and why, in words. */
import type { KeySwitching } from "./key-switching-choice.js";
import type { CkksParameters } from "./parameters.js";
import { disjointPairs } from "./prime-choice.js";
import { maxLogQP } from "./security.js";
import type { CheckedWishes } from "./wishes.js";

/** Lines of text, one for each decision. */
export function explainChoice(wishes: CheckedWishes, p: CkksParameters, bits: number, choice: KeySwitching | undefined): string {
  const { degree, scaleBits, primesPerLevel, levels, basePrimes, security } = p;
  const limit = maxLogQP(degree, security);
  const used = p.logQ + p.logP;
  const lines = [
    `ring        degree ${degree}, ${p.slots} slots: the smallest that holds ${count(wishes.slots, "slot")} and has log2(QP) = ${used.toFixed(1)} of at most ${limit} at ${security} bits of security`,
    `scale       2^${scaleBits}, ${primesPerLevel === 1 ? "one prime" : "two primes"} a level: the smallest that gives the precision and has ${count(levels, "level")} of primes`,
    `precision   ${bits.toFixed(1)} bits predicted after ${count(levels, "product")} (mean of -log2 |error|), ${wishes.precisionBits} wished`,
    `base        ${count(basePrimes.length, "prime")}, values up to ${p.maxMagnitude(0).toPrecision(3)} at level 0, ${wishes.magnitude} wished`,
  ];
  if (choice) {
    const { digits, digitSize, specialPrimes, transforms } = choice;
    const why = wishes.rotations ? "3 bits below fresh noise in the worst slot" : "for products alone, not for rotations";
    lines.push(
      `switching   ${count(digits, "digit")} of up to ${count(digitSize, "prime")}, ${count(specialPrimes.length, "special prime")} of ${p.logP.toFixed(1)} bits, ${why}; ${transforms} transforms of limbs at the top`,
    );
  } else lines.push("switching   none: products with plaintexts and constants, no rotations");
  if (primesPerLevel === 2 && wishes.scaleBits < 48) {
    lines.push(
      `rounded up  scales of 31 to 47 bits are not offered: of about 40 bits there are ${count(disjointPairs(degree, 40), "disjoint pair")} of primes`,
    );
  }
  return lines.join("\n");
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
