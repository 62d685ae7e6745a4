/** Ring kernels in WebAssembly. Residues rest canonical, [batch, limb, N]; every operation writes new memory. */
import { LimitError } from "../../../errors.js";
import type { ComplexSlots } from "../../../math/embedding.js";
import { checkGaloisElement, log2Degree } from "../../../math/ntt.js";
import type {
  DecodeOptions,
  EarlyUpload,
  EncodePlan,
  Form,
  HostOptions,
  InnerProductShape,
  PackedReadOptions,
  ReadOptions,
  RingHandle,
  RingKernels,
  RingShape,
  SampleSource,
  SlotValues,
} from "../../interface.js";
import { paced } from "../../pace.js";
import * as shapes from "../../shapes.js";
import { type View, WasmRingHandle } from "../handles.js";
import * as host from "../host/index.js";
import type { Block, Runtime } from "../runtime.js";
import { type BlockCache, constantsOf } from "./block-cache.js";
import { permutationWords } from "./constants.js";
import { convert, rescale } from "./conversion.js";
import { areTiled, decompose, innerProductWords } from "./key-switching.js";
import * as packed from "./packed.js";
import { basisBlock, primeRecord } from "./prime-tables.js";

const MIN_DEGREE = 16;
const MAX_DEGREE = 65536;
/** Residues in one task: rows are cut so that few of them still occupy every thread. */
const PIECE = 2048;
/** Bytes in one task of a copy. */
const COPY_BYTES = 65536;
/** Products under a sum take an eighth of the time that an operation with results of its own takes, or less: bytes for each of them. */
const PRODUCT_BYTES = 4 / 8;

/** A result, or a part of it, while it is being recorded; and one with all of its memory. */
interface Target {
  readonly handle: RingHandle;
  readonly block: Pick<Block, "address">;
}
interface Result extends Target {
  readonly block: Block;
}

const addressOf = ({ block, byteOffset }: View): number => block.address + byteOffset;

export class WasmRingKernels implements RingKernels, host.RingContext {
  readonly #records: ReadonlyMap<number, Block>;
  readonly #constants: BlockCache;
  /** Residues of a piece, and pieces of a row as a power of two. */
  readonly #piece: number;
  readonly #logPieces: number;

  private constructor(
    readonly runtime: Runtime,
    readonly degree: number,
    readonly primes: readonly number[],
    records: ReadonlyMap<number, Block>,
  ) {
    this.#records = records;
    this.#constants = constantsOf(runtime);
    this.#piece = Math.min(degree, PIECE);
    this.#logPieces = Math.log2(degree / this.#piece);
  }

  /** Prepares the tables of every prime. Throws ParameterError for unsuitable primes, LimitError for a degree out of reach. */
  static async create(runtime: Runtime, degree: number, primes: readonly number[]): Promise<WasmRingKernels> {
    log2Degree(degree);
    if (degree < MIN_DEGREE || degree > MAX_DEGREE) {
      const expected = `a power of two in [${MIN_DEGREE}, ${MAX_DEGREE}] on wasm`;
      const remedy = "use a degree in this range or the bigint backend";
      throw new LimitError({ what: "degree", expected, got: String(degree), remedy });
    }
    shapes.checkPrimes(degree, primes);
    const records = new Map<number, Block>();
    await paced(primes.length, (i) => {
      records.set(primes[i], primeRecord(runtime, degree, primes[i]));
    });
    return new WasmRingKernels(runtime, degree, [...primes], records);
  }

  upload(residues: Uint32Array, shape: RingShape): RingHandle {
    shapes.checkBasis(shape.basis, this.primes);
    shapes.checkResidues(residues, this.degree, shape);
    const { handle, block } = this.make(shape.basis, shape.form, shape.batch);
    return this.#written(handle, () => this.runtime.write(block, residues));
  }

