/** Ring kernels on the GPU. Residues rest canonical, [batch, limb, N]; every operation writes new memory. */
import { LimitError } from "../../errors.js";
import { invMod } from "../../math/modular.js";
import { checkGaloisElement, log2Degree } from "../../math/ntt.js";
import { type CpuHelper, HelpedRingKernels } from "../helped.js";
import type { Form, InnerProductShape, ReadOptions, RingHandle, RingKernels, RingShape } from "../interface.js";
import * as shapes from "../shapes.js";
import type { GpuContext } from "./context.js";
import { requireLimit } from "./limits.js";
import type { GpuMemory, GpuView } from "./memory.js";
import type { GpuPipeline } from "./pipelines.js";
import { WebGpuRingHandle } from "./ring-handle.js";
import { type RingPipelines, ringPipelines, type TransformPipelines } from "./ring-pipelines.js";
import { ResidentTables } from "./ring-resident.js";
import { type Conversion, isNearAll, isSparse, shoupPairs } from "./ring-tables.js";
import { recordDivision, recordForward, recordInverse } from "./ring-transform.js";

const MIN_LOG_DEGREE = 10;
const MAX_LOG_DEGREE = 16;

export class WebGpuRingKernels extends HelpedRingKernels implements RingKernels {
  readonly #logDegree: number;

  private constructor(
    private readonly context: GpuContext,
    readonly degree: number,
    readonly primes: readonly number[],
    private readonly pipelines: RingPipelines,
    private readonly tables: ResidentTables,
    cpu: CpuHelper | undefined,
  ) {
    super(cpu);
    this.#logDegree = log2Degree(degree);
  }

  /** Compiles pipelines and uploads twiddles. Throws ParameterError for unsuitable primes, LimitError for sizes out of reach. */
  static async create(
    context: GpuContext,
    degree: number,
    primes: readonly number[],
    cpu?: CpuHelper,
  ): Promise<WebGpuRingKernels> {
    const logDegree = log2Degree(degree);
    if (logDegree < MIN_LOG_DEGREE || logDegree > MAX_LOG_DEGREE) {
      const expected = `2^${MIN_LOG_DEGREE} to 2^${MAX_LOG_DEGREE} on webgpu`;
      throw new LimitError({
        what: "degree",
        expected,
        got: String(degree),
        remedy: "use a degree in this range or the bigint backend",
      });
    }
    shapes.checkPrimes(degree, primes);
    const remedy = "use another adapter or another backend";
    requireLimit(context.limits, "maxComputeWorkgroupStorageSize", 4 * Math.min(degree, 4096), remedy);
    requireLimit(context.limits, "maxComputeInvocationsPerWorkgroup", 256, remedy);
    requireLimit(context.limits, "maxStorageBuffersPerShaderStage", 6, remedy);
    const sparse = isSparse(primes);
    const tables = await ResidentTables.create(context, degree, primes, sparse);
    return new WebGpuRingKernels(context, degree, primes, await ringPipelines(context, logDegree, sparse), tables, cpu);
  }

  upload(residues: Uint32Array, shape: RingShape): RingHandle {
    shapes.checkBasis(shape.basis, this.primes);
    shapes.checkResidues(residues, this.degree, shape);
    const memory = this.context.upload(residues, "residues");
    return this.#handle([...shape.basis], shape.form, shape.batch, memory);
  }

