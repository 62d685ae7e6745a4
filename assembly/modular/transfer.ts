/** How numbers enter and leave: as rows of hexadecimal text, 8 characters for each word of the modulus, or as rows of words. */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { pointer, row } from "./address";
import { elementBytes, fromWords, toWords } from "./arithmetic";
import { hexFromWords, wordsFromHex } from "./hex";

/** [ctx, out, text]: residents of canonical numbers. */
export function modularUpload(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const words = load<u32>(ctx);
  for (let i = first; i < first + count; i++) {
    wordsFromHex(scratch(), row(pointer(args, 2), i, words << 3), words);
    fromWords(ctx, row(pointer(args, 1), i, elementBytes(ctx)), scratch());
  }
  memory.fill(scratch(), 0, words << 2);
}

/** [ctx, text, a]: the text of the canonical values of residents. */
export function modularRead(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  const words = load<u32>(ctx);
  for (let i = first; i < first + count; i++) {
    toWords(ctx, scratch(), row(pointer(args, 2), i, elementBytes(ctx)));
    hexFromWords(row(pointer(args, 1), i, words << 3), scratch(), words);
  }
  memory.fill(scratch(), 0, words << 2);
}

/** [ctx, words, a]: the words of the canonical values of residents. */
export function modularWords(args: usize, first: u32, count: u32): void {
  const ctx = pointer(args, 0);
  for (let i = first; i < first + count; i++)
    toWords(ctx, row(pointer(args, 1), i, load<u32>(ctx) << 2), row(pointer(args, 2), i, elementBytes(ctx)));
}

/** [out, text, words of a row]: exponents, each followed by one word of zeros (see digitAt in power.ts). */
export function modularExponents(args: usize, first: u32, count: u32): void {
  const words = argument(args, 2);
  for (let i = first; i < first + count; i++) {
    const out = row(pointer(args, 0), i, (words + 1) << 2);
    wordsFromHex(out, row(pointer(args, 1), i, words << 3), words);
    store<u32>(row(out, words, 4), 0);
  }
}
