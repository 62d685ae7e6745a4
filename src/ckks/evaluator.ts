/** Arithmetic on ciphertexts: needs no key. */
import { EncodingError, LevelError, ParameterError, show } from "../errors.js";
import type { RingKernels } from "../kernels/interface.js";
import { mod } from "../math/modular.js";
import { CkksCiphertext, checkAddable, checkMultipliable, checkOwn, checkSameKey } from "./ciphertext.js";
import type { CkksEncoder } from "./encoder.js";
import type { CkksParameters } from "./parameters.js";

export class CkksEvaluator {
  constructor(
    readonly parameters: CkksParameters,
    private readonly ring: RingKernels,
    private readonly encoder: CkksEncoder,
  ) {}

  /** a + b; b's batch equals a's or divides it. */
  add(a: CkksCiphertext, b: CkksCiphertext): CkksCiphertext {
    checkOwn(this.parameters, a, b);
    checkAddable(a, b);
    return this.#pairwise(a, b, (x, y) => this.ring.add(x, y));
  }

  /** a - b; b's batch equals a's or divides it. */
  subtract(a: CkksCiphertext, b: CkksCiphertext): CkksCiphertext {
    checkOwn(this.parameters, a, b);
    checkAddable(a, b);
    return this.#pairwise(a, b, (x, y) => this.ring.subtract(x, y));
  }

  negate(a: CkksCiphertext): CkksCiphertext {
    checkOwn(this.parameters, a);
    return this.#like(a, this.ring.negate(a.handle));
  }

  /** Adds a vector of slots to each ciphertext; one vector serves all. */
  async addPlain(a: CkksCiphertext, vectors: readonly ArrayLike<number>[]): Promise<CkksCiphertext> {
    checkOwn(this.parameters, a);
    checkCount("vectors", vectors.length, a.batch);
    const plain = await this.encoder.encode(vectors, this.parameters.basis(a.level), a.scale);
    return use(plain, (p) => this.#onFirst(a, (c0) => this.ring.add(c0, p)));
  }

  /** Adds one real constant to every slot of each ciphertext; one constant serves all. */
  addConstants(a: CkksCiphertext, constants: readonly number[]): CkksCiphertext {
    checkOwn(this.parameters, a);
    checkCount("constants", constants.length, a.batch);
    const scalars = this.#scalars(constants, a.level, a.scale);
    return this.#onFirst(a, (c0) => this.ring.addScalars(c0, scalars));
  }

  /** Slot-wise product with a vector for each ciphertext (or one for all); not rescaled. */
  async multiplyPlain(a: CkksCiphertext, vectors: readonly ArrayLike<number>[]): Promise<CkksCiphertext> {
    checkOwn(this.parameters, a);
    checkMultipliable(a);
    checkCount("vectors", vectors.length, a.batch);
    const plain = await this.encoder.encode(vectors, this.parameters.basis(a.level), this.parameters.scale(a.level));
    return this.#product(
      a,
      use(plain, (p) => this.ring.multiply(a.handle, p)),
    );
  }

  /** Product of all slots with one real constant for each ciphertext (or one for all); not rescaled. */
  multiplyConstants(a: CkksCiphertext, constants: readonly number[]): CkksCiphertext {
    checkOwn(this.parameters, a);
    checkMultipliable(a);
    checkCount("constants", constants.length, a.batch);
    const scalars = this.#scalars(constants, a.level, this.parameters.scale(a.level));
    return this.#product(a, this.ring.multiplyScalars(a.handle, scalars));
  }

