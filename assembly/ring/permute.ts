/** Rows that move: automorphisms and selections of limbs. */
import { argument } from "../arguments";
import { firstOf, limbsOf, modulusOf, offsetOf, own, pieceBytes, primeOf, resultOf, rowBytes, rowOf, secondOf } from "./pieces";

/**
 * Values at the roots. Second operand: four shuffles of the bytes of a vector, 64 bytes, then for every four places of a row
 * 4 x (the four places that their values come from) + the shuffle that brings these into order. In bit-reversed order places
 * 4 i .. 4 i + 3 are roots whose exponents differ by multiples of N/2, and so do their images. A task: one piece of one row.
 */
export function ringPermuteValues(args: usize, first: u32, count: u32): void {
  const shuffles = secondOf(args);
  for (let task = first; task < first + count; task++) {
    const row = <usize>rowOf(args, task) * rowBytes(args);
    const a = firstOf(args) + row;
    let map = shuffles + 64 + (offsetOf(args, task) >> 2);
    let out = resultOf(args) + row + offsetOf(args, task);
    for (const end = out + pieceBytes(args); out < end; out += 64, map += 16) {
      v128.store(out, movedFour(a, load<u32>(map), shuffles));
      v128.store(out, movedFour(a, load<u32>(map, 4), shuffles), 16);
      v128.store(out, movedFour(a, load<u32>(map, 8), shuffles), 32);
      v128.store(out, movedFour(a, load<u32>(map, 12), shuffles), 48);
    }
  }
}

// @ts-ignore: decorator
@inline
function movedFour(row: usize, word: u32, shuffles: usize): v128 {
  return i8x16.swizzle(v128.load(row + ((<usize>(word >> 2)) << 4)), v128.load(shuffles + ((<usize>(word & 3)) << 4)));
}

/**
 * Coefficients. Second operand: for each place of a row where its residue comes from, 2 x place + 1 where it changes its sign and
 * 2 x place otherwise. A task: one piece of one row.
 */
export function ringPermuteCoefficients(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const q = modulusOf(primeOf(args, row % limbsOf(args)));
    const a = firstOf(args) + <usize>row * rowBytes(args);
    let map = secondOf(args) + offsetOf(args, task);
    let out = resultOf(args) + <usize>row * rowBytes(args) + offsetOf(args, task);
    for (const end = out + pieceBytes(args); out < end; out += 16, map += 16) {
      store<u32>(out, moved(a, load<u32>(map), q));
      store<u32>(out, moved(a, load<u32>(map, 4), q), 4);
      store<u32>(out, moved(a, load<u32>(map, 8), q), 8);
      store<u32>(out, moved(a, load<u32>(map, 12), q), 12);
    }
  }
}

/** Without a branch: the sign of a coefficient is public, but the pattern would mispredict. */
// @ts-ignore: decorator
@inline
function moved(row: usize, word: u32, q: u32): u32 {
  const x = load<u32>(row + ((<usize>(word >> 1)) << 2));
  const negative = x == 0 ? 0 : q - x;
  return word & 1 ? negative : x;
}

/**
 * Gathers limbs. Arguments: [0] bytes of a row, [1] limbs of the result, [2] limbs of the operand, [3] result, [4] operand,
 * [5..] for each limb of the result its position in the operand. A task: one row of the result.
 */
export function ringRestrict(args: usize, first: u32, count: u32): void {
  const bytes = argument(args, 0);
  const limbs = argument(args, 1);
  for (let row = first; row < first + count; row++) {
    const from = (row / limbs) * argument(args, 2) + argument(args, 5 + (row % limbs));
    memory.copy(argument(args, 3) + row * bytes, argument(args, 4) + from * bytes, bytes);
  }
}
