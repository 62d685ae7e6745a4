/** Small signed integers to residues of every limb. */
import { argument } from "../arguments";

/**
 * Residues of `count` integers at `small` (i32, |x| < q for every prime; count a multiple of 4) to out + l * stride for
 * limb l of `limbs`: x, or x + q where x is negative, without a branch.
 */
export function spreadSmall(small: usize, count: u32, basis: usize, limbs: u32, out: usize, stride: usize): void {
  for (let l: u32 = 0; l < limbs; l++) {
    const q = i32x4.splat(load<u32>(<usize>argument(basis, l)));
    const target = out + (<usize>l) * stride;
    const bytes = (<usize>count) << 2;
    for (let at: usize = 0; at < bytes; at += 16) {
      const x = v128.load(small + at);
      v128.store(target + at, i32x4.add(x, v128.and(q, i32x4.shr_s(x, 31))));
    }
  }
}
