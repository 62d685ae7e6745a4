/**
 * Contributions in CKKS slots: every column is divided by its unit, so that slots hold values in [-1, 1], one scale serves
 * fields of any range, and sums stay within the number of participants.
 */
import { type CkksParameters, chooseParameters } from "../../ckks/index.js";
import { EncodingError, ParameterError } from "../../errors.js";
import { powerOfTwo } from "../../math/float64.js";
import type { Column } from "./columns.js";
import { PARTICIPANTS, WEIGHT } from "./columns.js";
import type { ColumnSums } from "./result.js";
import type { CheckedValues } from "./values.js";

/** Where the numbers of a contribution lie in CKKS ciphertexts. */
export interface CkksPacking {
  readonly scheme: "ckks";
  readonly parameters: CkksParameters;
  /** Per contribution. */
  readonly ciphertexts: number;
  /** Bound on the error of a sum of that many contributions, in units of a column. */
  readonly noise: (participants: number) => number;
}

/** Standard deviation of the error distribution of the scheme. */
const SIGMA_SQUARED = 3.2 * 3.2;
/**
 * Sixteen standard deviations: exceeded once in 2^42 slots. The tail is not a normal one: in a slot the secret s and the error e of
 * the public key have fixed values, whose squares are exponentially distributed over the slots and multiply the noise of every
 * participant alike. A slot's error is therefore the sum of two Laplace variables of half the variance each, which exceeds t
 * standard deviations with probability (1 + t) exp(-2 t).
 */
const TAIL = 16;

/**
 * Bound on a slot's error in a sum of fresh public-key encryptions, in units of the scale. A coefficient of one encryption
 * has the error v e + e0 + e1 s with ternary v and s of variance 2/3, and up to 1/2 of rounding; a slot gathers N of them with
 * weights of mean square 1/2; errors of participants are independent. The last term is float64 in encoding and decoding.
 */
export function slotNoise(degree: number, scale: number, participants: number): number {
  const variance = SIGMA_SQUARED * (1 + (4 * degree) / 3) + 1 / 12;
  return (TAIL * Math.sqrt((participants * degree * variance) / 2)) / scale + participants * powerOfTwo(-45);
}

/** Parameters for columns and participants: the smallest scale that tells every column's steps apart in one contribution. */
export function chooseCkks(columns: readonly Column[], maximumParticipants: number): CkksParameters {
  const bits = Math.max(...columns.map((column) => column.unit - column.step));
  const slots = Math.min(2048, countSlots(columns));
  let noise = 1;
  for (let scaleBits = 30; scaleBits <= 45; scaleBits++) {
    const parameters = chooseParameters({ slots, levels: 0, scaleBits, magnitude: maximumParticipants });
    noise = slotNoise(parameters.degree, parameters.scale(0), 1);
    if (noise <= powerOfTwo(-bits)) return parameters;
  }
  const finest = columns.find((column) => column.unit - column.step === bits)!;
  throw new ParameterError({
    what: `precision of '${finest.name}'`,
    expected: `at most ${Math.floor(-Math.log2(noise))} bits below its largest bound with CKKS`,
    got: `${bits} bits`,
    remedy: 'ask for a coarser precision, or use scheme "paillier", which is exact',
  });
}

/** The packing for columns under given parameters. Throws ParameterError where the sums would not fit, or the count would drown in noise. */
export function ckksPacking(parameters: CkksParameters, columns: readonly Column[], maximumParticipants: number): CkksPacking {
  const noise = (participants: number) => slotNoise(parameters.degree, parameters.scale(0), participants);
  if (parameters.levels !== 0) {
    throw new ParameterError({
      what: "CKKS parameters of the plan",
      expected: "no level: sums use none",
      got: `${parameters.levels}`,
      remedy: "make the plan again with planAggregation",
    });
  }
  if (parameters.maxMagnitude(0) < maximumParticipants || noise(maximumParticipants) >= 0.25) {
    throw new ParameterError({
      what: "CKKS parameters of the plan",
      expected: `room for sums of ${maximumParticipants} contributions above the noise`,
      got: `sums up to ${parameters.maxMagnitude(0).toPrecision(4)} with noise ${noise(maximumParticipants).toPrecision(2)}`,
      remedy: "make the plan again with planAggregation",
    });
  }
  return { scheme: "ckks", parameters, ciphertexts: Math.ceil(countSlots(columns) / parameters.slots), noise };
}

/** The slot vectors of one contribution, each as long as the ring has slots (the last one shorter). */
export function packCkks(packing: CkksPacking, columns: readonly Column[], values: CheckedValues): Float64Array[] {
  const all = new Float64Array(countSlots(columns));
  const weight = columns.find((column) => column.name === WEIGHT);
  const relativeWeight = weight === undefined ? 1 : values.weight / powerOfTwo(weight.unit);
  let at = 0;
  for (const column of columns) {
    const factor = (column.weighted ? relativeWeight : 1) / powerOfTwo(column.unit);
    const source = values.of(column);
    for (let i = 0; i < column.length; i++) all[at++] = source[i] * factor;
  }
  const { slots } = packing.parameters;
  return Array.from({ length: packing.ciphertexts }, (_, c) => all.subarray(c * slots, (c + 1) * slots));
}

/**
 * The sums of every column from decrypted slots. Throws EncodingError where the count is no integer: these are not sums of
 * contributions.
 */
export function unpackCkks(packing: CkksPacking, columns: readonly Column[], slots: readonly Float64Array[]): ColumnSums {
  const count = slots[0][0];
  const participants = Math.round(count);
  if (!(Math.abs(count - participants) < 0.25) || participants < 0) {
    throw new EncodingError({
      what: "participants in the aggregate",
      expected: "a whole number",
      got: `${count}`,
      remedy: "aggregate again: a contribution was not made by this program",
    });
  }
  const noise = packing.noise(Math.max(1, participants));
  const perCiphertext = packing.parameters.slots;
  const weight = columns.findIndex((column) => column.name === WEIGHT);
  const sums: { values: Float64Array; error: number }[] = [];
  let at = 0;
  for (const column of columns) {
    const unit = powerOfTwo(column.unit + (column.weighted ? columns[weight].unit : 0));
    const values = new Float64Array(column.length);
    for (let i = 0; i < column.length; i++, at++) {
      values[i] = slots[Math.floor(at / perCiphertext)][at % perCiphertext] * unit;
    }
    const isCount = column.name === PARTICIPANTS;
    if (isCount) values[0] = participants;
    const error = isCount ? 0 : noise * unit;
    const share = column.weighted ? sums[weight].values[0] : participants;
    // Where the weight itself is uncertain, so is what the bounds allow.
    const slack = error + (column.weighted ? sums[weight].error * powerOfTwo(column.unit) : 0);
    checkSums(column, values, share, slack);
    sums.push({ values, error });
  }
  return { participants, columns: sums };
}

/** Sums beyond what the bounds allow tell that somebody encrypted a value out of bounds. */
function checkSums({ name, bounds }: Column, values: Float64Array, share: number, slack: number): void {
  const low = bounds[0] * share - slack;
  const high = bounds[1] * share + slack;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= low && values[i] <= high)) {
      throw new EncodingError({
        what: `column '${name}' of the aggregate, value ${i}`,
        expected: "a sum that the bounds of the schema allow",
        got: values[i] > high ? "a larger one" : "a smaller one",
        remedy: "discard the round: a participant encrypted values out of bounds",
      });
    }
  }
}

function countSlots(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.length, 0);
}
