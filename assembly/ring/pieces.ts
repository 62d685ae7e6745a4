/**
 * How the arguments of most ring kernels begin, and how their tasks cut rows. A row is one limb of one item, N residues.
 * Task t does piece t mod 2^p of row t / 2^p, so that few rows still occupy every thread.
 *
 *     [0] p   [1] bytes of a piece   [2] limbs   [3] result   [4] first operand   [5] second operand
 *     [6..11] the kernel's own        [12..] addresses of the prime records, by limb
 */
import { argument } from "../arguments";

/** Where the addresses of prime records begin. */
const PRIMES: u32 = 12;

/** The row of a task. */
// @ts-ignore: decorator
@inline
export function rowOf(args: usize, task: u32): u32 {
  return task >> argument(args, 0);
}

/** The byte offset of a task's piece in its row. */
// @ts-ignore: decorator
@inline
export function offsetOf(args: usize, task: u32): usize {
  return <usize>(task & ((1 << argument(args, 0)) - 1)) * pieceBytes(args);
}

// @ts-ignore: decorator
@inline
export function pieceBytes(args: usize): usize {
  return argument(args, 1);
}

/** Bytes of a row, a power of two from 64. */
// @ts-ignore: decorator
@inline
export function rowBytes(args: usize): usize {
  return pieceBytes(args) << argument(args, 0);
}

// @ts-ignore: decorator
@inline
export function limbsOf(args: usize): u32 {
  return argument(args, 2);
}

// @ts-ignore: decorator
@inline
export function resultOf(args: usize): usize {
  return argument(args, 3);
}

// @ts-ignore: decorator
@inline
export function firstOf(args: usize): usize {
  return argument(args, 4);
}

// @ts-ignore: decorator
@inline
export function secondOf(args: usize): usize {
  return argument(args, 5);
}

/** Word `index` of those that a kernel defines itself. */
// @ts-ignore: decorator
@inline
export function own(args: usize, index: u32): u32 {
  return argument(args, 6 + index);
}

/** The prime record of a limb. */
// @ts-ignore: decorator
@inline
export function primeOf(args: usize, limb: u32): usize {
  return argument(args, PRIMES + limb);
}

/** q of a prime record. */
// @ts-ignore: decorator
@inline
export function modulusOf(prime: usize): u32 {
  return load<u32>(prime);
}

/** q^-1 mod 2^32 of a prime record. */
// @ts-ignore: decorator
@inline
export function inverseOf(prime: usize): u32 {
  return load<u32>(prime, 4);
}

/** 2^32 mod q of a prime record. */
// @ts-ignore: decorator
@inline
export function radixOf(prime: usize): u32 {
  return load<u32>(prime, 8);
}
