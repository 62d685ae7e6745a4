/** Shape checks that every backend makes at the call, so that all refuse the same things in the same words. */
import { LifetimeError, LimitError, ParameterError, show } from "../errors.js";
import type { Form, InnerProductShape, ModulusDeclaration, RingHandle, RingShape } from "./interface.js";

const fail = (what: string, expected: string, got: string, remedy: string): never => {
  throw new ParameterError({ what, expected, got, remedy });
};

/** The primes that ring kernels accept: distinct NTT primes below 2^30. Primality is checked where their roots are made. */
export function checkPrimes(degree: number, primes: readonly number[]): void {
  if (primes.length === 0) fail("primes", "at least one", "none", "name the primes of the modulus");
  if (new Set(primes).size !== primes.length) fail("primes", "distinct primes", `[${primes.join(", ")}]`, "name each prime once");
  for (const q of primes) {
    if (!Number.isSafeInteger(q) || q < 3 || q >= 2 ** 30)
      fail("prime", "an integer in [3, 2^30)", show(q), "use primes of at most 30 bits");
    if ((q - 1) % (2 * degree) !== 0)
      fail(`prime ${q}`, `1 modulo ${2 * degree}`, String(q % (2 * degree)), "search it with nttPrimes");
  }
}

/** Every prime of the basis is among those that the kernels were made for, and none repeats. */
export function checkBasis(basis: readonly number[], known: readonly number[]): void {
  if (basis.length === 0) fail("basis", "at least one prime", "none", "name the primes of the modulus");
  for (const q of basis) {
    if (!known.includes(q))
      fail("basis", `primes among [${known.join(", ")}]`, show(q), "declare every prime when the kernels are made");
  }
  if (new Set(basis).size !== basis.length) fail("basis", "distinct primes", `[${basis.join(", ")}]`, "name each prime once");
}

/** Residues of an upload: their number, and every one below its prime. */
export function checkResidues(residues: Uint32Array, degree: number, { basis, form, batch }: RingShape): void {
  if (!(residues instanceof Uint32Array)) fail("residues", "a Uint32Array", show(residues), "pass [batch, limb, N] u32 residues");
  checkShape({ form, batch });
  const need = batch * basis.length * degree;
  if (residues.length !== need)
    fail("residues", `${need} of them`, String(residues.length), "pass [batch, limb, N] u32 residues");
  for (let row = 0; row < batch * basis.length; row++) {
    const q = basis[row % basis.length];
    for (let i = row * degree; i < (row + 1) * degree; i++) {
      if (residues[i] >= q)
        fail(`residue ${i}`, `an integer below ${q}`, String(residues[i]), "reduce residues before uploading them");
    }
  }
}

/** The form and the batch of what comes in. */
export function checkShape({ form, batch }: Omit<RingShape, "basis">): void {
  if (form !== "coefficient" && form !== "ntt")
    fail("form", '"coefficient" or "ntt"', show(form), "name the form of the residues");
  checkCount("batch", batch, 1);
}

/** An integer count in [low, high]. */
export function checkCount(what: string, value: number, low: number, high = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    fail(
      what,
      high === Number.MAX_SAFE_INTEGER ? `an integer >= ${low}` : `an integer in [${low}, ${high}]`,
      show(value),
      "pass a whole number",
    );
  }
}

/** Two operands of one operation: the same basis and form, and a batch that divides the first's. */
export function checkOperands(a: RingHandle, b: RingHandle): void {
  checkSameBasis(a, b);
  checkBroadcast(a.batch, b.batch);
}

/** The same primes in the same order, and the same form. */
export function checkSameBasis(a: RingHandle, b: RingHandle): void {
  if (a.basis.length !== b.basis.length || a.basis.some((q, i) => q !== b.basis[i])) {
    fail("operands", `the basis [${a.basis.join(", ")}]`, `[${b.basis.join(", ")}]`, "bring both to one level");
  }
  if (a.form !== b.form) fail("operands", `${a.form} form`, `${b.form} form`, "transform one of them");
}

