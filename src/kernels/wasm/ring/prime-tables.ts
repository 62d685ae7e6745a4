/**
 * Prime records (assembly/ring/roots.ts): constants and roots of one prime, made once per runtime and kept until it goes.
 * The host finds psi; a kernel computes its powers. All of it is public.
 */
import { invMod } from "../../../math/modular.js";
import { log2Degree } from "../../../math/ntt.js";
import { minimalPsi } from "../../../math/primes.js";
import type { Block, Runtime } from "../runtime.js";

/** Bytes of a record; its table of roots lies behind it. */
const RECORD_BYTES = 64;
const RADIX = 1n << 32n;

interface BasisEntry {
  readonly block: Block;
  readonly records: readonly Block[];
  readonly addresses: Uint32Array;
}

interface Tables {
  readonly primes: Map<string, Block>;
  readonly bases: Map<string, BasisEntry>;
}

const tablesOf = new WeakMap<Runtime, Tables>();

function tables(runtime: Runtime): Tables {
  let known = tablesOf.get(runtime);
  if (!known) {
    known = { primes: new Map(), bases: new Map() };
    tablesOf.set(runtime, known);
  }
  return known;
}

/** The 16 words of a record. psi^(N/2) is root 1. */
function recordWords(q: bigint, degree: number, psi: bigint): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  const word = (index: number, value: bigint | number) => view.setUint32(4 * index, Number(value), true);
  const withQuotient = (index: number, value: bigint) => {
    word(index, value);
    word(index + 1, (value * RADIX) / q);
  };
  let root = psi;
  for (let k = 1; 2 * k < degree; k *= 2) root = (root * root) % q;
  const inverse = invMod(BigInt(degree), q);
  word(0, q);
  word(1, invMod(q, RADIX));
  word(2, RADIX % q);
  word(3, RADIX ** 2n % q);
  word(4, RECORD_BYTES);
  word(5, 2n * q);
  withQuotient(6, inverse);
  withQuotient(8, (inverse * root) % q);
  // Loaded where sums are reduced by float64 quotients: a literal V8 would build anew in every round.
  view.setFloat64(56, 2 ** 52, true);
  return bytes;
}

/** Bytes of the table of roots: 10 a coefficient where the transform works on vectors. */
function rootBytes(degree: number): number {
  return degree < 16 ? 32 * degree : 10 * degree;
}

/**
 * The record of the prime q = 1 mod 2N with its roots; the runtime owns it. Holds the caller for less than 2 ms, up to
 * N = 2^16. Throws ParameterError for other q.
 */
export function primeRecord(runtime: Runtime, degree: number, q: number): Block {
  const { primes } = tables(runtime);
  const key = `${degree}/${q}`;
  const known = primes.get(key);
  if (known) return known;
  const bits = log2Degree(degree);
  const psi = minimalPsi(BigInt(q), degree);
  const record = runtime.allocate(RECORD_BYTES + rootBytes(degree));
  runtime.write(record, recordWords(BigInt(q), degree, psi));
  runtime.record("rootTable", 1, [record.address, bits, Number(psi)]);
  primes.set(key, record);
  return record;
}

/**
 * The u32 addresses of the records of `basis`, in order; the runtime owns it. Ask for it whenever it is used: where records
 * have moved, it is another block.
 */
export function basisBlock(runtime: Runtime, degree: number, basis: readonly number[]): Block {
  const { bases } = tables(runtime);
  const key = `${degree}/${basis.join()}`;
  const known = bases.get(key);
  if (known?.records.every(({ address }, i) => address === known.addresses[i])) return known.block;
  const records = basis.map((q) => primeRecord(runtime, degree, q));
  known?.block.release();
  const addresses = Uint32Array.from(records, ({ address }) => address);
  const block = runtime.allocate(addresses.byteLength);
  runtime.write(block, addresses);
  bases.set(key, { block, records, addresses });
  return block;
}
