/** The constants of Garner's composition, as assembly/host/compose.ts reads them. */
import { invMod } from "../../../math/modular.js";

const R = 1n << 32n;

/** [limb][limb] of four words: for digit j of limb l > j, q_j^-1 and (q_j .. q_(l-1))^-1 modulo q_l, each as its Montgomery pair. */
function makeFactors(basis: readonly number[]): Uint32Array {
  const limbs = basis.length;
  const out = new Uint32Array(4 * limbs * limbs);
  for (let l = 1; l < limbs; l++) {
    const q = BigInt(basis[l]);
    const inverse = invMod(q, R);
    const pair = (x: bigint): [number, number] => {
      const w = (x * R) % q;
      return [Number(w), Number((w * inverse) % R)];
    };
    let tail = 1n;
    for (let j = l - 1; j >= 0; j--) {
      const one = invMod(BigInt(basis[j]) % q, q);
      tail = (tail * one) % q;
      out.set([...pair(one), ...pair(tail)], 4 * (l * limbs + j));
    }
  }
  return out;
}

const KEPT = 256;
const known = new Map<string, Uint32Array>();

/** The constants of a basis; those of the bases used last are kept. */
export function compositionFactors(basis: readonly number[]): Uint32Array {
  const key = basis.join();
  const made = known.get(key) ?? makeFactors(basis);
  known.delete(key);
  known.set(key, made);
  if (known.size > KEPT) known.delete(known.keys().next().value as string);
  return made;
}
