/** Whatever fails on the way, nothing stays behind in the backend. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Ckks,
  type CkksCiphertext,
  type CkksEvaluationKeys,
  type CkksPublicKey,
  type CkksSecretKey,
  type KeyPlan,
} from "../../src/ckks/index.js";
import { inScope } from "../../src/ckks/scope.js";
import type { Engine } from "../../src/engine/index.js";
import type { Handle, KernelBackend, RingKernels } from "../../src/kernels/interface.js";
import { openTestEngine } from "../support/engine.js";
import { parametersOf } from "./support.js";

// Four special primes, which leave in two divisions.
const parameters = parametersOf({ degree: 8192, levels: 1, special: 4, digitSize: 2 });

/** Kernels that note every handle they make, and fail at a call that is planned. */
class Planned {
  made: Handle[] = [];
  /** Calls until the failure; infinite for none. */
  left = Number.POSITIVE_INFINITY;

  private note(result: unknown): unknown {
    if (typeof result === "object" && result !== null && "dispose" in result) this.made.push(result as Handle);
    if (typeof result === "object" && result !== null && "handle" in result) this.made.push(result.handle as Handle);
    return result;
  }

  wrap(ring: RingKernels): RingKernels {
    return new Proxy(ring, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (this.left-- === 0) throw new Error("planned");
          const result: unknown = value.apply(target, args);
          return result instanceof Promise ? result.then((late) => this.note(late)) : this.note(result);
        };
      },
    });
  }
}

const planned = new Planned();
let engine: Engine;
let ckks: Ckks;
let secret: CkksSecretKey;
let publicKey: CkksPublicKey;
let a: CkksCiphertext;
let b: CkksCiphertext;
let low: CkksCiphertext;
let product: CkksCiphertext;
let two: CkksCiphertext;
let keys: CkksEvaluationKeys;
let plan: KeyPlan;
let keyFile: Uint8Array;
let ciphertextFile: Uint8Array;
let freshFile: Uint8Array;

/** Works with a ciphertext whose components lie apart. */
async function using<T>(work: (x: CkksCiphertext) => T): Promise<Awaited<T>> {
  const x = await ckks.importCiphertextFile(freshFile);
  try {
    return await work(x);
  } finally {
    x.dispose();
  }
}

async function inParts(): Promise<void> {
  const [{ length, fill }] = ckks.encryptSeeded([[1], [2]], secret).sections;
  for await (const _ of fill(new Uint8Array(length)));
}

beforeAll(async () => {
  engine = await openTestEngine();
  const { kernels } = engine;
  const backend: Pick<KernelBackend, "ring" | "describe"> = {
    describe: () => kernels.describe(),
    ring: async (degree, primes) => planned.wrap(await kernels.ring(degree, primes)),
  };
  ckks = await Ckks.create({ kernels: backend } as unknown as Engine, parameters);
  secret = await ckks.generateSecretKey();
  publicKey = await ckks.publicKey(secret);
  a = await ckks.encrypt([[1], [2]], secret);
  b = await ckks.encrypt([[3]], publicKey);
  low = ckks.dropLevel(b, 0);
  product = ckks.multiply(a, b);
  plan = ckks.keysFor({ relinearise: true, rotations: [1], conjugate: true, innerSums: [3] });
  keys = await ckks.generateEvaluationKeys(secret, plan);
  two = ckks.relinearise(product, keys);
  keyFile = await ckks.exportEvaluationKeys(keys);
  ciphertextFile = await ckks.exportCiphertextFile(product);
  freshFile = await ckks.exportCiphertextFile(a);
});
afterAll(() => engine.close());

