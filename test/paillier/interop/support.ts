/** Known answers of other programs, and the engine for them. */
import { readFileSync } from "node:fs";
import { PaillierSecretKey } from "../../../src/paillier/keys.js";

/** A number as Python wrote it: repr of a float, or an int. */
export type Literal = { readonly float: string } | { readonly int: string };

export interface Operation {
  readonly op: string;
  readonly a?: number;
  readonly b?: number;
  readonly to?: number;
  readonly times?: number;
  readonly scalar?: Literal;
  readonly weights?: readonly Literal[];
  readonly e?: number;
  readonly plaintext?: string;
  readonly decrypts_to?: Literal;
  readonly error?: string;
}

/** What python-paillier made under a 512-bit key. */
export interface PheOperations {
  readonly p: string;
  readonly q: string;
  readonly items: readonly { readonly value: Literal; readonly v: string; readonly e: number }[];
  readonly ops: readonly Operation[];
  readonly window: readonly { readonly value?: string; readonly encoding?: string; readonly error?: string }[];
  readonly precision_exponents: readonly (readonly [string, number])[];
  readonly encodings: readonly {
    readonly value: string;
    readonly precision?: string;
    readonly max_exponent?: string;
    readonly exponent: number;
    readonly encoding: string;
    readonly decode: Literal;
  }[];
}

export function vector<T = PheOperations>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../vectors/paillier/${file}`, import.meta.url), "utf8")) as T;
}

/** The value as this library takes and gives it: a Python int is a bigint, a float a number. */
export function pythonValue(literal: Literal): number | bigint {
  return "int" in literal ? BigInt(literal.int) : Number(literal.float);
}

/** A value as decrypt() gives it: integers are numbers where that is exact. */
export function decoded(literal: Literal): number | bigint {
  const value = pythonValue(literal);
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

export function secretKeyOf({ p, q }: { readonly p: string; readonly q: string }): PaillierSecretKey {
  return PaillierSecretKey.fromPrimes(BigInt(p), BigInt(q), { unsafe: true });
}
