/** Decoding: residues to real coefficients (float64), coefficients to slots. */
import { argument } from "../arguments";
import { scratch } from "../scratch";
import { quotients } from "./compose";
import { forward } from "./embedding";

/** Coefficients f64 [N] to the N/2 real parts and then the N/2 imaginary parts of the slots (f64) at `out`. */
function toSlots(coefficients: usize, degree: usize, roots: usize, places: usize, out: usize, data: usize): void {
  forward(coefficients, degree, data, roots);
  const imaginary = out + (degree << 2);
  for (let i: usize = 0; i < degree >> 1; i++) {
    const place = argument(places, <u32>i);
    const at = data + (place & ~1);
    store<f64>(out + (i << 3), load<f64>(at));
    store<u64>(imaginary + (i << 3), load<u64>(at, 16) ^ ((<u64>(place & 1)) << 63));
  }
  memory.fill(data, 0, degree << 3);
}

/**
 * [basis, factors, limbs, scale (2 words), degree, residues, roots, places, out]: a task is one
 * item. Writes a word of status (see compose.ts) to out + item * (8N + 64), and 8N bytes of slots 64 bytes behind it.
 */
export function decodeItems(args: usize, first: u32, count: u32): void {
  const limbs = argument(args, 2);
  const degree: usize = argument(args, 5);
  const row = degree << 2;
  const data = scratch();
  const coefficients = data + 2 * row;
  for (let task = first; task < first + count; task++) {
    const residues = (<usize>argument(args, 6)) + (<usize>(task * limbs)) * row;
    const out = (<usize>argument(args, 9)) + (<usize>task) * (2 * row + 64);
    const status = quotients(args, residues, row, degree, coefficients, coefficients + 2 * row);
    toSlots(coefficients, degree, <usize>argument(args, 7), <usize>argument(args, 8), out + 64, data);
    memory.fill(coefficients, 0, 2 * row);
    store<u32>(out, status);
  }
}

/**
 * The first seven arguments of {@link decodeItems}, then [tasks an item, coefficients, status]: the first half of it; a task is an
 * equal part of one item. Writes f64 [item, N] and a word of status a task.
 */
export function decodeCompose(args: usize, first: u32, count: u32): void {
  const limbs = argument(args, 2);
  const degree: usize = argument(args, 5);
  const parts = argument(args, 7);
  const row = degree << 2;
  const bytes = row / parts;
  for (let task = first; task < first + count; task++) {
    const at = (<usize>(task % parts)) * bytes;
    const residues = (<usize>argument(args, 6)) + (<usize>((task / parts) * limbs)) * row + at;
    const out = (<usize>argument(args, 8)) + 2 * (<usize>task) * bytes;
    store<u32>((<usize>argument(args, 9)) + ((<usize>task) << 2), quotients(args, residues, row, bytes >> 2, out, scratch()));
  }
}

/** [coefficients, status, tasks an item, degree, roots, places, out]: the second half; a task is one item. */
export function decodeSlots(args: usize, first: u32, count: u32): void {
  const parts = argument(args, 2);
  const degree: usize = argument(args, 3);
  for (let task = first; task < first + count; task++) {
    const coefficients = (<usize>argument(args, 0)) + (<usize>task) * (degree << 3);
    const out = (<usize>argument(args, 6)) + (<usize>task) * ((degree << 3) + 64);
    toSlots(coefficients, degree, <usize>argument(args, 4), <usize>argument(args, 5), out + 64, scratch());
    let status: u32 = 0;
    for (let i: u32 = 0; i < parts; i++) status |= argument(<usize>argument(args, 1), task * parts + i);
    store<u32>(out, status);
  }
}