  async read(a: RingHandle, options?: ReadOptions): Promise<Uint32Array> {
    const { block, byteOffset } = this.locate(a);
    const bytes = await this.runtime.read(block, byteOffset, this.#bytes(a), options);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  async uploadPacked(bytes: Uint8Array, shape: RingShape, what: string): Promise<RingHandle> {
    shapes.checkBasis(shape.basis, this.primes);
    shapes.checkShape(shape);
    return packed.uploadPacked(this, bytes, shape, what);
  }

  uploadEarly(bytes: Uint8Array, shape: RingShape, what: string): EarlyUpload {
    shapes.checkBasis(shape.basis, this.primes);
    shapes.checkShape(shape);
    return packed.uploadEarly(this, bytes, shape, what);
  }

  readPacked(a: RingHandle, options?: PackedReadOptions): Promise<Uint8Array> {
    return packed.readPacked(this, a, options);
  }

  encode(items: readonly SlotValues[], plan: EncodePlan, options?: HostOptions): Promise<RingHandle> {
    return host.encode(this, items, plan, options);
  }

  decode(a: RingHandle, scale: number, options?: DecodeOptions): Promise<ComplexSlots[]> {
    return host.decode(this, a, scale, options);
  }

  sampleUniform(source: SampleSource, shape: RingShape, options?: HostOptions): Promise<RingHandle> {
    return host.sampleUniform(this, source, shape, options);
  }

  sampleTernary(source: SampleSource, shape: Omit<RingShape, "form">, options?: HostOptions): Promise<RingHandle> {
    return host.sampleTernary(this, source, shape, options);
  }

  sampleGaussian(source: SampleSource, shape: Omit<RingShape, "form">, options?: HostOptions): Promise<RingHandle> {
    return host.sampleGaussian(this, source, shape, options);
  }

  add(a: RingHandle, b: RingHandle): RingHandle {
    return this.#pairwise("ringAdd", a, b);
  }

  subtract(a: RingHandle, b: RingHandle): RingHandle {
    return this.#pairwise("ringSubtract", a, b);
  }

  negate(a: RingHandle): RingHandle {
    return this.#result(a.basis, a.form, a.batch, "ringNegate", [addressOf(this.locate(a)), 0]);
  }

  multiply(a: RingHandle, b: RingHandle): RingHandle {
    shapes.checkForm(a, "ntt");
    return this.#pairwise("ringMultiply", a, b);
  }

  multiplyScalars(a: RingHandle, scalars: Uint32Array): RingHandle {
    shapes.checkScalars(scalars, a.basis, a.batch);
    return this.#scaled("ringMultiplyScalars", a, scalars, 0);
  }

  addScalars(a: RingHandle, scalars: Uint32Array): RingHandle {
    shapes.checkScalars(scalars, a.basis, a.batch);
    // A constant has the same value at every root, and one coefficient.
    return this.#scaled("ringAddScalars", a, scalars, a.form === "ntt" ? 1 : 0);
  }

  multiplyAccumulate(a: RingHandle, b: RingHandle, groups: number): RingHandle {
    shapes.checkForm(a, "ntt");
    shapes.checkSameBasis(a, b);
    const terms = shapes.checkGroups(a.batch, groups);
    shapes.checkTerms(a.batch, b.batch, terms);
    const args = [addressOf(this.locate(a)), addressOf(this.locate(b)), terms, b.batch];
    const result = this.makeResult(a.basis, a.form, groups);
    const work = { products: this.#residues(a) };
    return this.#run(result, "ringMultiplyAccumulate", groups * a.basis.length, a.basis, args, work);
  }

  linearCombination(a: RingHandle, weights: Uint32Array, groups: number): RingHandle {
    const terms = shapes.checkGroups(a.batch, groups);
    const outputs = shapes.checkWeights(weights, terms, a.basis);
    const view = this.locate(a);
    return this.#withWords(weights, (w) => {
      const result = this.makeResult(a.basis, a.form, groups * outputs);
      const args = [addressOf(view), w.address, terms, outputs];
      // One row of tasks for each group and limb: a task makes all outputs.
      const work = { products: outputs * this.#residues(a) };
      return this.#run(result, "ringLinearCombination", groups * a.basis.length, a.basis, args, work);
    });
  }

  tensor(a: RingHandle, b: RingHandle): RingHandle {
    const [m, n] = shapes.checkTensor(a, b);
    const limbs = a.basis.length;
    const result = this.makeResult(a.basis, a.form, 3 * m);
    const args = [addressOf(this.locate(a)), addressOf(this.locate(b)), m * limbs, n * limbs];
    return this.#run(result, "ringTensor", m * limbs, a.basis, args);
  }

  ntt(a: RingHandle): RingHandle {
    shapes.checkForm(a, "coefficient");
    return this.#transform("ntt", a, "ntt");
  }

  intt(a: RingHandle): RingHandle {
    shapes.checkForm(a, "ntt");
    return this.#transform("intt", a, "coefficient");
  }

  automorphism(a: RingHandle, galoisElement: number): RingHandle {
    return this.automorphisms([a], [galoisElement]);
  }

  automorphisms(parts: readonly RingHandle[], galoisElements: readonly number[]): RingHandle {
    const batch = shapes.checkJoined(parts, galoisElements.length);
    for (const element of galoisElements) checkGaloisElement(this.degree, element);
    const sources = parts.map((part) => addressOf(this.locate(part)));
    const [{ basis, form }] = parts;
    const kernel = form === "ntt" ? "ringPermuteValues" : "ringPermuteCoefficients";
    const { handle, block } = this.makeResult(basis, form, batch);
    return this.#written(handle, () => {
      let address = block.address;
      for (const [i, element] of galoisElements.entries()) {
        const words = () => permutationWords(this.degree, element, form);
        const map = this.#constants.get(`${this.degree} ${form} ${element}`, words);
        this.#run({ handle, block: { address } }, kernel, parts[i].batch * basis.length, basis, [sources[i], map.address]);
        address += this.#bytes(parts[i]);
      }
    });
  }

  convert(a: RingHandle, basis: readonly number[]): RingHandle {
    shapes.checkForm(a, "coefficient");
    shapes.checkBasis(basis, this.primes);
    return convert(this, this.#constants, a, [...basis]);
  }

  rescale(a: RingHandle, drop: number): RingHandle {
    shapes.checkDrop(drop, a.basis.length);
    return rescale(this, this.#constants, a, drop);
  }

  decompose(a: RingHandle, size: number, special: readonly number[]): RingHandle {
    return decompose(this, this.#constants, a, shapes.checkDigits(a, size, special, this.primes), special);
  }

  innerProducts(a: RingHandle, keys: RingHandle, shape: InnerProductShape, addend?: RingHandle): RingHandle {
    const products = shapes.checkInnerProducts(a, keys, shape, addend);
    const { own, tail } = innerProductWords(a, keys, shape, products);
    const [x, y] = [addressOf(this.locate(a)), addressOf(this.locate(keys))];
    const args = [x, y, ...own, addend ? addressOf(this.locate(addend)) : 0];
    const result = this.makeResult(a.basis, a.form, shape.outputs * products.items);
    const work = { products: shape.outputs * this.#residues(a), tail };
    // A task makes all outputs: of all items of a limb, or of one.
    if (areTiled(shape)) return this.#run(result, "ringInnerProductTiles", a.basis.length, a.basis, args, work);
    return this.#run(result, "ringInnerProducts", products.items * a.basis.length, a.basis, args, work);
  }

  restrict(a: RingHandle, basis: readonly number[]): RingHandle {
    shapes.checkBasis(basis, a.basis);
    const positions = basis.map((q) => a.basis.indexOf(q));
    const limbs = a.basis.length;
    const isRun = positions.every((p, i) => p === positions[0] + i);
    if (isRun && (a.batch === 1 || basis.length === limbs)) return this.#share(a, [...basis], positions[0], a.batch);
    const { handle, block } = this.makeResult(basis, a.form, a.batch);
    const args = [4 * this.degree, basis.length, limbs, block.address, addressOf(this.locate(a)), ...positions];
    return this.#record(handle, "ringRestrict", a.batch * basis.length, args);
  }

  slice(a: RingHandle, start: number, count: number): RingHandle {
    shapes.checkSlice(start, count, a.batch);
    return this.#share(a, a.basis, start * a.basis.length, count);
  }

  concat(parts: readonly RingHandle[]): RingHandle {
    const batch = shapes.checkJoined(parts);
    const sources = parts.map((part) => [addressOf(this.locate(part)), this.#bytes(part)]);
    const { handle, block } = this.makeResult(parts[0].basis, parts[0].form, batch);
    let at = block.address;
    for (const [source, bytes] of sources) {
      const tasks = Math.ceil(bytes / COPY_BYTES);
      this.#record(handle, "copy", tasks, [at, source, COPY_BYTES, bytes - (tasks - 1) * COPY_BYTES, tasks]);
      at += bytes;
    }
    return handle;
  }

  /** A new handle, which owns the block, and its memory, residues [batch, limb, N] that the caller writes or records the writing of. */
  make(basis: readonly number[], form: Form, batch: number): Result {
    return this.#own(this.runtime.allocate(4 * this.degree * basis.length * batch), basis, form, batch);
  }

  /** The same for what commands alone write. */
  makeResult(basis: readonly number[], form: Form, batch: number): Result {
    return this.#own(this.runtime.allocateResult(4 * this.degree * basis.length * batch), basis, form, batch);
  }

  #own(block: Block, basis: readonly number[], form: Form, batch: number): Result {
    const layout = { degree: this.degree, basis: [...basis], form, batch };
    return { handle: new WasmRingHandle(this, layout, { block, byteOffset: 0 }), block };
  }

  /** The u32 addresses of the prime records of a basis, limb by limb. Throws ParameterError for primes of other kernels. */
  basisBlock(basis: readonly number[]): Block {
    shapes.checkBasis(basis, this.primes);
    return basisBlock(this.runtime, this.degree, basis);
  }

  /** Where the residues of a live handle lie. The block stays the handle's. */
  locate(a: RingHandle): View {
    return shapes.checkKind(a, WasmRingHandle).view(this);
  }

  #residues(a: RingHandle): number {
    return this.degree * a.basis.length * a.batch;
  }

  #bytes(a: RingHandle): number {
    return 4 * this.#residues(a);
  }

  /** The addresses of the prime records of a basis. */
  addresses(basis: readonly number[]): number[] {
    return basis.map((q) => (this.#records.get(q) as Block).address);
  }

  /** Records a command that writes a result; a result that cannot be written is given back. */
  #record(handle: RingHandle, kernel: string, tasks: number, args: readonly number[], products = 0): RingHandle {
    return this.#written(handle, () => this.runtime.record(kernel, tasks, args, undefined, PRODUCT_BYTES * products));
  }

  #written(handle: RingHandle, write: () => void): RingHandle {
    try {
      write();
      return handle;
    } catch (error) {
      handle.dispose();
      throw error;
    }
  }

  /**
   * Records one task for each piece of `rows` rows: `args` are both operands and then the kernel's own words, of which more, the
   * `tail`, may follow the prime records. `products` are those under sums.
   */
  #run(
    { handle, block }: Target,
    kernel: string,
    rows: number,
    basis: readonly number[],
    args: readonly number[],
    { tail = [], products }: { readonly tail?: readonly number[]; readonly products?: number } = {},
  ): RingHandle {
    const [a, b, ...own] = args;
    const head = [this.#logPieces, 4 * this.#piece, basis.length, block.address, a, b];
    // A kernel's own words fill six.
    const words = [...head, ...Array.from({ length: 6 }, (_, i) => own[i] ?? 0), ...this.addresses(basis), ...tail];
    return this.#record(handle, kernel, rows << this.#logPieces, words, products);
  }

  /** A new result with one task for each piece of its rows. */
  #result(basis: readonly number[], form: Form, batch: number, kernel: string, args: readonly number[]): RingHandle {
    return this.#run(this.makeResult(basis, form, batch), kernel, batch * basis.length, basis, args);
  }

  #pairwise(kernel: string, a: RingHandle, b: RingHandle): RingHandle {
    shapes.checkOperands(a, b);
    const operands = [addressOf(this.locate(a)), addressOf(this.locate(b))];
    return this.#result(a.basis, a.form, a.batch, kernel, [...operands, b.batch * b.basis.length]);
  }

  #scaled(kernel: string, a: RingHandle, scalars: Uint32Array, everywhere: number): RingHandle {
    const view = this.locate(a);
    return this.#withWords(scalars, (s) =>
      this.#result(a.basis, a.form, a.batch, kernel, [addressOf(view), s.address, scalars.length, everywhere]),
    );
  }

  #transform(kernel: string, a: RingHandle, form: Form): RingHandle {
    const view = this.locate(a);
    const { handle, block } = this.makeResult(a.basis, form, a.batch);
    const rows = a.batch * a.basis.length;
    const primes = this.basisBlock(a.basis).address;
    return this.#record(handle, kernel, rows, [block.address, addressOf(view), primes, a.basis.length, Math.log2(this.degree)]);
  }

  /** A handle on limbs of the same memory: `batch` items of this basis from limb `first` on. */
  #share(a: RingHandle, basis: readonly number[], first: number, batch: number): RingHandle {
    const { block, byteOffset } = this.locate(a);
    const view = { block: block.retain(), byteOffset: byteOffset + 4 * this.degree * first };
    return new WasmRingHandle(this, { degree: this.degree, basis, form: a.form, batch }, view);
  }

  /** Runs `use` on words that nobody needs once its work is recorded. */
  #withWords<T>(words: Uint32Array, use: (block: Block) => T): T {
    const block = this.runtime.allocate(words.byteLength);
    try {
      this.runtime.write(block, words);
      return use(block);
    } finally {
      block.release();
    }
  }
}
