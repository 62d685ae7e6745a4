/**
 * The kernel contract: the only thing that the schemes import from this folder.
 *
 * Calls record work and return handles at once; `read` awaits. Shape errors throw at the call. An asynchronous
 * error (a lost device, memory) poisons the handle and all that was computed from it, and surfaces at `read`.
 * Two backends given the same inputs return the same bytes: equality is on canonical values at `read`
 * (residues in [0, q), integers in [0, m)); the form in which values rest in between is each backend's own affair.
 */

import type { ComplexSlots } from "../math/embedding.js";
import type { SampleSource, SlotValues } from "./host.js";
import type { HostOptions } from "./pace.js";

export type { SampleSource, SlotValues } from "./host.js";
export type { HostOptions } from "./pace.js";

export type BackendName = "webgpu" | "wasm" | "bigint";

/** Coefficients of a polynomial, or its values at the roots in bit-reversed order (the convention of SEAL and HEXL). */
export type Form = "coefficient" | "ntt";

export interface ReadOptions {
  /** Cancels between slices of work; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options of {@link RingKernels.readPacked}. */
export interface PackedReadOptions extends ReadOptions {
  /** Where the bytes go instead of into new memory: exactly as long as they are. Undefined bytes where the promise rejects. */
  readonly into?: Uint8Array;
}

/** Options of {@link RingKernels.decode}. */
export interface DecodeOptions extends HostOptions {
  /** Leaves the imaginary parts out: their arrays are empty. Whoever wants real slots alone saves half of the copies. */
  readonly realOnly?: boolean;
}

/** A value that rests in a backend. Its owner calls `dispose()`; slices keep their parent's memory alive. */
export interface Handle {
  /** Number of items along the leading dimension. */
  readonly batch: number;
  readonly disposed: boolean;
  /** Frees the memory once nothing else refers to it. Calling it twice is allowed. */
  dispose(): void;
}

/** RNS polynomials [batch, limb, N] of u32 residues, limb i modulo basis[i]. */
export interface RingHandle extends Handle {
  readonly kind: "ring";
  readonly degree: number;
  readonly basis: readonly number[];
  readonly form: Form;
}

/** Integers modulo m, [batch]. */
export interface ModularHandle extends Handle {
  readonly kind: "modular";
  readonly modulus: bigint;
}

/** Powers of one base, kept by a backend for {@link ModularKernels.fixedBasePower}. */
export interface FixedBaseTable {
  readonly base: bigint;
  /** The longest exponent that the table serves, in bits. */
  readonly exponentBits: number;
  dispose(): void;
}

export interface RingShape {
  readonly basis: readonly number[];
  readonly form: Form;
  readonly batch: number;
}

/** How real numbers become polynomials: multiplied by the scale, modulo the primes of the basis. */
export interface EncodePlan {
  readonly scale: number;
  readonly basis: readonly number[];
}

/** How inner products with keys are cut: `terms` of the first operand for each item, `outputs` rows of keys. */
export interface InnerProductShape {
  readonly terms: number;
  readonly outputs: number;
}

/**
 * Residues that work may be recorded with before it is known whether they are sound. What is computed of unsound ones means
 * nothing, harms nothing, and must not leave.
 */
export interface EarlyUpload {
  /** The caller's to dispose of, whatever the check says. */
  readonly handle: RingHandle;
  /** To be called once, after the work that is to go off together has been recorded. Rejects as {@link RingKernels.uploadPacked} does. */
  check(): Promise<void>;
}

/**
 * Kernels on Z_Q[X]/(X^N + 1) in RNS form. Primes are below 2^30 and congruent to 1 mod 2N.
 * A second operand may have a smaller batch that divides the first's: item i then meets item i mod b.batch.
 * All operations allocate their result; operands of one operation share degree and basis.
 */
export interface RingKernels {
  /** N, a power of two: from 2^10 to 2^16 on webgpu, from 2^4 to 2^16 on wasm, from 2 on bigint. */
  readonly degree: number;

  /** Copies residues [batch, limb, N] in; refuses a residue that is not below its prime. */
  upload(residues: Uint32Array, shape: RingShape): RingHandle;
  /** Copies canonical residues [batch, limb, N] out. */
  read(a: RingHandle, options?: ReadOptions): Promise<Uint32Array>;
  /**
   * The same two for residues packed to the width of their primes, as math/bitpack.ts lays them out. What comes in is hostile:
   * rejects with WireError, which speaks of `what`, for a wrong length, a residue out of range or filled padding.
   */
  uploadPacked(bytes: Uint8Array, shape: RingShape, what: string): Promise<RingHandle>;
  /** What {@link RingKernels.uploadPacked} does in two steps, on backends that gain by it. Throws WireError for a wrong length. */
  uploadEarly?(bytes: Uint8Array, shape: RingShape, what: string): EarlyUpload;
  readPacked(a: RingHandle, options?: PackedReadOptions): Promise<Uint8Array>;