/** Parts to be joined, and as many of what goes with them; returns the items of all. */
export function checkJoined(parts: readonly RingHandle[], count = parts.length): number {
  checkCount("parts", parts.length, 1);
  if (count !== parts.length) fail("elements", `${parts.length}, one for each part`, String(count), "pass as many");
  for (const part of parts) checkSameBasis(parts[0], part);
  return parts.reduce((sum, part) => sum + part.batch, 0);
}

export function checkBroadcast(a: number, b: number): void {
  if (b < 1 || a % b !== 0) fail("batch of the second operand", `a divisor of ${a}`, String(b), "match the batches");
}

export function checkForm(a: RingHandle, form: Form): void {
  if (a.form !== form) fail("operand", `${form} form`, `${a.form} form`, form === "ntt" ? "call ntt first" : "call intt first");
}

/** Scalars [s, limb] with s dividing the batch, each below its prime. */
export function checkScalars(scalars: Uint32Array, basis: readonly number[], batch: number): void {
  if (!(scalars instanceof Uint32Array) || scalars.length === 0 || scalars.length % basis.length !== 0) {
    fail("scalars", `a Uint32Array of a multiple of ${basis.length}`, show(scalars), "pass one residue per limb");
  }
  checkBroadcast(batch, scalars.length / basis.length);
  checkScalarRange(scalars, basis);
}

export function checkScalarRange(scalars: Uint32Array, basis: readonly number[]): void {
  for (let i = 0; i < scalars.length; i++) {
    const q = basis[i % basis.length];
    if (scalars[i] >= q) fail(`scalar ${i}`, `an integer below ${q}`, String(scalars[i]), "reduce scalars first");
  }
}

/** Groups that divide the batch; returns the number of terms in each. */
export function checkGroups(batch: number, groups: number): number {
  return checkParts("groups", groups, batch, "arrange the batch as [groups, terms]");
}

/** Weights [outputs, terms, limb]; returns the number of outputs. */
export function checkWeights(weights: Uint32Array, terms: number, basis: readonly number[]): number {
  const row = terms * basis.length;
  if (!(weights instanceof Uint32Array) || weights.length === 0 || weights.length % row !== 0) {
    fail(
      "weights",
      `a Uint32Array of a multiple of ${row} (terms x limbs)`,
      show(weights),
      "pass weights [outputs, terms, limb]",
    );
  }
  checkScalarRange(weights, basis);
  return weights.length / row;
}

export function checkDrop(drop: number, limbs: number): void {
  checkCount("limbs to drop", drop, 1, limbs - 1);
}

/** A run of limbs. */
export interface Digit {
  readonly first: number;
  readonly count: number;
}

/** Digits of `size` primes each, for an operand in NTT form, and special primes beside its own; returns the digits. */
export function checkDigits(a: RingHandle, size: number, special: readonly number[], known: readonly number[]): Digit[] {
  checkForm(a, "ntt");
  checkCount("primes of a digit", size, 1);
  if (!Array.isArray(special)) fail("special primes", "an array of primes", show(special), "name the primes of the modulus P");
  checkBasis([...a.basis, ...special], known);
  const limbs = a.basis.length;
  return Array.from({ length: Math.ceil(limbs / size) }, (_, d) => ({
    first: d * size,
    count: Math.min(size, limbs - d * size),
  }));
}

/** What inner products with keys are made of. */
export interface InnerProducts {
  readonly items: number;
  /** Terms of each row of keys, and where their limbs for the primes of the first operand are. */
  readonly keyTerms: number;
  readonly keyLimbs: readonly number[];
  /** Outputs with an addend, and the limbs of the first operand that it has. */
  readonly addends: number;
  readonly addendLimbs: number;
}