  /**
   * Linear combinations with real weights [outputs][terms], not rescaled: with a as [groups, terms], the result is
   * [groups, outputs].
   */
  linearCombination(a: CkksCiphertext, weights: readonly (readonly number[])[], groups = 1): CkksCiphertext {
    checkOwn(this.parameters, a);
    checkMultipliable(a);
    const terms = checkDivides("groups", groups, a.batch);
    if (weights.length === 0) throw shape("weights", "at least one row", "none");
    for (const row of weights)
      if (row.length !== terms) throw shape("weights", `rows of ${terms} numbers`, `a row of ${row.length}`);
    // Not flat(), which leaves out the holes of a sparse row and shifts the weights after them.
    const all = weights.flatMap((row) => Array.from(row));
    const scalars = this.#scalars(all, a.level, this.parameters.scale(a.level));
    const { ring } = this;
    if (a.components === undefined) return this.#product(a, ring.linearCombination(a.handle, scalars, 2 * groups));
    const { first, second } = a.components;
    const joined = use(ring.linearCombination(first, scalars, groups), (c0) =>
      use(ring.linearCombination(second, scalars, groups), (c1) => ring.concat([c0, c1])),
    );
    return this.#product(a, joined);
  }

  /** Sums over the terms of [groups, terms], without using a level. */
  sum(a: CkksCiphertext, groups = 1): CkksCiphertext {
    checkOwn(this.parameters, a);
    const terms = checkDivides("groups", groups, a.batch);
    const ones = new Uint32Array(terms * a.handle.basis.length).fill(1);
    return this.#like(a, this.ring.linearCombination(a.handle, ones, 2 * groups));
  }

  /** Brings a product back to the canonical scale, one level down. */
  rescale(a: CkksCiphertext): CkksCiphertext {
    checkOwn(this.parameters, a);
    if (a.scaleDegree !== 2) throw shape("operand of rescale", "scale degree 2", "1");
    if (a.level === 0) {
      throw new LevelError({
        what: "operand of rescale",
        expected: "1 level left",
        got: "0",
        remedy: "choose parameters with more levels",
      });
    }
    return new CkksCiphertext(this.parameters, this.ring.rescale(a.handle, 1), a.level - 1, 1, a.keyId);
  }

  /**
   * The same values at a lower level. Scales differ a little between levels, so the ciphertext is multiplied by the integer
   * that makes the scale right once the prime above the target level is divided out.
   */
  dropLevel(a: CkksCiphertext, level: number): CkksCiphertext {
    checkOwn(this.parameters, a);
    if (a.scaleDegree !== 1) throw shape("operand of dropLevel", "scale degree 1", "2");
    if (!Number.isInteger(level) || level < 0 || level > a.level) {
      throw new LevelError({
        what: "level to drop to",
        expected: `an integer in [0, ${a.level}]`,
        got: show(level),
        remedy: "levels only go down",
      });
    }
    if (level === a.level) return this.#like(a, this.ring.slice(a.handle, 0, a.handle.batch));
    const above = this.parameters.basis(level + 1);
    const factor = (this.parameters.scale(level) * above[above.length - 1]) / this.parameters.scale(a.level);
    const scalars = this.#scalars([1], level + 1, factor);
    const handle = use(this.ring.restrict(a.handle, above), (r) =>
      use(this.ring.multiplyScalars(r, scalars), (m) => this.ring.rescale(m, 1)),
    );
    return new CkksCiphertext(this.parameters, handle, level, 1, a.keyId);
  }

