/**
 * From wishes to parameters: the smallest ring, and in it the shortest chain, that holds the values, the depth, the precision, key
 * switching and the security asked for. Pure and deterministic; what is chosen and why comes in words with it.
 */
import { ParameterError, SecurityError } from "../errors.js";
import { chain, chooseKeySwitching, type KeySwitching } from "./key-switching-choice.js";
import { precisionBits } from "./noise.js";
import { CkksParameters, HEADROOM_BITS } from "./parameters.js";
import { chooseBasePrimes, chooseLevelPrimes, primeStock } from "./prime-choice.js";
import { maxLogQP, type SecurityLevel } from "./security.js";
import { explainChoice } from "./solver-words.js";
import { type CheckedWishes, type CkksWishes, checkWishes } from "./wishes.js";

/** Scales of one prime a level, and of two; between them there are too few primes. */
const SINGLE = { from: 16, to: 30, primesPerLevel: 1 } as const;
const COMPOSITE = { from: 48, to: 58, primesPerLevel: 2 } as const;
const DEGREES = [1024, 2048, 4096, 8192, 16384, 32768, 65536];
/** More levels than the largest ring holds at the smallest scale. */
const MOST_DEPTH = 64;

/** What {@link solveParameters} finds. */
export interface Solution {
  readonly parameters: CkksParameters;
  /** Predicted mean of -log2 |error| at the end of the chain of products, in bits. */
  readonly precisionBits: number;
  /** What was chosen and why, in lines of text. */
  readonly explain: string;
}

/**
 * The smallest parameters that meet all wishes: see {@link CkksWishes} for each. Throws ParameterError, or SecurityError where only the security
 * stands in the way, naming the wish that cannot be met and what would work.
 */
export function parametersFor(wishes: CkksWishes): CkksParameters {
  return solveParameters(wishes).parameters;
}

/** {@link parametersFor} with the prediction and the reasons. */
export function solveParameters(wishes: CkksWishes): Solution {
  const checked = checkWishes(wishes);
  const found = attempt(checked);
  if (!found) throw refusal(checked);
  const { parameters, bits, choice } = found;
  return { parameters, precisionBits: bits, explain: explainChoice(checked, parameters, bits, choice) };
}

/** The most depth at which the other wishes can be met, or -1 where not even depth 0 can. Refuses what {@link parametersFor} refuses. */
export function maxDepthFor(wishes: Omit<CkksWishes, "depth">): number {
  return mostDepth(checkWishes({ ...wishes, depth: 0 }));
}

interface Found {
  readonly parameters: CkksParameters;
  readonly bits: number;
  readonly choice: KeySwitching | undefined;
}

/** Ring after ring, scale after scale, from the smallest. */
function attempt(wishes: CheckedWishes): Found | undefined {
  for (const degree of DEGREES) {
    if (degree < 2 * wishes.slots) continue;
    for (const { from, to, primesPerLevel } of [SINGLE, COMPOSITE]) {
      for (let scaleBits = Math.max(from, wishes.scaleBits); scaleBits <= to; scaleBits++) {
        const found = solveIn(wishes, degree, scaleBits, primesPerLevel);
        if (found) return found;
      }
    }
  }
  return undefined;
}

function solveIn(wishes: CheckedWishes, degree: number, scaleBits: number, primesPerLevel: 1 | 2): Found | undefined {
  const { depth, security } = wishes;
  const limit = maxLogQP(degree, security);
  const baseBits = HEADROOM_BITS + scaleBits + Math.log2(Math.max(1, wishes.magnitude));
  if (depth * (scaleBits - 0.1) + baseBits > limit) return undefined;
  if (idealPrecision(wishes, degree, scaleBits, primesPerLevel) < wishes.precisionBits) return undefined;
  const stock = primeStock(degree);
  const levelPrimes = chooseLevelPrimes(stock, scaleBits, primesPerLevel, depth);
  if (levelPrimes.length < depth * primesPerLevel) return undefined;
  const left = stock.filter((q) => !levelPrimes.includes(q));
  let best: { literal: Parameters<typeof CkksParameters.from>[0]; choice: KeySwitching | undefined } | undefined;
  for (const size of ["large", "small"] as const) {
    const basePrimes = chooseBasePrimes(left, 2 ** baseBits * (1 + 2 ** -20), size);
    if (!basePrimes) continue;
    const literal = { degree, basePrimes, levelPrimes, scaleBits, primesPerLevel, security };
    const bits = [...basePrimes, ...levelPrimes].reduce((sum, q) => sum + Math.log2(q), 0);
    if (bits > limit) continue;
    if (!wishes.keySwitching) {
      best ??= { literal, choice: undefined };
      continue;
    }
    const spare = left.filter((q) => !basePrimes.includes(q));
    const choice = chooseKeySwitching(literal, spare, limit - bits, wishes.rotations);
    if (!choice || (best?.choice && best.choice.transforms <= choice.transforms)) continue;
    best = { literal: { ...literal, specialPrimes: choice.specialPrimes, digitSize: choice.digitSize }, choice };
  }
  if (!best) return undefined;
  const parameters = CkksParameters.from(best.literal);
  const bits = precisionBits(chain(parameters, depth, wishes));
  return bits < wishes.precisionBits ? undefined : { parameters, bits, choice: best.choice };
}

/** The precision at exact scales and without key switching: an upper bound that costs nothing. */
function idealPrecision(wishes: CheckedWishes, degree: number, scaleBits: number, primesPerLevel: 1 | 2): number {
  const scale = () => 2 ** scaleBits;
  const ideal = { degree, primesPerLevel, specialPrimes: [], digitSize: 1, scale, levelModulus: scale, basis: () => [] };
  // Scales wander by up to 0.05 bits.
  return precisionBits(chain(ideal, wishes.depth, wishes)) + 0.2;
}

function mostDepth(wishes: CheckedWishes): number {
  let [low, high] = [-1, MOST_DEPTH];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (attempt({ ...wishes, depth: middle })) low = middle;
    else high = middle;
  }
  return low;
}

function mostPrecision(wishes: CheckedWishes): number {
  let [low, high] = [0, 51];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (attempt({ ...wishes, precisionBits: middle })) low = middle;
    else high = middle;
  }
  return low;
}

/** Which wish cannot be met, and what would work. */
function refusal(wishes: CheckedWishes): ParameterError | SecurityError {
  const { depth, precisionBits, security, magnitude } = wishes;
  const wish = `${precisionBits} bits of precision at depth ${depth} with values up to ${magnitude}`;
  const works: string[] = [];
  const most = mostDepth(wishes);
  if (most >= 0) works.push(`depth ${most} at this precision`);
  const bits = mostPrecision(wishes);
  if (bits > 0) works.push(`${bits} bits at this depth`);
  const lower = ([192, 128] as const).find((s: SecurityLevel) => s < security && attempt({ ...wishes, security: s }));
  if (lower !== undefined) works.push(`${lower} bits of security`);
  const remedy = works.length > 0 ? `ask for at most ${works.join(", or for ")}` : "ask for less depth, precision or magnitude";
  const what = lower === undefined ? (most < 0 ? "wished precision" : "wished depth") : "wished security";
  const parts = {
    what,
    expected: "wishes that a ring up to degree 65536 meets",
    got: `${wish}, at ${security} bits of security`,
    remedy,
  };
  return lower === undefined ? new ParameterError(parts) : new SecurityError(parts);
}