/** A first operand [terms, items], keys [outputs, T] over at least its primes, and perhaps an addend over its first ones. */
export function checkInnerProducts(
  a: RingHandle,
  keys: RingHandle,
  { terms, outputs }: InnerProductShape,
  addend?: RingHandle,
): InnerProducts {
  for (const operand of [a, keys]) checkForm(operand, "ntt");
  const items = checkParts("terms", terms, a.batch, "arrange the batch as [terms, items]");
  const keyTerms = checkParts("outputs", outputs, keys.batch, "arrange the keys as [outputs, terms]");
  if (keyTerms < terms) fail("terms of the keys", `at least ${terms}`, String(keyTerms), "make keys for more terms");
  const keyLimbs = a.basis.map((q) => keys.basis.indexOf(q));
  if (keyLimbs.includes(-1))
    fail("basis of the keys", `one with [${a.basis.join(", ")}]`, `[${keys.basis.join(", ")}]`, "make keys for these primes");
  if (addend === undefined) return { items, keyTerms, keyLimbs, addends: 0, addendLimbs: 0 };
  checkForm(addend, "ntt");
  const addendLimbs = addend.basis.length;
  if (addendLimbs >= a.basis.length || addend.basis.some((q, l) => q !== a.basis[l])) {
    const expected = `the first primes of [${a.basis.join(", ")}] and not all`;
    fail("basis of the addend", expected, `[${addend.basis.join(", ")}]`, "bring both to one level");
  }
  if (addend.batch % items !== 0 || addend.batch > outputs * items) {
    const expected = `a multiple of ${items} up to ${outputs * items}`;
    fail("batch of the addend", expected, String(addend.batch), "pass [m, items] for the first m outputs");
  }
  return { items, keyTerms, keyLimbs, addends: addend.batch / items, addendLimbs };
}

/** A count that divides a batch; returns the quotient. */
function checkParts(what: string, count: number, batch: number, remedy: string): number {
  checkCount(what, count, 1);
  if (batch % count !== 0) fail(what, `a divisor of ${batch}`, String(count), remedy);
  return batch / count;
}

/** Ciphertexts of two components [2, items] in NTT form, of one basis; returns the items of both. */
export function checkTensor(a: RingHandle, b: RingHandle): [number, number] {
  checkForm(a, "ntt");
  checkSameBasis(a, b);
  for (const { batch } of [a, b])
    if (batch % 2 !== 0) fail("batch of a ciphertext", "an even number", String(batch), "pass [2, items]");
  checkBroadcast(a.batch / 2, b.batch / 2);
  return [a.batch / 2, b.batch / 2];
}

/** Exponents >= 0 as [outputs][terms]. */
export function checkExponentRows(exponents: readonly (readonly bigint[])[], terms: number): void {
  if (!Array.isArray(exponents) || exponents.length === 0)
    fail("exponents", "at least one row", show(exponents), "pass exponents [outputs][terms]");
  for (const row of exponents) {
    if (!Array.isArray(row) || row.length !== terms)
      fail(
        "exponents",
        `rows of ${terms} integers`,
        Array.isArray(row) ? `a row of ${row.length}` : show(row),
        "pass one exponent a term",
      );
    for (const e of row)
      if (typeof e !== "bigint" || e < 0n) fail("exponent", "an integer >= 0", show(e), "invert the base for negative exponents");
  }
}

/** The second operand of an inner product: [terms], or [groups, terms] like the first. */
export function checkTerms(a: number, b: number, terms: number): void {
  if (b !== a && b !== terms)
    fail(
      "batch of the second operand",
      a === terms ? String(a) : `${terms} or ${a}`,
      String(b),
      "pass [terms] or [groups, terms]",
    );
}

export function checkSlice(start: number, count: number, batch: number): void {
  checkCount("start", start, 0, batch - 1);
  checkCount("count", count, 1, batch - start);
}

/** The declared modulus n^power. */
export function checkModulus({ n, power }: ModulusDeclaration): bigint {
  if (typeof n !== "bigint" || n < 3n || (n & 1n) === 0n)
    fail("modulus", "an odd integer >= 3", show(n), "Montgomery arithmetic needs an odd modulus");
  if (power !== 1 && power !== 2) fail("power of the modulus", "1 or 2", show(power), "declare n or n^2");
  const m = power === 2 ? n * n : n;
  if (m >> 8192n !== 0n) {
    throw new LimitError({
      what: "modulus",
      expected: "at most 8192 bits",
      got: "more",
      remedy: "use keys of at most 4096 bits",
    });
  }
  return m;
}