  /** Ciphertexts [start, start + count). */
  slice(a: CkksCiphertext, start: number, count: number): CkksCiphertext {
    checkOwn(this.parameters, a);
    return this.#like(
      a,
      this.#components(a, (h, first) => this.ring.slice(h, first + start, count)),
    );
  }

  /** Joins batches of one key, level and scale degree. */
  concat(parts: readonly CkksCiphertext[]): CkksCiphertext {
    if (!Array.isArray(parts) || parts.length === 0) {
      throw shape("parts", "an array of at least one ciphertext", Array.isArray(parts) ? "none" : show(parts));
    }
    checkOwn(this.parameters, ...parts);
    for (const part of parts) checkAddable(parts[0], part);
    const halves: CkksCiphertext["handle"][] = [];
    try {
      for (const c of [0, 1]) for (const p of parts) halves.push(this.ring.slice(p.handle, c * p.batch, p.batch));
      return this.#like(parts[0], this.ring.concat(halves));
    } finally {
      for (const half of halves) half.dispose();
    }
  }

  #like(a: CkksCiphertext, handle: CkksCiphertext["handle"]): CkksCiphertext {
    return new CkksCiphertext(this.parameters, handle, a.level, a.scaleDegree, a.keyId);
  }

  #product(a: CkksCiphertext, handle: CkksCiphertext["handle"]): CkksCiphertext {
    return new CkksCiphertext(this.parameters, handle, a.level, 2, a.keyId);
  }

  #pairwise(
    a: CkksCiphertext,
    b: CkksCiphertext,
    f: (x: CkksCiphertext["handle"], y: CkksCiphertext["handle"]) => CkksCiphertext["handle"],
  ): CkksCiphertext {
    checkSameKey(a.keyId, b.keyId, "operands");
    if (a.batch === b.batch) return this.#like(a, f(a.handle, b.handle));
    checkDivides("batch of the second operand", b.batch, a.batch);
    const handle = this.#components(a, (h, first, c) =>
      use(this.ring.slice(h, first, a.batch), (x) => use(this.ring.slice(b.handle, c * b.batch, b.batch), (y) => f(x, y))),
    );
    return this.#like(a, handle);
  }

  /** Applies f to the first components alone. */
  #onFirst(a: CkksCiphertext, f: (c0: CkksCiphertext["handle"]) => CkksCiphertext["handle"]): CkksCiphertext {
    return this.#like(
      a,
      this.#components(a, (h, first, c) => {
        const part = this.ring.slice(h, first, a.batch);
        return c === 0 ? use(part, f) : part;
      }),
    );
  }

  /** Makes each component apart and joins them. */
  #components(
    a: CkksCiphertext,
    make: (handle: CkksCiphertext["handle"], first: number, component: number) => CkksCiphertext["handle"],
  ): CkksCiphertext["handle"] {
    return use(make(a.handle, 0, 0), (c0) => use(make(a.handle, a.batch, 1), (c1) => this.ring.concat([c0, c1])));
  }

  /** round(constant * scale) modulo each prime of the level: [constants, limb]. */
  #scalars(constants: readonly number[], level: number, scale: number): Uint32Array {
    const basis = this.parameters.basis(level);
    const out = new Uint32Array(constants.length * basis.length);
    // At the scale in hand, which is the square of the level's own between a product and its rescaling.
    const most = (this.parameters.maxMagnitude(level) * this.parameters.scale(level)) / scale;
    for (let i = 0; i < constants.length; i++) {
      const constant = constants[i];
      const scaled = typeof constant === "number" ? Math.round(constant * scale) : Number.NaN;
      if (!Number.isFinite(scaled)) {
        throw new EncodingError({
          what: `constant ${i}`,
          expected: "a finite number",
          got: show(constant),
          remedy: "remove NaN and infinite values",
        });
      }
      if (Math.abs(constant) > most) {
        throw new EncodingError({
          what: `constant ${i}`,
          expected: `at most ${most.toPrecision(4)} in magnitude`,
          got: show(constant),
          remedy: "scale the constants down",
        });
      }
      basis.forEach((q, l) => {
        out[i * basis.length + l] = Number(mod(BigInt(scaled), BigInt(q)));
      });
    }
    return out;
  }
}

/** Runs f on a handle that is needed for nothing else. */
function use<H extends { dispose(): void }, T>(handle: H, f: (handle: H) => T): T {
  try {
    return f(handle);
  } finally {
    handle.dispose();
  }
}

function shape(what: string, expected: string, got: string): ParameterError {
  return new ParameterError({ what, expected, got, remedy: "arrange the operands accordingly" });
}

function checkCount(what: string, count: number, batch: number): void {
  if (count !== batch && count !== 1) throw shape(what, batch === 1 ? "1" : `${batch} or 1`, String(count));
}

function checkDivides(what: string, divisor: number, of: number): number {
  if (!Number.isSafeInteger(divisor) || divisor < 1 || of % divisor !== 0) throw shape(what, `a divisor of ${of}`, show(divisor));
  return of / divisor;
}