  /**
   * Encodes one plaintext an item, of at most N/2 slots, in coefficient form. Rejects with ParameterError for anything but
   * an array, EncodingError for items that are no vectors, too many values, NaN, infinity, or magnitudes that the basis cannot hold.
   */
  encode(items: readonly SlotValues[], plan: EncodePlan, options?: HostOptions): Promise<RingHandle>;
  /** The N/2 complex slots of each item in coefficient form: exact composition, one correctly rounded division by the scale. */
  decode(a: RingHandle, scale: number, options?: DecodeOptions): Promise<ComplexSlots[]>;
  /** Uniform residues: item i, prime q from the stream (seed, domain, first + i, q). */
  sampleUniform(source: SampleSource, shape: RingShape, options?: HostOptions): Promise<RingHandle>;
  /** Coefficients uniform in {-1, 0, 1}, in coefficient form: item i from the stream (seed, domain, first + i, 0). */
  sampleTernary(source: SampleSource, shape: Omit<RingShape, "form">, options?: HostOptions): Promise<RingHandle>;
  /** Errors of standard deviation 3.2, in coefficient form: item i from the stream (seed, domain, first + i, 0). */
  sampleGaussian(source: SampleSource, shape: Omit<RingShape, "form">, options?: HostOptions): Promise<RingHandle>;

  add(a: RingHandle, b: RingHandle): RingHandle;
  subtract(a: RingHandle, b: RingHandle): RingHandle;
  negate(a: RingHandle): RingHandle;
  /** Pointwise product of two operands in NTT form. */
  multiply(a: RingHandle, b: RingHandle): RingHandle;
  /** Multiplies item i, limb l by scalars[(i mod s) * limbs + l], where s = scalars.length / limbs divides the batch. */
  multiplyScalars(a: RingHandle, scalars: Uint32Array): RingHandle;
  /** Adds constant polynomials, indexed as in {@link multiplyScalars}, in either form. */
  addScalars(a: RingHandle, scalars: Uint32Array): RingHandle;
  /**
   * Inner products of polynomials in NTT form: with a as [groups, terms] and b as [terms] or [groups, terms],
   * result[g] = sum over k of a[g, k] * b[k] (or b[g, k]).
   */
  multiplyAccumulate(a: RingHandle, b: RingHandle, groups: number): RingHandle;
  /**
   * Linear combinations with scalar weights, in either form: with a as [groups, terms] and weights as
   * [outputs, terms, limb], the result is [groups, outputs]: result[g, o] = sum over k of weights[o, k] * a[g, k].
   */
  linearCombination(a: RingHandle, weights: Uint32Array, groups: number): RingHandle;

  /**
   * Products of ciphertexts of two components in NTT form: a and b are [2, items], all first components before all second
   * ones, and the result is [3, items]: (a0 b0, a0 b1 + a1 b0, a1 b1). The items of b divide those of a.
   */
  tensor(a: RingHandle, b: RingHandle): RingHandle;

  /** Coefficient form to NTT form. */
  ntt(a: RingHandle): RingHandle;
  /** NTT form to coefficient form. */
  intt(a: RingHandle): RingHandle;
  /** X -> X^galoisElement, for an odd element in [1, 2N), in either form. */
  automorphism(a: RingHandle, galoisElement: number): RingHandle;
  /** The same of several batches of one basis and form, each with its element, joined. */
  automorphisms(parts: readonly RingHandle[], galoisElements: readonly number[]): RingHandle;
  /**
   * Centred, uncorrected base conversion of coefficients: with D the product of a's basis,
   * the sum of ([x (D/d_i)^-1]_{d_i} centred) * (D/d_i), modulo every prime of the target basis.
   */
  convert(a: RingHandle, basis: readonly number[]): RingHandle;
  /**
   * Drops the last `drop` primes: with D their product, subtracts from x the integer in (-D/2, D/2] that is x modulo D and divides by D,
   * exactly. Rescale by several primes rounds to nearest, as by one: the error is at most 1/2, of variance 1/12 whatever `drop` is.
   * This is rescale, two-prime rescale and mod-down. The form is kept.
   */
  rescale(a: RingHandle, drop: number): RingHandle;
  /**
   * The digits of hybrid key switching (Han, Ki, CT-RSA 2020): a is [items] in NTT form; its limbs are cut into runs of `size` primes,
   * of which the last may be shorter, and each run is converted as {@link convert} does to all primes of [...a.basis, ...special].
   * The result is [digits, items] in NTT form. Modulo its own primes a digit is a itself.
   */
  decompose(a: RingHandle, size: number, special: readonly number[]): RingHandle;
  /**
   * Inner products with keys, all in NTT form: with a as [terms, items] and keys as [outputs, T], T >= terms, the result is
   * [outputs, items] over a's basis: result[o, i] = sum over k < terms of a[k, i] * keys[o, k]. The basis of the keys contains a's,
   * at any places: keys for many primes and terms serve fewer of both without being copied. With an addend c, [m, items], m <= outputs, over
   * the first primes of a's basis and not all of them, the result is R c + sum, for the product R of the other primes: rescale by
   * these divides the sum by R and adds c.
   */
  innerProducts(a: RingHandle, keys: RingHandle, shape: InnerProductShape, addend?: RingHandle): RingHandle;
  /** The limbs of the primes named, in their order, without any division. */
  restrict(a: RingHandle, basis: readonly number[]): RingHandle;
  /** Items [start, start + count), without a copy where the backend can. */
  slice(a: RingHandle, start: number, count: number): RingHandle;
  /** Joins batches of one basis and form. */
  concat(parts: readonly RingHandle[]): RingHandle;
}

/** Kernels on integers modulo an odd m = n^power. Broadcasting as in {@link RingKernels}. */
export interface ModularKernels {
  readonly modulus: bigint;