  async read(a: RingHandle, options?: ReadOptions): Promise<Uint32Array> {
    const bytes = await this.context.read(this.#view(a), options);
    return new Uint32Array(bytes.buffer);
  }

  add(a: RingHandle, b: RingHandle): RingHandle {
    return this.#pairwise(this.pipelines.add, a, b);
  }

  subtract(a: RingHandle, b: RingHandle): RingHandle {
    return this.#pairwise(this.pipelines.subtract, a, b);
  }

  multiply(a: RingHandle, b: RingHandle): RingHandle {
    shapes.checkForm(a, "ntt");
    return this.#pairwise(this.pipelines.multiply, a, b);
  }

  override tensor(a: RingHandle, b: RingHandle): RingHandle {
    const [m, n] = shapes.checkTensor(a, b);
    const limbs = a.basis.length;
    const count = (m * limbs * this.degree) / 4;
    const inputs = [this.tables.limbs(a.basis), this.#view(a), this.#view(b)];
    const out = this.context.allocate(48 * count, "tensor");
    const parameters = [count, this.#logDegree - 2, limbs, n * limbs];
    this.context.record(this.pipelines.tensor, [...inputs, out], parameters, Math.ceil(count / 256));
    return this.#handle(a.basis, a.form, 3 * m, out);
  }

  negate(a: RingHandle): RingHandle {
    return this.#scaled(this.pipelines.negate, a, new Uint32Array(2), 0);
  }

  multiplyScalars(a: RingHandle, scalars: Uint32Array): RingHandle {
    shapes.checkScalars(scalars, a.basis, a.batch);
    return this.#scaled(this.pipelines.multiplyScalars, a, shoupPairs(scalars, a.basis), 0);
  }

  addScalars(a: RingHandle, scalars: Uint32Array): RingHandle {
    shapes.checkScalars(scalars, a.basis, a.batch);
    // A constant has the same value at every root, and one coefficient.
    return this.#scaled(this.pipelines.addScalars, a, shoupPairs(scalars, a.basis), a.form === "ntt" ? 1 : 0);
  }

  multiplyAccumulate(a: RingHandle, b: RingHandle, groups: number): RingHandle {
    shapes.checkForm(a, "ntt");
    shapes.checkSameBasis(a, b);
    const terms = shapes.checkGroups(a.batch, groups);
    shapes.checkTerms(a.batch, b.batch, terms);
    const [x, y] = [this.#view(a), this.#view(b)];
    const limbs = a.basis.length;
    return this.#vectors(this.pipelines.accumulate, [this.tables.limbs(a.basis), x, y], a.basis, a.form, groups, [
      limbs,
      b.batch * limbs,
      terms,
    ]);
  }

  linearCombination(a: RingHandle, weights: Uint32Array, groups: number): RingHandle {
    const terms = shapes.checkGroups(a.batch, groups);
    const outputs = shapes.checkWeights(weights, terms, a.basis);
    const x = this.#view(a);
    return this.#withUpload(weights, "weights", (w) =>
      this.#vectors(this.pipelines.combine, [this.tables.limbs(a.basis), x, w], a.basis, a.form, groups * outputs, [
        a.basis.length,
        outputs,
        terms,
      ]),
    );
  }

  ntt(a: RingHandle): RingHandle {
    shapes.checkForm(a, "coefficient");
    return this.#handle(a.basis, "ntt", a.batch, this.#forward(this.#view(a), a.basis, a.batch));
  }

  intt(a: RingHandle): RingHandle {
    shapes.checkForm(a, "ntt");
    return this.#handle(a.basis, "coefficient", a.batch, this.#inverse(this.#view(a), a.basis, a.batch, a.basis.length, 0));
  }

  automorphism(a: RingHandle, galoisElement: number): RingHandle {
    return this.automorphisms([a], [galoisElement]);
  }

  automorphisms(parts: readonly RingHandle[], galoisElements: readonly number[]): RingHandle {
    const batch = shapes.checkJoined(parts, galoisElements.length);
    for (const element of galoisElements) checkGaloisElement(this.degree, element);
    const views = parts.map((part) => this.#view(part));
    const { basis, form } = parts[0];
    const isNtt = form === "ntt";
    const pipeline = isNtt ? this.pipelines.permuteValues : this.pipelines.permuteCoefficients;
    const limbs = this.tables.limbs(basis);
    const memory = this.context.allocate(4 * batch * basis.length * this.degree, "automorphism");
    let offset = 0;
    for (const [i, view] of views.entries()) {
      const element = isNtt ? galoisElements[i] : Number(invMod(BigInt(galoisElements[i]), BigInt(2 * this.degree)));
      const count = view.bytes / 4;
      const target = { memory, offset, bytes: view.bytes };
      const parameters = [count, this.#logDegree, basis.length, element];
      this.context.record(pipeline, [limbs, view, target], parameters, Math.ceil(count / 256));
      offset += view.bytes;
    }
    return this.#handle(basis, form, batch, memory);
  }

  convert(a: RingHandle, basis: readonly number[]): RingHandle {
    shapes.checkForm(a, "coefficient");
    shapes.checkBasis(basis, this.primes);
    const memory = this.#convert(this.#view(a), a.batch, a.basis.length, [{ limb: 0, source: a.basis, target: basis }]);
    return this.#handle([...basis], "coefficient", a.batch, memory);
  }

  rescale(a: RingHandle, drop: number): RingHandle {
    shapes.checkDrop(drop, a.basis.length);
    const x = this.#view(a);
    const limbs = a.basis.length;
    const kept = a.basis.slice(0, limbs - drop);
    const dropped = a.basis.slice(limbs - drop);
    if (a.form === "ntt") return this.#handle(kept, "ntt", a.batch, this.#rescaleValues(x, a.batch, kept, dropped));
    const correction = this.#convertExactly(x, a.batch, limbs, { limb: kept.length, source: dropped, target: kept });
    return this.#release([correction], () => {
      const bindings = [this.tables.limbs(kept), x, correction, this.tables.division(kept, dropped)];
      return this.#vectors(this.pipelines.divide, bindings, kept, a.form, a.batch, [kept.length, limbs]);
    });
  }

  /** The dropped limbs go back to coefficients and are converted; the transform of that ends in the division. One dropped prime is converted on the way. */
  #rescaleValues(x: GpuView, items: number, kept: readonly number[], dropped: readonly number[]): GpuMemory {
    const limbs = kept.length + dropped.length;
    const divisors = this.tables.divisors(kept, dropped);
    const isPrime = dropped.length === 1 && isNearAll(kept, dropped[0]);
    const division = { dividend: x, limbs, divisors, half: isPrime ? Math.floor(dropped[0] / 2) : undefined };
    const rows = { items, limbs: kept.length, sourceLimbs: isPrime ? 1 : kept.length, first: 0 };
    const pass = this.#pass(isPrime ? this.pipelines.divisionByPrime : this.pipelines.division, kept, this.tables.forward);
    const tail = this.#inverse(x, dropped, items, limbs, kept.length);
    return this.#release([tail], () => {
      if (isPrime) return recordDivision(pass, whole(tail), rows, division);
      const converted = this.#convertExactly(whole(tail), items, dropped.length, { limb: 0, source: dropped, target: kept });
      return this.#release([converted], () => recordDivision(pass, whole(converted), rows, division));
    });
  }

  decompose(a: RingHandle, size: number, special: readonly number[]): RingHandle {
    const digits = shapes.checkDigits(a, size, special, this.primes);
    const x = this.#view(a);
    const { batch } = a;
    const limbs = a.basis.length;
    const basis = [...a.basis, ...special];
    const conversions = digits.map(({ first, count }) => {
      const source = a.basis.slice(first, first + count);
      return { limb: first, source, target: basis.filter((q) => !source.includes(q)) };
    });
    const others = conversions.flatMap(({ target }) => target);
    const result = (views: readonly GpuView[]) => {
      const inputs = [this.tables.digits(conversions, basis), ...views];
      const rest = [basis.length, batch, limbs, others.length];
      return this.#vectors(this.pipelines.digits, inputs, basis, "ntt", digits.length * batch, rest);
    };
    if (others.length === 0) return result([x, x]);
    const coefficients = this.#inverse(x, a.basis, batch, limbs, 0);
    const converted = this.#release([coefficients], () => this.#convert(whole(coefficients), batch, limbs, conversions));
    const values = this.#release([converted], () => this.#forward(whole(converted), others, batch));
    return this.#release([values], () => result([x, whole(values)]));
  }

  innerProducts(a: RingHandle, keys: RingHandle, shape: InnerProductShape, addend?: RingHandle): RingHandle {
    const { items, keyTerms, addends, addendLimbs } = shapes.checkInnerProducts(a, keys, shape, addend);
    const [x, y, c] = [this.#view(a), this.#view(keys), this.#view(addend ?? a)];
    const { basis, form } = a;
    const inputs = [this.tables.limbs(basis), this.tables.places(basis, keys.basis, addendLimbs), x, y, c];
    const shapeOfKeys = [keys.basis.length, keyTerms];
    return this.#vectors(this.pipelines.innerProducts, inputs, basis, form, shape.outputs * items, [
      basis.length,
      shape.terms,
      items,
      ...shapeOfKeys,
      addends,
      addendLimbs,
    ]);
  }

  restrict(a: RingHandle, basis: readonly number[]): RingHandle {
    shapes.checkBasis(basis, a.basis);
    const order = this.tables.order(basis.map((q) => a.basis.indexOf(q)));
    return this.#vectors(this.pipelines.gather, [order, this.#view(a)], [...basis], a.form, a.batch, [
      basis.length,
      a.basis.length,
    ]);
  }

  slice(a: RingHandle, start: number, count: number): RingHandle {
    shapes.checkSlice(start, count, a.batch);
    const { memory, offset } = this.#view(a);
    const item = 4 * a.basis.length * this.degree;
    const view = { memory: memory.retain(), offset: offset + start * item, bytes: count * item };
    return new WebGpuRingHandle(this, { degree: this.degree, basis: a.basis, form: a.form, batch: count }, view);
  }

  concat(parts: readonly RingHandle[]): RingHandle {
    const batch = shapes.checkJoined(parts);
    const views = parts.map((part) => this.#view(part));
    const { basis, form } = parts[0];
    const limbs = basis.length;
    const order = this.tables.order(basis.map((_, l) => l));
    const out = this.context.allocate(4 * batch * limbs * this.degree, "concat");
    let at = 0;
    for (const view of views) {
      const target = { memory: out, offset: at, bytes: view.bytes };
      const count = view.bytes / 16;
      this.context.record(
        this.pipelines.gather,
        [order, view, target],
        [count, this.#logDegree - 2, limbs, limbs],
        Math.ceil(count / 256),
      );
      at += view.bytes;
    }
    return this.#handle(basis, form, batch, out);
  }

  #view(a: RingHandle): GpuView {
    return shapes.checkKind(a, WebGpuRingHandle).view(this);
  }

  #handle(basis: readonly number[], form: Form, batch: number, memory: GpuMemory): RingHandle {
    return new WebGpuRingHandle(this, { degree: this.degree, basis, form, batch }, whole(memory));
  }

  /** Records one thread for every four coefficients of a new result; the uniforms begin with their number and the row's. */
  #vectors(
    pipeline: GpuPipeline,
    inputs: readonly (GpuMemory | GpuView)[],
    basis: readonly number[],
    form: Form,
    batch: number,
    rest: readonly number[],
  ): RingHandle {
    const count = (batch * basis.length * this.degree) / 4;
    const out = this.context.allocate(16 * count, pipeline.label);
    this.context.record(pipeline, [...inputs, out], [count, this.#logDegree - 2, ...rest], Math.ceil(count / 256));
    return this.#handle(basis, form, batch, out);
  }

  #pairwise(pipeline: GpuPipeline, a: RingHandle, b: RingHandle): RingHandle {
    shapes.checkOperands(a, b);
    const limbs = a.basis.length;
    const inputs = [this.tables.limbs(a.basis), this.#view(a), this.#view(b)];
    return this.#vectors(pipeline, inputs, a.basis, a.form, a.batch, [limbs, b.batch * limbs]);
  }

  #scaled(pipeline: GpuPipeline, a: RingHandle, pairs: Uint32Array, everywhere: number): RingHandle {
    const x = this.#view(a);
    return this.#withUpload(pairs, "scalars", (s) =>
      this.#vectors(pipeline, [this.tables.limbs(a.basis), x, s], a.basis, a.form, a.batch, [
        a.basis.length,
        pairs.length / 2,
        everywhere,
      ]),
    );
  }

  #pass(pipelines: TransformPipelines, basis: readonly number[], twiddles: GpuMemory) {
    return { context: this.context, pipelines, logDegree: this.#logDegree, limbs: this.tables.limbs(basis), twiddles };
  }

  #forward(from: GpuView, basis: readonly number[], items: number): GpuMemory {
    const pass = this.#pass(this.pipelines.forward, basis, this.tables.forward);
    return recordForward(pass, from, { items, limbs: basis.length, sourceLimbs: basis.length, first: 0 });
  }

  #inverse(from: GpuView, basis: readonly number[], items: number, sourceLimbs: number, first: number): GpuMemory {
    const pass = this.#pass(this.pipelines.inverse, basis, this.tables.inverse);
    return recordInverse(pass, from, { items, limbs: basis.length, sourceLimbs, first });
  }

  /** Converts limbs of items of `limbs` limbs into new memory [items, targets, N], the targets of all conversions in order. */
  #convert(from: GpuView, items: number, limbs: number, conversions: readonly Conversion[]): GpuMemory {
    const { sources, runs, tiles, matrix } = this.tables.conversions(conversions);
    const tileCount = conversions.reduce((sum, { target }) => sum + Math.ceil(target.length / 4), 0);
    const targets = conversions.reduce((sum, { target }) => sum + target.length, 0);
    const threads = items * tileCount * this.degree;
    const out = this.context.allocate(4 * items * targets * this.degree, "conversion");
    const parameters = [threads, this.#logDegree, tileCount, limbs, targets];
    this.context.record(this.pipelines.convert, [sources, runs, tiles, matrix, from, out], parameters, Math.ceil(threads / 256));
    return out;
  }

  /** The centred integers modulo the product of the source, of items of `limbs` limbs; one prime's conversion is exact by itself. */
  #convertExactly(from: GpuView, items: number, limbs: number, conversion: Conversion): GpuMemory {
    const { limb, source } = conversion;
    if (source.length === 1) return this.#convert(from, items, limbs, [conversion]);
    const { digits, inverses } = this.tables.mixedRadix(source);
    const threads = items * this.degree;
    const out = this.context.allocate(4 * threads * source.length, "mixed radix");
    return this.#release([out], () => {
      const parameters = [threads, this.#logDegree, limbs, limb, source.length];
      this.context.record(this.pipelines.mixedRadix, [digits, inverses, from, out], parameters, Math.ceil(threads / 256));
      return this.#convert(whole(out), items, source.length, [{ ...conversion, limb: 0, isMixedRadix: true }]);
    });
  }

  /** Runs `use` on uploaded words that nobody needs afterwards. */
  #withUpload<T>(words: Uint32Array, what: string, use: (memory: GpuMemory) => T): T {
    const memory = this.context.upload(words, what);
    return this.#release([memory], () => use(memory));
  }

  #release<T>(memories: readonly GpuMemory[], use: () => T): T {
    try {
      return use();
    } finally {
      for (const memory of memories) memory.release();
    }
  }
}

const whole = (memory: GpuMemory): GpuView => ({ memory, offset: 0, bytes: memory.bytes });
