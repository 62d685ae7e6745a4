/**
 * Where randomness comes from: 32-byte seeds of the platform's generator, expanded by {@link Stream}.
 *
 * The door for tests: schemes take their seeds from a {@link SeedSource}, which an options object may carry under
 * the symbol {@link SEED_SOURCE}. No entry point of the package exports that symbol or {@link chosenSeeds}, and a
 * SeedSource is recognised by its private field, so that no JSON and no look-alike object can choose a seed.
 */
import { ParameterError, show } from "../errors.js";
import { Domain, SEED_BYTES, Stream } from "./chacha.js";

export { Domain, SEED_BYTES, Stream } from "./chacha.js";

/** Hands out seeds. Only this module makes them. */
export class SeedSource {
  readonly #draw: () => Uint8Array;

  /** Internal: use {@link platformSeeds}, or {@link chosenSeeds} in tests. */
  constructor(draw: () => Uint8Array) {
    this.#draw = draw;
  }

  /** A new seed of 32 bytes, owned by the caller, who overwrites it after use if it keys a secret. */
  next(): Uint8Array {
    return this.#draw();
  }

  /** Whether a value is a true SeedSource. */
  static is(value: unknown): value is SeedSource {
    return typeof value === "object" && value !== null && #draw in value;
  }
}

/** Seeds that are drawn at a time: a call of the platform costs as much as a kernel on a small batch. */
const DRAWN = 16;
let drawn = new Uint8Array(0);

/** Seeds of the platform's cryptographic generator. Each is handed out once, and nothing of it stays here. */
export const platformSeeds = new SeedSource(() => {
  if (drawn.length === 0) drawn = globalThis.crypto.getRandomValues(new Uint8Array(DRAWN * SEED_BYTES));
  const seed = drawn.slice(0, SEED_BYTES);
  drawn.fill(0, 0, SEED_BYTES);
  drawn = drawn.subarray(SEED_BYTES);
  return seed;
});

/** A fresh 32-byte seed: from the platform, unless a test has put its own source into the options. */
export function freshSeed(source: SeedSource = platformSeeds): Uint8Array {
  return source.next();
}

/** For tests only: a reproducible sequence of seeds, from a master seed of 32 bytes. */
export function chosenSeeds(master: Uint8Array): SeedSource {
  const stream = new Stream(master, Domain.ChosenSeeds);
  return new SeedSource(() => stream.nextBytes(SEED_BYTES));
}

/** The key under which options may carry a seed source. Never exported from an entry point. */
export const SEED_SOURCE: unique symbol = Symbol("seed source");

/** Options of everything that draws randomness. */
export interface SeedOptions {
  /** For tests only. */
  readonly [SEED_SOURCE]?: SeedSource;
}

/** The source that options carry, or the platform's. Throws ParameterError for anything but a SeedSource. */
export function seedSourceOf(options?: SeedOptions): SeedSource {
  const source: unknown = options?.[SEED_SOURCE];
  if (source === undefined) return platformSeeds;
  if (!SeedSource.is(source)) {
    throw new ParameterError({ what: "seed source", expected: "a SeedSource", got: show(source), remedy: "leave it out" });
  }
  return source;
}