describe("handles", () => {
  it("end with their scope, in any case", async () => {
    const disposed: number[] = [];
    const handle = (n: number) => ({ batch: 1, disposed: false, dispose: () => void disposed.push(n) });
    expect(await inScope(async (keep) => keep(handle(1)).batch)).toBe(1);
    await expect(
      inScope(async (keep) => {
        keep(handle(2));
        throw new Error("planned");
      }),
    ).rejects.toThrow("planned");
    expect(disposed).toEqual([1, 2]);
  });

  const operations: [string, () => unknown, number][] = [
    ["secret keys", () => ckks.generateSecretKey(), 1],
    ["public keys", () => ckks.publicKey(secret), 1],
    ["encryption with the secret key", () => ckks.encrypt([[1]], secret), 1],
    ["encryption with the public key", () => ckks.encrypt([[1]], publicKey), 1],
    ["decryption", () => ckks.decrypt(a, secret), 0],
    ["export", () => ckks.exportCiphertext(a), 0],
    ["sums with broadcasting", () => ckks.add(a, b), 1],
    ["sums with vectors", () => ckks.addPlain(a, [[1]]), 1],
    ["products with vectors", () => ckks.multiplyPlain(a, [[1]]), 1],
    ["joined batches", () => ckks.concat([a, b]), 1],
    ["cut batches", () => ckks.slice(a, 1, 1), 1],
    ["lower levels", () => ckks.dropLevel(a, 0), 1],
    ["evaluation keys", () => ckks.generateEvaluationKeys(secret, plan), 3],
    ["evaluation keys from a file", () => ckks.importEvaluationKeys(keyFile), 3],
    ["a file of evaluation keys", () => ckks.exportEvaluationKeys(keys), 0],
    ["a file of ciphertexts", () => ckks.exportCiphertextFile(product), 0],
    ["ciphertexts from a file, whose components stay apart", () => ckks.importCiphertextFile(ciphertextFile), 3],
    ["fresh ciphertexts from a file", () => ckks.importCiphertextFile(freshFile), 2],
    ["components that are joined", () => using((x) => void x.handle), 0],
    ["sums of what lies apart", () => using((x) => ckks.linearCombination(x, [[1, 2]])), 1],
    ["cuts of what lies apart", () => using((x) => ckks.slice(x, 1, 1)), 1],
    ["decryption of what lies apart", () => using((x) => ckks.decrypt(x, secret)), 0],
    ["encryption in parts", () => inParts(), 0],
    ["plaintexts", () => ckks.encode([[1], [2]]), 1],
    ["products", () => ckks.multiply(a, b), 1],
    ["relinearised products", () => ckks.multiply(a, b, keys), 1],
    ["products that are rescaled at once", () => ckks.multiplyRescale(a, b, keys), 1],
    ["relinearisation", () => ckks.relinearise(product, keys), 1],
    ["rescaling with relinearisation", () => ckks.rescale(product, keys), 1],
    ["sums at the lower level", () => ckks.add(a, low), 1],
    ["sums of two and three components", () => ckks.subtract(product, two), 1],
    ["sums with rescaling", () => ckks.add(two, low), 1],
    ["rotations", () => ckks.rotate(a, 1, keys), 1],
    ["hoisted rotations", () => ckks.rotateHoisted(a, [1, 0], keys), 2],
    ["conjugation", () => ckks.conjugate(a, keys), 1],
    ["inner sums", () => ckks.innerSum(a, 3, keys), 1],
    ["complex constants", () => ckks.addConstants(a, [{ re: 1, im: 2 }]), 1],
    ["products with complex constants", () => ckks.multiplyConstants(a, [{ re: 1, im: 2 }]), 1],
    ["sums of products", () => ckks.sumOfProducts([a, a], [[1], [2]]), 1],
  ];
  it.each(operations)("are freed by %s, wherever it fails", async (_, operation, kept) => {
    planned.left = Number.POSITIVE_INFINITY;
    planned.made = [];
    await operation();
    expect(planned.made.filter((h) => !h.disposed)).toHaveLength(kept);
    for (let at = 0; ; at++) {
      planned.left = at;
      planned.made = [];
      const failed = await Promise.resolve()
        .then(operation)
        .then(
          () => false,
          (error: Error) => error.message === "planned",
        );
      if (!failed) break;
      expect(planned.made.filter((h) => !h.disposed).length, `call ${at}`).toBe(0);
    }
    planned.left = Number.POSITIVE_INFINITY;
  });
});
