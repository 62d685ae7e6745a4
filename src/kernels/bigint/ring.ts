/** Ring kernels on bigint: the specification in obvious code. One row is one limb of one item. */
import { invMod, mod } from "../../math/modular.js";
import { automorphismMaps, forwardNtt, inverseNtt, log2Degree, nttTables } from "../../math/ntt.js";
import { composer, conversionTables, convertResidues, product } from "../../math/rns.js";
import { ComposedRingKernels } from "../composed.js";
import type { Form, InnerProductShape, ReadOptions, RingHandle, RingKernels, RingShape } from "../interface.js";
import * as shapes from "../shapes.js";
import { BigintRingHandle } from "./handles.js";
import type { Cell, Recorder } from "./recorder.js";

type Row = BigUint64Array;

export class BigintRingKernels extends ComposedRingKernels implements RingKernels {
  constructor(
    readonly degree: number,
    readonly primes: readonly number[],
    private readonly recorder: Recorder,
    private readonly count: { uploaded(bytes: number): void; read(bytes: number): void },
  ) {
    super();
    log2Degree(degree);
    shapes.checkPrimes(degree, primes);
    for (const q of primes) nttTables(BigInt(q), degree);
  }

  upload(residues: Uint32Array, shape: RingShape): RingHandle {
    shapes.checkBasis(shape.basis, this.primes);
    shapes.checkResidues(residues, this.degree, shape);
    this.count.uploaded(residues.byteLength);
    const copy = residues.slice();
    return this.#record([...shape.basis], shape.form, shape.batch, (r) =>
      BigUint64Array.from(copy.subarray(r * this.degree, (r + 1) * this.degree), BigInt),
    );
  }

  async read(a: RingHandle, { signal }: ReadOptions = {}): Promise<Uint32Array> {
    const cell = this.#cell(a);
    const out = this.recorder.record(function* () {
      const rows = cell.get();
      const residues = new Uint32Array(rows.length * a.degree);
      for (let r = 0; r < rows.length; r++) {
        for (let i = 0; i < a.degree; i++) residues[r * a.degree + i] = Number(rows[r][i]);
        yield;
      }
      return residues;
    });
    await this.recorder.drain(out, signal);
    this.count.read(out.get().byteLength);
    return out.get();
  }

  add(a: RingHandle, b: RingHandle): RingHandle {
    return this.#pairwise(a, b, (x, y, q) => (x + y) % q);
  }

  subtract(a: RingHandle, b: RingHandle): RingHandle {
    return this.#pairwise(a, b, (x, y, q) => (x + q - y) % q);
  }

  negate(a: RingHandle): RingHandle {
    return this.#eachRow(a, a.form, (row, q) => row.map((x) => (q - x) % q));
  }

  multiply(a: RingHandle, b: RingHandle): RingHandle {
    shapes.checkForm(a, "ntt");
    return this.#pairwise(a, b, (x, y, q) => (x * y) % q);
  }

  multiplyScalars(a: RingHandle, scalars: Uint32Array): RingHandle {
    shapes.checkScalars(scalars, a.basis, a.batch);
    const copy = scalars.slice();
    return this.#eachRow(a, a.form, (row, q, r) => {
      const s = BigInt(copy[r % copy.length]);
      return row.map((x) => (x * s) % q);
    });
  }

  addScalars(a: RingHandle, scalars: Uint32Array): RingHandle {
    shapes.checkScalars(scalars, a.basis, a.batch);
    const copy = scalars.slice();
    return this.#eachRow(a, a.form, (row, q, r) => {
      const s = BigInt(copy[r % copy.length]);
      // A constant has the same value at every root, and one coefficient.
      return row.map((x, i) => (a.form === "ntt" || i === 0 ? (x + s) % q : x));
    });
  }

  multiplyAccumulate(a: RingHandle, b: RingHandle, groups: number): RingHandle {
    shapes.checkForm(a, "ntt");
    shapes.checkSameBasis(a, b);
    const terms = shapes.checkGroups(a.batch, groups);
    shapes.checkTerms(a.batch, b.batch, terms);
    const [x, y] = [this.#cell(a), this.#cell(b)];
    const limbs = a.basis.length;
    return this.#record(a.basis, a.form, groups, (r, q) => {
      const sum = new BigUint64Array(this.degree);
      const [g, l] = [Math.floor(r / limbs), r % limbs];
      for (let k = 0; k < terms; k++) {
        const index = (g * terms + k) * limbs + l;
        const u = x.get()[index];
        const v = y.get()[index % (b.batch * limbs)];
        for (let i = 0; i < this.degree; i++) sum[i] = (sum[i] + u[i] * v[i]) % q;
      }
      return sum;
    });
  }

  linearCombination(a: RingHandle, weights: Uint32Array, groups: number): RingHandle {
    const terms = shapes.checkGroups(a.batch, groups);
    const outputs = shapes.checkWeights(weights, terms, a.basis);
    const [x, w] = [this.#cell(a), weights.slice()];
    const limbs = a.basis.length;
    return this.#record(a.basis, a.form, groups * outputs, (r, q) => {
      const sum = new BigUint64Array(this.degree);
      const [result, l] = [Math.floor(r / limbs), r % limbs];
      const [g, o] = [Math.floor(result / outputs), result % outputs];
      for (let k = 0; k < terms; k++) {
        const u = x.get()[(g * terms + k) * limbs + l];
        const weight = BigInt(w[(o * terms + k) * limbs + l]);
        for (let i = 0; i < this.degree; i++) sum[i] = (sum[i] + u[i] * weight) % q;
      }
      return sum;
    });
  }

  ntt(a: RingHandle): RingHandle {
    shapes.checkForm(a, "coefficient");
    return this.#eachRow(a, "ntt", (row, q) => this.#forward(row, q));
  }

  intt(a: RingHandle): RingHandle {
    shapes.checkForm(a, "ntt");
    return this.#eachRow(a, "coefficient", (row, q) => this.#inverse(row, q));
  }

  automorphism(a: RingHandle, galoisElement: number): RingHandle {
    const { target, negate, source } = automorphismMaps(this.degree, galoisElement);
    return this.#eachRow(a, a.form, (row, q) => {
      const out = new BigUint64Array(this.degree);
      for (let i = 0; i < this.degree; i++) {
        if (a.form === "ntt") out[i] = row[source[i]];
        else out[target[i]] = negate[i] ? (q - row[i]) % q : row[i];
      }
      return out;
    });
  }

  automorphisms(parts: readonly RingHandle[], galoisElements: readonly number[]): RingHandle {
    shapes.checkJoined(parts, galoisElements.length);
    return this.concat(parts.map((part, i) => this.automorphism(part, galoisElements[i])));
  }

  convert(a: RingHandle, basis: readonly number[]): RingHandle {
    shapes.checkForm(a, "coefficient");
    shapes.checkBasis(basis, this.primes);
    const source = this.#cell(a);
    const work = (item: number) => this.#converted(source.get(), item * a.basis.length, a.basis, basis);
    return this.#recordItems([...basis], "coefficient", a.batch, work);
  }

  rescale(a: RingHandle, drop: number): RingHandle {
    shapes.checkDrop(drop, a.basis.length);
    const limbs = a.basis.length;
    const kept = a.basis.slice(0, limbs - drop);
    const dropped = a.basis.slice(limbs - drop);
    const d = product(dropped);
    const inverses = kept.map((q) => invMod(d, BigInt(q)));
    const source = this.#cell(a);
    return this.#recordItems(kept, a.form, a.batch, (item) => {
      const rows = source.get().slice(item * limbs, (item + 1) * limbs);
      let tail = rows.slice(kept.length);
      if (a.form === "ntt") tail = tail.map((row, l) => this.#inverse(row, BigInt(dropped[l])));
      let correction = this.#centred(tail, dropped, kept);
      if (a.form === "ntt") correction = correction.map((row, l) => this.#forward(row, BigInt(kept[l])));
      return kept.map((prime, l) => {
        const q = BigInt(prime);
        return rows[l].map((x, i) => ((x + q - correction[l][i]) * inverses[l]) % q);
      });
    });
  }

  decompose(a: RingHandle, size: number, special: readonly number[]): RingHandle {
    const digits = shapes.checkDigits(a, size, special, this.primes);
    const basis = [...a.basis, ...special];
    const limbs = a.basis.length;
    const source = this.#cell(a);
    return this.#recordItems(basis, "ntt", digits.length * a.batch, (result) => {
      const { first, count } = digits[Math.floor(result / a.batch)];
      const own = a.basis.slice(first, first + count);
      const start = (result % a.batch) * limbs + first;
      const rows = source.get().slice(start, start + count);
      const coefficients = rows.map((row, i) => this.#inverse(row, BigInt(own[i])));
      const others = basis.filter((q) => !own.includes(q));
      const converted = this.#converted(coefficients, 0, own, others).map((row, j) => this.#forward(row, BigInt(others[j])));
      return [...converted.slice(0, first), ...rows, ...converted.slice(first)];
    });
  }

  innerProducts(a: RingHandle, keys: RingHandle, shape: InnerProductShape, addend?: RingHandle): RingHandle {
    const { items, keyTerms, keyLimbs, addends, addendLimbs } = shapes.checkInnerProducts(a, keys, shape, addend);
    const { terms, outputs } = shape;
    const limbs = a.basis.length;
    const [x, y, c] = [this.#cell(a), this.#cell(keys), addend && this.#cell(addend)];
    const factor = product(a.basis.slice(addendLimbs));
    return this.#record(a.basis, "ntt", outputs * items, (r, q) => {
      const [result, l] = [Math.floor(r / limbs), r % limbs];
      const [o, item] = [Math.floor(result / items), result % items];
      const sum = new BigUint64Array(this.degree);
      if (c && o < addends && l < addendLimbs) {
        const row = c.get()[result * addendLimbs + l];
        for (let i = 0; i < this.degree; i++) sum[i] = (row[i] * (factor % q)) % q;
      }
      for (let k = 0; k < terms; k++) {
        const u = x.get()[(k * items + item) * limbs + l];
        const v = y.get()[(o * keyTerms + k) * keys.basis.length + keyLimbs[l]];
        for (let i = 0; i < this.degree; i++) sum[i] = (sum[i] + u[i] * v[i]) % q;
      }
      return sum;
    });
  }

  restrict(a: RingHandle, basis: readonly number[]): RingHandle {
    shapes.checkBasis(basis, a.basis);
    const source = this.#cell(a);
    const limbs = a.basis.length;
    const positions = basis.map((q) => a.basis.indexOf(q));
    return this.#record(
      [...basis],
      a.form,
      a.batch,
      (r) => source.get()[Math.floor(r / basis.length) * limbs + positions[r % basis.length]],
    );
  }

  slice(a: RingHandle, start: number, count: number): RingHandle {
    shapes.checkSlice(start, count, a.batch);
    const source = this.#cell(a);
    return this.#record(a.basis, a.form, count, (r) => source.get()[start * a.basis.length + r]);
  }

  concat(parts: readonly RingHandle[]): RingHandle {
    const batch = shapes.checkJoined(parts);
    const cells = parts.map((part) => this.#cell(part));
    const cell = this.recorder.record(function* () {
      return cells.flatMap((c) => c.get());
    });
    return new BigintRingHandle(this, this.degree, parts[0].basis, parts[0].form, batch, cell);
  }

  #cell(a: RingHandle): Cell<readonly Row[]> {
    return shapes.checkKind(a, BigintRingHandle).cell(this);
  }

  #forward(row: Row, q: bigint): Row {
    const out = row.slice();
    forwardNtt(out, nttTables(q, this.degree));
    return out;
  }

  #inverse(row: Row, q: bigint): Row {
    const out = row.slice();
    inverseNtt(out, nttTables(q, this.degree));
    return out;
  }

  /** Records one row at a time: row r is limb r mod limbs of its item. */
  #record(basis: readonly number[], form: Form, batch: number, make: (r: number, q: bigint) => Row): RingHandle {
    return this.#recordItems(basis, form, batch, (item) => basis.map((q, l) => make(item * basis.length + l, BigInt(q))));
  }

  #recordItems(basis: readonly number[], form: Form, batch: number, make: (item: number) => readonly Row[]): RingHandle {
    const cell = this.recorder.record(function* () {
      const rows: Row[] = [];
      for (let item = 0; item < batch; item++) {
        rows.push(...make(item));
        yield;
      }
      return rows;
    });
    return new BigintRingHandle(this, this.degree, basis, form, batch, cell);
  }

  #eachRow(a: RingHandle, form: Form, f: (row: Row, q: bigint, r: number) => Row): RingHandle {
    const source = this.#cell(a);
    return this.#record(a.basis, form, a.batch, (r, q) => f(source.get()[r], q, r));
  }

  #pairwise(a: RingHandle, b: RingHandle, f: (x: bigint, y: bigint, q: bigint) => bigint): RingHandle {
    shapes.checkOperands(a, b);
    const other = this.#cell(b);
    return this.#eachRow(a, a.form, (row, q, r) => {
      const y = other.get()[r % other.get().length];
      return row.map((x, i) => f(x, y[i], q));
    });
  }

  /** One item, given by its rows from `first` on, converted to the target basis. */
  #converted(rows: readonly Row[], first: number, source: readonly number[], target: readonly number[]): Row[] {
    const tables = conversionTables(source, target);
    const out = target.map(() => new BigUint64Array(this.degree));
    for (let i = 0; i < this.degree; i++) {
      const x = convertResidues(
        source.map((_, s) => rows[first + s][i]),
        tables,
      );
      for (let j = 0; j < target.length; j++) out[j][i] = x[j];
    }
    return out;
  }

  /** One item's centred integers modulo the product of the source basis, modulo every target prime. */
  #centred(rows: readonly Row[], source: readonly number[], target: readonly number[]): Row[] {
    const compose = composer(source);
    const out = target.map(() => new BigUint64Array(this.degree));
    for (let i = 0; i < this.degree; i++) {
      const x = compose(rows.map((row) => row[i]));
      for (let j = 0; j < target.length; j++) out[j][i] = mod(x, BigInt(target[j]));
    }
    return out;
  }
}
