/** Products of residues at the same place. All residues are canonical, before and after. */
import { barrett, barrettConstant, barrettShift, multiplyShoup, quotientOf } from "./lanes";
import { firstOf, limbsOf, modulusOf, offsetOf, own, pieceBytes, primeOf, resultOf, rowBytes, rowOf, secondOf } from "./pieces";

/** Own: [0] rows of the second operand. A task: one piece of one row. */
export function ringMultiply(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const at = <usize>row * rowBytes(args) + offsetOf(args, task);
    const modulus = modulusOf(primeOf(args, row % limbsOf(args)));
    const q = i32x4.splat(modulus);
    const twiceQ = i32x4.splat(modulus << 1);
    const shift = barrettShift(modulus);
    const constant = i32x4.splat(barrettConstant(modulus));
    let a = firstOf(args) + at;
    let b = secondOf(args) + <usize>(row % own(args, 0)) * rowBytes(args) + offsetOf(args, task);
    let out = resultOf(args) + at;
    for (const end = out + pieceBytes(args); out < end; out += 16, a += 16, b += 16) {
      const x = v128.load(a);
      const y = v128.load(b);
      const low = i64x2.extmul_low_i32x4_u(x, y);
      const high = i64x2.extmul_high_i32x4_u(x, y);
      v128.store(out, barrett(low, high, shift, constant, q, twiceQ));
    }
  }
}

/** Second operand: scalars [s, limb], each below its prime. Own: [0] s x limbs. A task: one piece of one row. */
export function ringMultiplyScalars(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const at = <usize>row * rowBytes(args) + offsetOf(args, task);
    const modulus = modulusOf(primeOf(args, row % limbsOf(args)));
    const scalar = load<u32>(secondOf(args) + (<usize>(row % own(args, 0)) << 2));
    const q = i32x4.splat(modulus);
    const w = i32x4.splat(scalar);
    const quotient = i32x4.splat(quotientOf(scalar, modulus));
    let a = firstOf(args) + at;
    let out = resultOf(args) + at;
    for (const end = out + pieceBytes(args); out < end; out += 16, a += 16) {
      v128.store(out, multiplyShoup(v128.load(a), w, quotient, q));
    }
  }
}

/**
 * Products of ciphertexts of two components: first operand [2, items], second [2, m] where m divides items, result
 * [3, items]. Own: [0] rows of one component of the first operand, [1] of the second. A task: one piece of one row of one
 * component. The middle component is one reduction of a sum of two products, below 2 q^2.
 */
export function ringTensor(args: usize, first: u32, count: u32): void {
  for (let task = first; task < first + count; task++) {
    const row = rowOf(args, task);
    const at = <usize>row * rowBytes(args) + offsetOf(args, task);
    const stepA = <usize>own(args, 0) * rowBytes(args);
    const stepB = <usize>own(args, 1) * rowBytes(args);
    const modulus = modulusOf(primeOf(args, row % limbsOf(args)));
    const q = i32x4.splat(modulus);
    const twiceQ = i32x4.splat(modulus << 1);
    const shift = barrettShift(modulus);
    const constant = i32x4.splat(barrettConstant(modulus));
    let a = firstOf(args) + at;
    let b = secondOf(args) + <usize>(row % own(args, 1)) * rowBytes(args) + offsetOf(args, task);
    let out = resultOf(args) + at;
    for (const end = out + pieceBytes(args); out < end; out += 16, a += 16, b += 16) {
      const a0 = v128.load(a);
      const a1 = v128.load(a + stepA);
      const b0 = v128.load(b);
      const b1 = v128.load(b + stepB);
      let low = i64x2.extmul_low_i32x4_u(a0, b0);
      let high = i64x2.extmul_high_i32x4_u(a0, b0);
      v128.store(out, barrett(low, high, shift, constant, q, twiceQ));
      low = i64x2.add(i64x2.extmul_low_i32x4_u(a0, b1), i64x2.extmul_low_i32x4_u(a1, b0));
      high = i64x2.add(i64x2.extmul_high_i32x4_u(a0, b1), i64x2.extmul_high_i32x4_u(a1, b0));
      v128.store(out + stepA, barrett(low, high, shift, constant, q, twiceQ));
      low = i64x2.extmul_low_i32x4_u(a1, b1);
      high = i64x2.extmul_high_i32x4_u(a1, b1);
      v128.store(out + 2 * stepA, barrett(low, high, shift, constant, q, twiceQ));
    }
  }
}
