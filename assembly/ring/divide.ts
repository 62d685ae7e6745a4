/**
 * Divisions by the product D of 2 to 12 primes, modulo primes q >= 2^22, of the centred digits that mixed-radix.ts leaves in halves:
 * y = the sum of y_i P_i is x modulo D, centred, and the result is (x - y) / D. spreadHalves gives y modulo q in (0, 2q), a transform takes
 * that to [0, q). So x - y + 2q is in (0, 3q), and a Shoup product takes any word.
 */
import { argument } from "../arguments";
import { PIECE, spreadHalves } from "./halves";
import { multiplyShoup } from "./lanes";
import { forwardRow } from "./ntt";
import { modulusOf } from "./pieces";

/** Bytes of 1/D modulo a target and its quotient, before the factors. */
const TARGET: usize = 8;

/**
 * Arguments: [0] log2 N, [1] limbs of the operand, [2] targets, its first limbs, [3] items, [4] result [items, targets], [5] operand,
 * [6] halves [items, sources], [7] sources, [8] constants, [9] groups of targets, [10] 1 where the operand is in NTT form, [11..] prime
 * records of the targets. Constants are [1/D, quotient, factors] for each target, the factors P_i as decompose.ts has them. A task: one
 * group of targets of one item, made piece by piece, so that the halves come from memory once, and then transformed and divided in place.
 */
export function ringDivide(args: usize, first: u32, count: u32): void {
  const logDegree = argument(args, 0);
  const row: usize = 4 << logDegree;
  const targets = argument(args, 2);
  const items = argument(args, 3);
  const sources = argument(args, 7);
  const size = TARGET + (<usize>sources << 3);
  const groups = argument(args, 9);
  const bytes = min(row, PIECE);
  const isNtt = argument(args, 10) == 1;
  for (let task = first; task < first + count; task++) {
    const item = task % items;
    const group = task / items;
    const from = (group * targets) / groups;
    const to = ((group + 1) * targets) / groups;
    const out: usize = argument(args, 4) + <usize>(item * targets) * row;
    const x: usize = argument(args, 5) + <usize>(item * argument(args, 1)) * row;
    const y: usize = argument(args, 6) + <usize>(item * sources) * row;
    const constants: usize = argument(args, 8);
    for (let at: usize = 0; at < row; at += bytes) {
      for (let t = from; t < to; t++) {
        const record = constants + <usize>t * size;
        const place = out + <usize>t * row + at;
        spreadHalves(place, y + at, record + TARGET, sources, row, argument(args, 11 + t), bytes);
        if (!isNtt) divide(place, x + <usize>t * row + at, record, argument(args, 11 + t), bytes);
      }
    }
    if (!isNtt) continue;
    for (let t = from; t < to; t++) {
      const place = out + <usize>t * row;
      forwardRow(place, place, argument(args, 11 + t), logDegree);
      divide(place, x + <usize>t * row, constants + <usize>t * size, argument(args, 11 + t), row);
    }
  }
}

/** (x - y) / D modulo q in place of y, below 2q. */
function divide(y: usize, x: usize, record: usize, prime: usize, bytes: usize): void {
  const modulus = modulusOf(prime);
  const q = i32x4.splat(modulus);
  const q2 = i32x4.splat(modulus << 1);
  const w = v128.load32_splat(record);
  const quotient = v128.load32_splat(record, 4);
  for (const end = y + bytes; y < end; y += 16, x += 16) {
    const difference = i32x4.add(i32x4.sub(v128.load(x), v128.load(y)), q2);
    v128.store(y, multiplyShoup(difference, w, quotient, q));
  }
}
