/**
 * Contributions in Paillier plaintexts: every value becomes a whole number of steps above its lower bound, and as many of
 * them as fit lie side by side in one plaintext, each in a slot wide enough for the sum of all participants and a guard bit.
 */
import { EncodingError, ParameterError } from "../../errors.js";
import { divideToFloat64, powerOfTwo } from "../../math/float64.js";
import { bitLength } from "../../math/modular.js";
import { type Column, WEIGHT } from "./columns.js";
import type { ColumnSums } from "./result.js";
import type { CheckedValues } from "./values.js";

/** Slots of one column that lie next to each other in one plaintext. */
interface Run {
  /** Index of the column. */
  readonly column: number;
  /** First value of the column in this run. */
  readonly from: number;
  readonly count: number;
  readonly plaintext: number;
  /** Bit position of the first slot. */
  readonly shift: number;
}

/** The integers of a column. */
interface Grid {
  /** The lower bound, in steps. */
  readonly low: bigint;
  /** The largest integer that one unweighted value becomes. */
  readonly span: bigint;
  /** The largest integer of one participant in a slot: `span`, times the largest weight where the column is weighted. */
  readonly most: bigint;
  /** Bits of a slot: holds the largest sum of all participants, and one bit more. */
  readonly width: number;
}

/** Where the numbers of a contribution lie in Paillier plaintexts. */
export interface PaillierPacking {
  readonly scheme: "paillier";
  readonly keyBits: number;
  /** Per contribution. */
  readonly ciphertexts: number;
  readonly grids: readonly Grid[];
  readonly runs: readonly Run[];
  /** Every sum of plaintexts is below 2^plaintextBits. */
  readonly plaintextBits: number;
  /** The largest plaintext of one contribution. */
  readonly plaintextBound: bigint;
}

/** The packing for columns under a key length. Throws ParameterError where one slot exceeds a plaintext. */
export function paillierPacking(keyBits: number, columns: readonly Column[], maximumParticipants: number): PaillierPacking {
  // Below 2^(keyBits - 2) a plaintext is below n/2, so that it reads the same as a signed number.
  const plaintextBits = keyBits - 2;
  const weightColumn = columns.find((column) => column.name === WEIGHT);
  const heaviest = weightColumn === undefined ? 1n : inSteps(weightColumn.bounds[1], weightColumn.step, "up");
  const grids = columns.map((column): Grid => {
    // A weight keeps its zero, so that it can be a factor.
    const low = column.name === WEIGHT ? 0n : inSteps(column.bounds[0], column.step, "down");
    const span = inSteps(column.bounds[1], column.step, "up") - low;
    const most = column.weighted ? span * heaviest : span;
    const width = bitLength(most * BigInt(maximumParticipants)) + 1;
    if (width > plaintextBits) {
      throw new ParameterError({
        what: `slot of '${column.name}'`,
        expected: `at most ${plaintextBits} bits in a key of ${keyBits}`,
        got: `${width}`,
        remedy: "ask for a coarser precision, or use a longer key",
      });
    }
    return { low, span, most, width };
  });
  const runs: Run[] = [];
  let plaintext = 0;
  let shift = 0;
  columns.forEach(({ length }, column) => {
    const { width } = grids[column];
    for (let from = 0; from < length; ) {
      const room = Math.floor((plaintextBits - shift) / width);
      if (room === 0) {
        plaintext++;
        shift = 0;
        continue;
      }
      const count = Math.min(room, length - from);
      runs.push({ column, from, count, plaintext, shift });
      from += count;
      shift += count * width;
    }
  });
  const plaintextBound = largestPlaintext(runs, grids);
  return { scheme: "paillier", keyBits, ciphertexts: plaintext + 1, grids, runs, plaintextBits, plaintextBound };
}

/** The largest plaintext of one contribution: every slot at its most. */
function largestPlaintext(runs: readonly Run[], grids: readonly Grid[]): bigint {
  const plaintexts: bigint[] = [];
  for (const { column, count, plaintext, shift } of runs) {
    const { most, width } = grids[column];
    // One in each of `count` slots: (2^(width count) - 1) / (2^width - 1).
    const ones = ((1n << BigInt(width * count)) - 1n) / ((1n << BigInt(width)) - 1n);
    plaintexts[plaintext] = (plaintexts[plaintext] ?? 0n) + ((most * ones) << BigInt(shift));
  }
  let largest = 0n;
  for (const m of plaintexts) if (m > largest) largest = m;
  return largest;
}

