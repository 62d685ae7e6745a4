/**
 * One setting of the table of operations on two backends, compared bit for bit. Pure: what is compared and how, without a
 * process, a file or a clock to go with it.
 */
import type { KernelBackend } from "../../src/kernels/interface.js";

/** What a table makes, by name of the case: residues or float64 by their words, integers, or a digest or label as text. */
export type Output = Uint32Array | readonly (bigint | string)[] | string;
export type Outputs = ReadonlyMap<string, Output>;

/** Where the expected outputs come from: plain code, WebAssembly (itself held to bigint by the tests), or committed files. */
export type Reference = "bigint" | "wasm" | "committed";

export interface Setting {
  readonly label: string;
  readonly reference: Reference;
  readonly made: (subject: KernelBackend) => Promise<Outputs>;
  /** From the reference backend; the one of `committed` is not looked at. */
  readonly expected: (reference: KernelBackend) => Promise<Outputs>;
}

export interface Outcome {
  readonly label: string;
  readonly reference: Reference;
  readonly equal: number;
  /** Names of the cases that differ, each with its first difference. */
  readonly different: readonly string[];
}

/**
 * Runs a setting on the subject and on its reference. An error of the subject is a difference too: the program goes on with the
 * next setting. `alter` stands for a backend that computes something else; tests use it to see a difference found.
 */
export async function conform(
  { label, reference, made, expected }: Setting,
  subject: KernelBackend,
  references: Readonly<Record<Reference, KernelBackend>>,
  alter: (outputs: Outputs) => Outputs = (outputs) => outputs,
): Promise<Outcome> {
  let got: Outputs;
  try {
    got = alter(await made(subject));
  } catch (error) {
    return { label, reference, equal: 0, different: [`all of it: ${error instanceof Error ? error.message : String(error)}`] };
  }
  return { label, reference, ...compare(got, await expected(references[reference])) };
}

/** Counts what is equal and names what is not; a case that one side lacks is different. */
export function compare(got: Outputs, expected: Outputs): { readonly equal: number; readonly different: string[] } {
  const different: string[] = [];
  for (const name of new Set([...expected.keys(), ...got.keys()])) {
    const [a, b] = [got.get(name), expected.get(name)];
    if (a === undefined || b === undefined) different.push(`${name}: ${a === undefined ? "missing" : "not expected"}`);
    else if (!isEqual(a, b)) different.push(`${name}: ${firstDifference(a, b)}`);
  }
  return { equal: new Set([...expected.keys(), ...got.keys()]).size - different.length, different };
}

const bytesOf = (words: Uint32Array) => Buffer.from(words.buffer, words.byteOffset, words.byteLength);

function isEqual(a: Output, b: Output): boolean {
  // Hundreds of megabytes are compared: not word by word.
  if (a instanceof Uint32Array && b instanceof Uint32Array) return bytesOf(a).equals(bytesOf(b));
  return a.length === b.length && Array.from(a as ArrayLike<unknown>).every((x, i) => x === b[i]);
}

function firstDifference(a: Output, b: Output): string {
  if (typeof a === "string" || typeof b === "string") return `${a} instead of ${b}`;
  if (a.length !== b.length) return `${a.length} values instead of ${b.length}`;
  const wrong = Array.from(a as ArrayLike<unknown>, (x, i) => (x === b[i] ? -1 : i)).filter((i) => i >= 0);
  return `${wrong.length} of ${a.length} values, first at ${wrong[0]}: ${show(a[wrong[0]!])} instead of ${show(b[wrong[0]!])}`;
}

/** Integers modulo n^2 have thousands of digits. */
function show(value: unknown): string {
  const text = String(value);
  return text.length <= 24 ? text : `${text.slice(0, 20)}... (${text.length} digits)`;
}
