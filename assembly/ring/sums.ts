/** Sums and differences of rows. All residues are canonical, before and after. */
import { addModulo, negateModulo, subtractModulo } from "./montgomery";
import { firstOf, limbsOf, modulusOf, offsetOf, own, pieceBytes, primeOf, resultOf, rowBytes, rowOf, secondOf } from "./pieces";

/** Own: [0] rows of the second operand. A task: one piece of one row. */
export function ringAdd(args: usize, first: u32, count: u32): void {
  pairwise(args, first, count, false);
}

/** Own: [0] rows of the second operand. A task: one piece of one row. */
export function ringSubtract(args: usize, first: u32, count: u32): void {
  pairwise(args, first, count, true);
}

/** The sum or the difference; `subtracts` is a constant of each copy that the compiler makes. */
// @ts-ignore: decorator
@inline
function pairwise(args: usize, first: u32, count: u32, subtracts: boolean): void {
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const at = <usize>row * rowBytes(args) + offsetOf(args, task);
    const q = i32x4.splat(modulusOf(primeOf(args, row % limbsOf(args))));
    let a = firstOf(args) + at;
    let b = secondOf(args) + <usize>(row % own(args, 0)) * rowBytes(args) + offsetOf(args, task);
    let out = resultOf(args) + at;
    for (const end = out + pieceBytes(args); out < end; out += 64, a += 64, b += 64) {
      v128.store(out, combined(v128.load(a), v128.load(b), q, subtracts));
      v128.store(out, combined(v128.load(a, 16), v128.load(b, 16), q, subtracts), 16);
      v128.store(out, combined(v128.load(a, 32), v128.load(b, 32), q, subtracts), 32);
      v128.store(out, combined(v128.load(a, 48), v128.load(b, 48), q, subtracts), 48);
    }
  }
}

// @ts-ignore: decorator
@inline
function combined(x: v128, y: v128, q: v128, subtracts: boolean): v128 {
  return subtracts ? subtractModulo(x, y, q) : addModulo(x, y, q);
}

/** A task: one piece of one row. */
export function ringNegate(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const at = <usize>row * rowBytes(args) + offsetOf(args, task);
    const q = i32x4.splat(modulusOf(primeOf(args, row % limbsOf(args))));
    let a = firstOf(args) + at;
    let out = resultOf(args) + at;
    for (const end = out + pieceBytes(args); out < end; out += 32, a += 32) {
      v128.store(out, negateModulo(v128.load(a), q));
      v128.store(out, negateModulo(v128.load(a, 16), q), 16);
    }
  }
}

/**
 * Second operand: scalars [s, limb], each below its prime. Own: [0] s x limbs, [1] 1 to add them at every place, 0 at place
 * 0 only. A task: one piece of one row.
 */
export function ringAddScalars(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const offset = offsetOf(args, task);
    const at = <usize>row * rowBytes(args) + offset;
    const modulus = modulusOf(primeOf(args, row % limbsOf(args)));
    const scalar = load<u32>(secondOf(args) + (<usize>(row % own(args, 0)) << 2));
    const q = i32x4.splat(modulus);
    const added = i32x4.splat(own(args, 1) ? scalar : 0);
    let a = firstOf(args) + at;
    let out = resultOf(args) + at;
    if (offset == 0 && !own(args, 1)) {
      const x = i32x4.replace_lane(i32x4.splat(0), 0, scalar);
      v128.store(out, addModulo(v128.load(a), x, q));
      v128.store(out, v128.load(a, 16), 16);
      memory.copy(out + 32, a + 32, pieceBytes(args) - 32);
      continue;
    }
    for (const end = out + pieceBytes(args); out < end; out += 32, a += 32) {
      v128.store(out, addModulo(v128.load(a), added, q));
      v128.store(out, addModulo(v128.load(a, 16), added, q), 16);
    }
  }
}
