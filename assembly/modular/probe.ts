/** What the tests of this folder call from outside: its functions one by one. No part of the built module. */
export { heapBase, SCRATCH_BYTES, setScratch } from "../scratch";
export * from "./arithmetic";
export { carries, exactCarry } from "./carries";
export { add, addUpper, columnBytes, double, put, putLower, widen } from "./columns";
export { shift } from "./digits";
export { putSquare } from "./squares";
