/** What a ciphertext from outside must satisfy: both halves are squares modulo p in [1, p). */
import { heedSignal, paced } from "../engine/index.js";
import { show, WireError } from "../errors.js";
import { jacobi } from "../math/jacobi.js";
import type { ElGamalGroup } from "./groups.js";

/**
 * Rejects with WireError naming the first ciphertext that is no pair of elements of the group. The values are first halves and second halves in
 * turn. A second half outside of the subgroup makes every product with it lie outside, where no count is found and the parity of factors shows;
 * a first half outside makes what is decrypted depend on the parity of the secret exponent. One Jacobi symbol a number, 0.8 ms
 * for 3072 bits, is less than raising it to the power q. A product of many passes where two wrong ones meet, so that none of them is spared.
 */
export async function checkElements(
  values: readonly bigint[],
  { p }: ElGamalGroup,
  what: string,
  signal?: AbortSignal,
): Promise<void> {
  heedSignal(signal);
  await paced(
    values.length,
    (i) => {
      const value = values[i];
      const refuse = (expected: string, got: string): never => {
        const name = `${what}, ciphertext ${Math.floor(i / 2)}, c${1 + (i % 2)}`;
        throw new WireError({ what: name, expected, got, remedy: "refuse this sender's data" });
      };
      if (typeof value !== "bigint") refuse("a bigint", show(value));
      if (value <= 0n || value >= p) refuse("0 < c < p", value <= 0n ? "zero or less" : "p or more");
      if (jacobi(value, p) !== 1) refuse("a square modulo p", "a number outside of the subgroup");
    },
    { signal },
  );
}
