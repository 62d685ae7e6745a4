/** Digests of what a backend returns for the tables of operations, by name of the case. Runs in Node and in the page. */
import type { KernelBackend, ModulusDeclaration } from "../../../src/kernels/interface.js";
import { digest } from "../../support/digest.js";
import { runHostCases } from "../../support/host-cases.js";
import { runModularCases } from "../../support/modular-cases.js";
import { type RingFill, type RingSetting, runRingCases } from "../../support/ring-cases.js";

export async function ringDigests(backend: KernelBackend, setting: RingSetting, fill: RingFill): Promise<Record<string, string>> {
  const results = await runRingCases(backend, setting, fill);
  return Object.fromEntries([...results].map(([name, residues]) => [name, digest(residues)]));
}

export async function encodingDigests(backend: KernelBackend, setting: RingSetting): Promise<Record<string, string>> {
  const results = await runHostCases(backend, setting);
  return Object.fromEntries([...results].map(([name, words]) => [name, digest(words)]));
}

export async function modularDigests(backend: KernelBackend, modulus: ModulusDeclaration): Promise<Record<string, string>> {
  const results = await runModularCases(backend, modulus);
  const text = new TextEncoder();
  return Object.fromEntries(
    [...results].map(([name, values]) => [name, digest(text.encode(values.map((x) => x.toString(16)).join()))]),
  );
}