  /** Copies values in [0, m) in. */
  upload(values: readonly bigint[]): ModularHandle;
  /** Copies canonical values in [0, m) out. */
  read(a: ModularHandle, options?: ReadOptions): Promise<bigint[]>;

  multiply(a: ModularHandle, b: ModularHandle): ModularHandle;
  /** result[g] = the product of a[i] over the indices i of groups[g]; an empty group gives 1. */
  products(a: ModularHandle, groups: readonly (readonly number[])[]): ModularHandle;
  /**
   * Powers with exponents >= 0: one shared exponent, or one per result, in which case the result's batch is
   * exponents.length, a multiple of a.batch, and item i raises a[i mod a.batch].
   * The sequence of products depends on the length of the longest exponent alone.
   */
  power(a: ModularHandle, exponents: bigint | readonly bigint[]): ModularHandle;
  /**
   * Products of powers (multi-exponentiation): with a as [groups, terms] and exponents >= 0 as [outputs][terms], the result is
   * [groups, outputs]: result[g, o] = the product over k of a[g, k]^exponents[o][k]. The exponents are public: the sequence of
   * products may depend on them.
   */
  multiPower(a: ModularHandle, exponents: readonly (readonly bigint[])[], groups: number): ModularHandle;
  /** Prepares powers of one base for exponents of at most `exponentBits` bits. */
  fixedBase(base: bigint, exponentBits: number): FixedBaseTable;
  fixedBasePower(table: FixedBaseTable, exponents: readonly bigint[]): ModularHandle;
  slice(a: ModularHandle, start: number, count: number): ModularHandle;
  concat(parts: readonly ModularHandle[]): ModularHandle;
}

/** A modulus n^power: the power is declared so that a backend may choose the n-adic form. */
export interface ModulusDeclaration {
  /** Odd, of at least 2 bits; n^power has at most 8192 bits. */
  readonly n: bigint;
  readonly power: 1 | 2;
}

/** What a backend tells of itself; plain data, fit for JSON. */
export interface BackendDescription {
  readonly backend: BackendName;
  /** The adapter in words, or "none" on the CPU. */
  readonly adapter: string;
  /** Whether the adapter is a software GPU (SwiftShader, llvmpipe). False on the CPU. */
  readonly isSoftware: boolean;
  readonly threads: number;
  /** The limits that kernels care about, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** What this machine or page keeps the backend from, and why: one thread only, for example. */
  readonly note?: string;
}

/** Work done since the backend opened, counted and not timed; tests hold these figures. */
export interface WorkCounters {
  readonly dispatches: number;
  readonly submissions: number;
  readonly bytesUploaded: number;
  readonly bytesRead: number;
}

export interface KernelBackend {
  readonly name: BackendName;
  describe(): BackendDescription;
  counters(): WorkCounters;
  /** Kernels for degree N over the primes that will be used; prepares twiddles and pipelines. Cached by degree and primes. */
  ring(degree: number, primes: readonly number[]): Promise<RingKernels>;
  /** Kernels modulo n^power. Shared by all who use one modulus at a time, and forgotten with the last of them. */
  modular(modulus: ModulusDeclaration): Promise<ModularKernels>;
  /** Starts and awaits all recorded work: bounds what is in flight. */
  flush(): Promise<void>;
  /** Waits for what is in flight and frees everything. Handles are dead afterwards. */
  close(): Promise<void>;
  /** Resolves when the backend can do no more work, with the reason; never rejects. Stays pending on bigint until close(). */
  readonly lost: Promise<string>;
}