/** Integers in [0, m). */
export function checkIntegers(values: readonly bigint[], m: bigint): void {
  if (!Array.isArray(values) || values.length === 0)
    fail("values", "a non-empty array of bigint", show(values), "pass at least one integer");
  for (const v of values)
    if (typeof v !== "bigint" || v < 0n || v >= m)
      fail("value", "an integer in [0, m)", show(v), "reduce values before uploading them");
}

/** Exponents >= 0 for a batch; returns the batch of the result. */
export function checkExponents(exponents: bigint | readonly bigint[], batch: number): number {
  const list = typeof exponents === "bigint" ? [exponents] : exponents;
  if (list.length === 0) fail("exponents", "at least one", "none", "pass one exponent per result");
  for (const e of list)
    if (typeof e !== "bigint" || e < 0n) fail("exponent", "an integer >= 0", show(e), "invert the base for negative exponents");
  if (typeof exponents === "bigint") return batch;
  checkBroadcast(list.length, batch);
  return list.length;
}

/** Index lists of a product: every index in [0, batch). */
export function checkIndexGroups(groups: readonly (readonly number[])[], batch: number): void {
  if (groups.length === 0) fail("groups", "at least one", "none", "name what is multiplied");
  for (const group of groups) for (const i of group) checkCount("index", i, 0, batch - 1);
}

/** Exponents for a table of fixed-base powers: of the same kernels, and none longer than the table serves. */
export function checkFixedBase(isOwner: boolean, exponents: readonly bigint[], exponentBits: number): void {
  if (!isOwner) fail("fixed-base table", "a table of these kernels", "one of other kernels", "make it with fixedBase here");
  if (exponents.length === 0) fail("exponents", "at least one", "none", "pass one exponent per result");
  for (const e of exponents) {
    if (typeof e !== "bigint" || e < 0n || e >> BigInt(exponentBits) !== 0n) {
      fail("exponent", `an integer in [0, 2^${exponentBits})`, show(e), "make the table for longer exponents");
    }
  }
}

/** What a handle holds, checked: not disposed of, and asked for by the kernels that made it. Throws LifetimeError. */
export function checkHandle<T>(content: T | undefined, owner: object, asking: object): T {
  if (content === undefined) {
    const remedy = "dispose of it after its last use";
    throw new LifetimeError({ what: "handle", expected: "a live handle", got: "a disposed one", remedy });
  }
  if (owner !== asking) throw foreign("one of other kernels");
  return content;
}

/** A handle of this backend's class: those of other backends have other methods. Throws LifetimeError. */
export function checkKind<T>(handle: unknown, kind: abstract new (...args: never[]) => T): T {
  if (handle instanceof kind) return handle;
  const isHandle = typeof handle === "object" && handle !== null && "kind" in handle && "disposed" in handle;
  throw foreign(isHandle ? "one of another backend" : show(handle));
}

function foreign(got: string): LifetimeError {
  const remedy = "read it there and upload it here";
  return new LifetimeError({ what: "handle", expected: "a handle of these kernels", got, remedy });
}

/** Throws LifetimeError after the backend's `close()`. */
export function checkOpen(isOpen: boolean): void {
  if (isOpen) return;
  const remedy = "create a new engine";
  throw new LifetimeError({ what: "backend", expected: "an open backend", got: "a closed one", remedy });
}

/** Throws ParameterError unless what is read fits where it is to go. */
export function checkInto(into: Uint8Array, bytes: number): void {
  if (into instanceof Uint8Array && into.length === bytes) return;
  const got = into instanceof Uint8Array ? `${into.length}` : show(into);
  throw new ParameterError({ what: "into", expected: `${bytes} bytes`, got, remedy: "pass an array of the length that is read" });
}
