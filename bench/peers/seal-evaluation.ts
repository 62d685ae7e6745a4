/**
 * The evaluation of SEAL as its users write it: results go to ciphertexts that are used again, keys for the rotations in use alone,
 * matrices by diagonals in baby and giant steps, encoded once.
 */
import type { Prepared } from "../case.js";
import { diagonalsOf, type Matrix } from "../matrix.js";
import { type SealCipher, type SealCkks, type SealSetup, sealCkks } from "./seal.js";

const SCALE = 2 ** 40;

type RelinKeys = ReturnType<SealCkks["keys"]["createRelinKeys"]>;
type GaloisKeys = ReturnType<SealCkks["keys"]["createGaloisKeys"]>;

const relinKeys = new Map<SealCkks, RelinKeys>();

/** Made once a context: hundreds of megabytes at the largest ring. */
function relinKeysOf(s: SealCkks): RelinKeys {
  const keys = relinKeys.get(s) ?? s.keys.createRelinKeys();
  relinKeys.set(s, keys);
  return keys;
}

/** Two fresh ciphertexts of the same values, and one for results. */
async function operands(setup: SealSetup, values: Float64Array) {
  const s = await sealCkks(setup);
  const [a, b, out] = [s.seal.CipherText(), s.seal.CipherText(), s.seal.CipherText()];
  const plain = s.encode(values, SCALE);
  s.encryptor.encrypt(plain, a);
  s.encryptor.encrypt(plain, b);
  plain.delete();
  const close = () => {
    for (const cipher of [a, b, out]) cipher.delete();
  };
  return { s, a, b, out, close };
}

/** Refuses a result that strays: what is wrong is not timed. */
function checkResult(s: SealCkks, cipher: SealCipher, expected: (slot: number) => number, slots: number): void {
  const plain = s.seal.PlainText();
  s.decryptor.decrypt(cipher, plain);
  const found = s.encoder.decode(plain) as Float64Array;
  plain.delete();
  for (let i = 0; i < slots; i++) {
    const error = Math.abs(found[i]! - expected(i));
    if (!(error < 1e-4)) throw new Error(`SEAL: slot ${i} strays by ${error}`);
  }
}

export async function sealRelinearise(setup: SealSetup, values: Float64Array): Promise<Prepared> {
  const { s, a, b, out, close } = await operands(setup, values);
  const keys = relinKeysOf(s);
  s.evaluator.multiply(a, b, b);
  const run = () => s.evaluator.relinearize(b, keys, out);
  run();
  checkResult(s, out, (i) => values[i]! ** 2, values.length);
  return { items: 1, run, close };
}

export async function sealProduct(setup: SealSetup, values: Float64Array): Promise<Prepared> {
  const { s, a, b, out, close } = await operands(setup, values);
  const keys = relinKeysOf(s);
  const run = () => {
    s.evaluator.multiply(a, b, out);
    s.evaluator.relinearize(out, keys, out);
    s.evaluator.rescaleToNext(out, out);
  };
  run();
  checkResult(s, out, (i) => values[i]! ** 2, values.length);
  return { items: 1, run, close };
}

export async function sealRotate(setup: SealSetup, values: Float64Array): Promise<Prepared> {
  const { s, a, out, close } = await operands(setup, values);
  const keys = s.keys.createGaloisKeys(Int32Array.of(1));
  const run = () => s.evaluator.rotateVector(a, 1, keys, out);
  run();
  checkResult(s, out, (i) => values[(i + 1) % values.length]!, values.length);
  return {
    items: 1,
    run,
    close: () => {
      close();
      keys.delete();
    },
  };
}

/** A matrix times one encrypted vector, which fills the slots over and over. */
export async function sealMatrix(setup: SealSetup, matrix: Matrix): Promise<Prepared> {
  const { rows, columns, babySteps, steps, period } = diagonalsOf(matrix);
  const vector = Float64Array.from({ length: setup.degree / 2 }, (_, i) => matrix.vector[i % columns]!);
  const { s, a, out, close } = await operands(setup, vector);
  const rotations = [...new Set([...steps.flatMap(({ giant }) => [giant]), ...babySteps, ...folds(period, columns)])];
  const keys: GaloisKeys = s.keys.createGaloisKeys(Int32Array.from(rotations.filter((step) => step !== 0)));
  const encoded = steps.map(({ giant, diagonals }) => ({
    giant,
    plains: diagonals.map((diagonal) => s.encode(fill(diagonal, setup.degree / 2), SCALE)),
  }));
  const rotated = babySteps.map(() => s.seal.CipherText());
  const [inner, term] = [s.seal.CipherText(), s.seal.CipherText()];
  const { evaluator } = s;
  const run = () => {
    for (const [j, step] of babySteps.entries()) if (step !== 0) evaluator.rotateVector(a, step, keys, rotated[j]!);
    for (const [k, { giant, plains }] of encoded.entries()) {
      const target = k === 0 ? out : inner;
      for (const [j, plain] of plains.entries()) {
        const baby = babySteps[j] === 0 ? a : rotated[j]!;
        evaluator.multiplyPlain(baby, plain, j === 0 ? target : term);
        if (j > 0) evaluator.add(target, term, target);
      }
      if (k > 0) {
        evaluator.rotateVector(inner, giant, keys, inner);
        evaluator.add(out, inner, out);
      }
    }
    for (const step of folds(period, columns)) {
      evaluator.rotateVector(out, step, keys, term);
      evaluator.add(out, term, out);
    }
    evaluator.rescaleToNext(out, out);
  };
  run();
  checkResult(s, out, (i) => matrix.product[i]!, rows);
  return {
    items: 1,
    run,
    close: () => {
      close();
      for (const cipher of [...rotated, inner, term]) cipher.delete();
      for (const plain of encoded.flatMap(({ plains }) => plains)) plain.delete();
      keys.delete();
    },
  };
}

export async function sealRelinearisationKeys(setup: SealSetup): Promise<Prepared> {
  const s = await sealCkks(setup);
  return { items: 1, run: () => s.keys.createRelinKeys().delete() };
}

/** Rotations that sum what lies `period` apart within `columns`. */
function folds(period: number, columns: number): number[] {
  const steps: number[] = [];
  for (let step = columns / 2; step >= period; step /= 2) steps.push(step);
  return steps;
}

const fill = (pattern: Float64Array, slots: number) =>
  Float64Array.from({ length: slots }, (_, i) => pattern[i % pattern.length]!);