/** The plaintexts of one contribution, each in [0, 2^plaintextBits). */
export function packPaillier(packing: PaillierPacking, columns: readonly Column[], values: CheckedValues): bigint[] {
  const plaintexts = new Array<bigint>(packing.ciphertexts).fill(0n);
  const weightColumn = columns.find((column) => column.name === WEIGHT);
  const weight = weightColumn === undefined ? 1n : nearest(values.weight, weightColumn.step);
  for (const { column: c, from, count, plaintext, shift } of packing.runs) {
    const column = columns[c];
    const { low, span, width } = packing.grids[c];
    const source = values.of(column);
    const factor = column.weighted ? weight : 1n;
    let packed = 0n;
    for (let i = from + count - 1; i >= from; i--) {
      const steps = nearest(source[i], column.step) - low;
      // Rounding to the nearest step cannot leave [0, span]: both ends are steps at or beyond the bounds.
      if (steps < 0n || steps > span) throw outOfGrid(column.name, i);
      packed = (packed << BigInt(width)) | (steps * factor);
    }
    plaintexts[plaintext] |= packed << BigInt(shift);
  }
  return plaintexts;
}

/**
 * The exact sums of every column from decrypted plaintexts. Throws EncodingError where a slot exceeds what that many
 * participants can contribute: somebody encrypted a value out of bounds.
 */
export function unpackPaillier(packing: PaillierPacking, columns: readonly Column[], plaintexts: readonly bigint[]): ColumnSums {
  for (const plaintext of plaintexts) {
    if (plaintext < 0n || bitLength(plaintext) > packing.plaintextBits) throw overflow("plaintext");
  }
  // Column 0 is the count and lies at the start of the first plaintext.
  const participants = plaintexts[0] & ((1n << BigInt(packing.grids[0].width)) - 1n);
  const sums = columns.map((column) => new Array<bigint>(column.length));
  const weightIndex = columns.findIndex((column) => column.name === WEIGHT);
  // The weight comes before the fields, so its sum is there when the first weighted column is read.
  const share = (column: Column): bigint => (column.weighted ? sums[weightIndex][0] : participants);
  for (const { column: c, from, count, plaintext, shift } of packing.runs) {
    const { span, width } = packing.grids[c];
    const largest = span * share(columns[c]);
    const mask = (1n << BigInt(width)) - 1n;
    let packed = plaintexts[plaintext] >> BigInt(shift);
    for (let i = from; i < from + count; i++, packed >>= BigInt(width)) {
      sums[c][i] = packed & mask;
      if (sums[c][i] > largest) throw overflow(`field '${columns[c].name}'`);
    }
  }
  return {
    participants: Number(participants),
    columns: columns.map((column, c) => {
      // Each participant's steps start at the lower bound, so the sum lacks it once a participant, or once a unit of weight.
      const offset = packing.grids[c].low * share(column);
      const step = column.step + (column.weighted ? columns[weightIndex].step : 0);
      return { values: Float64Array.from(sums[c], (sum) => divideToFloat64(sum + offset, powerOfTwo(-step))), error: 0 };
    }),
  };
}

/** A bound as a whole number of steps of 2^step, rounded outwards. */
function inSteps(bound: number, step: number, direction: "up" | "down"): bigint {
  const scaled = bound * powerOfTwo(-step);
  return BigInt(direction === "up" ? Math.ceil(scaled) : Math.floor(scaled));
}

/** The nearest whole number of steps. Scaling by a power of two is exact, and there are at most 52 bits above a step. */
function nearest(value: number, step: number): bigint {
  return BigInt(Math.round(value * powerOfTwo(-step)));
}

function outOfGrid(name: string, index: number): EncodingError {
  return new EncodingError({
    what: `field '${name}', value ${index}`,
    expected: "a value within its bounds",
    got: "one outside",
    remedy: "clip or correct it",
  });
}

function overflow(what: string): EncodingError {
  return new EncodingError({
    what: `${what} of the aggregate`,
    expected: "a sum that the bounds of the schema allow",
    got: "a larger one",
    remedy: "discard the round: a participant encrypted values out of bounds",
  });
}
