/** What a run holds in memory. */
import type { Engine } from "../src/index.js";
import type { KernelBackend } from "../src/kernels/interface.js";
import { nttPrimes } from "../src/math/primes.js";

export interface Memory {
  /** The largest resident set of the whole process so far, peers included. */
  readonly peakRssBytes: number;
  /** How far the memory of each WebAssembly engine reached, by its number of threads. */
  readonly reachedBytes: Readonly<Record<string, number>>;
  /** CKKS ciphertexts of two polynomials at rest, where a backend counts its memory. */
  readonly ciphertexts: readonly CiphertextMemory[];
}

export interface CiphertextMemory {
  readonly N: number;
  readonly limbs: number;
  readonly bytes: number;
}

/** The part of a WebAssembly backend that counts memory; other backends have none. */
interface Counting {
  readonly context?: { usage(): { readonly liveBytes: number; readonly memoryBytes: number } };
}

/** By name: a GPU backend has a context too, and it counts nothing. */
const usageOf = (backend: KernelBackend) =>
  backend.name === "wasm" ? (backend as KernelBackend & Counting).context?.usage() : undefined;

/** Follows the engines of a run: `look` after each case, `report` at the end. */
export class MemoryWatch {
  readonly #reached = new Map<string, number>();

  constructor(private readonly engines: readonly Engine[]) {}

  look(): void {
    for (const engine of this.engines) {
      const usage = usageOf(engine.kernels);
      if (usage === undefined) continue;
      const name = `${engine.describe().threads}`;
      this.#reached.set(name, Math.max(usage.memoryBytes, this.#reached.get(name) ?? 0));
    }
  }

  /** `sizes` are [N, limbs] of the ciphertexts to weigh. */
  async report(sizes: readonly (readonly [number, number])[]): Promise<Memory> {
    this.look();
    const counting = this.engines.find((engine) => usageOf(engine.kernels) !== undefined);
    const ciphertexts: CiphertextMemory[] = [];
    if (counting) {
      for (const [N, limbs] of sizes) ciphertexts.push({ N, limbs, bytes: await weigh(counting.kernels, N, limbs) });
    }
    // Node gives kibibytes.
    const peakRssBytes = 1024 * process.resourceUsage().maxRSS;
    return { peakRssBytes, reachedBytes: Object.fromEntries(this.#reached), ciphertexts };
  }
}

/** By how much the memory in use grows with one more ciphertext. */
async function weigh(backend: KernelBackend, N: number, limbs: number): Promise<number> {
  const basis = nttPrimes({ degree: N, bits: 30, count: limbs });
  const ring = await backend.ring(N, basis);
  const upload = () => ring.upload(new Uint32Array(2 * limbs * N), { basis, form: "ntt", batch: 2 });
  const first = upload();
  const before = usageOf(backend)!.liveBytes;
  const second = upload();
  const bytes = usageOf(backend)!.liveBytes - before;
  first.dispose();
  second.dispose();
  await backend.flush();
  return bytes;
}

const mebibytes = (bytes: number, digits: number): string => `${(bytes / 2 ** 20).toFixed(digits)} MiB`;

/** The memory of a run in words. */
export function describeMemory({ peakRssBytes, reachedBytes, ciphertexts }: Memory): string {
  const weights = ciphertexts.map(({ N, limbs, bytes }) => `N=${N}, ${limbs} limbs: ${mebibytes(bytes, 2)}`);
  const reached = Object.entries(reachedBytes).map(([threads, bytes]) => `${threads}: ${mebibytes(bytes, 0)}`);
  return [
    weights.length > 0 && `A ciphertext in memory: ${weights.join("; ")}.`,
    reached.length > 0 && `WebAssembly memory at its largest, by threads: ${reached.join("; ")}.`,
    `Peak resident set of the process, peers included: ${mebibytes(peakRssBytes, 0)}.`,
  ]
    .filter(Boolean)
    .join("\n");
}
