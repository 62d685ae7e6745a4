/** The key holder: opens aggregates, and refuses those of too few. */
import type { Engine } from "../../engine/index.js";
import { LifetimeError, SecurityError, show, WireError } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import { equalBytes, sha256 } from "../../wire/index.js";
import type { RunOptions } from "../run.js";
import { type KeyedCarrier, openKeyedCarrier } from "./carrier.js";
import { decodeMessage } from "./containers.js";
import type { AggregationPlan } from "./plan.js";
import { type AggregationResult, toResult } from "./result.js";

/** What {@link KeyHolder.create} takes. */
export interface KeyHolderOptions {
  /** A secret key file; a new key is made where none is given. The caller overwrites the bytes afterwards. */
  readonly secretKey?: Uint8Array;
  readonly signal?: AbortSignal;
}

/**
 * Holds the secret key. It learns every result it opens: the sums and means, the number of participants and the total weight;
 * of single contributions it learns nothing as long as it is given aggregates alone.
 *
 * In this version one holder has the whole key, and nothing but its own honesty keeps it from opening a single contribution that
 * it gets hold of: run it apart from the aggregator. The count that it checks comes out of the ciphertext, so that metadata
 * cannot pass off two contributions as many; an aggregator that adds one of them several times, or encrypts some of its own, can.
 * The name of the round is the aggregator's word too: an aggregator that labels the same contributions with two rounds shows the
 * difference of two sums.
 *
 * CKKS results are for the key holder alone. Their last digits depend on the secret key, and showing them to others may in the
 * end reveal it (Li and Micciancio, EUROCRYPT 2021); results to be published are computed with Paillier.
 */
export class KeyHolder {
  readonly plan: AggregationPlan;
  readonly #carrier: KeyedCarrier;
  /** SHA-256 of the aggregate opened in each round. */
  readonly #opened = new Map<string, Uint8Array>();
  #disposed = false;

  private constructor(plan: AggregationPlan, carrier: KeyedCarrier) {
    this.plan = plan;
    this.#carrier = carrier;
  }

  /** With a secret key file, or with a new key. Throws WireError, KeyMismatchError or SecurityError for a bad file. */
  static async create(
    engine: Engine,
    plan: AggregationPlan,
    { secretKey, ...options }: KeyHolderOptions & SeedOptions = {},
  ): Promise<KeyHolder> {
    return new KeyHolder(plan, await openKeyedCarrier(engine, plan, secretKey, options));
  }

  /** The id of the key, 32 bytes: what participants compare. */
  get keyId(): Uint8Array {
    return this.#carrier.keyId.slice();
  }

  /** The public key file, for participants and the aggregator. */
  get publicKey(): Uint8Array {
    return this.#carrier.publicKey.slice();
  }

  /** The secret key file, in the clear: to be stored where nobody else can read it, and overwritten in memory. */
  exportSecretKey(): Uint8Array {
    this.#requireAlive();
    return this.#carrier.exportSecretKey();
  }

  /**
   * Opens an aggregate. Throws WireError or KeyMismatchError for anything malformed or made for another plan or key,
   * SecurityError for fewer participants than the schema's minimum (the decrypted count decides) or for a second, different
   * aggregate of a round (the difference of two could be one participant's value), EncodingError for sums that the bounds of the
   * schema do not allow. Nothing is returned in any of these cases.
   */
  async open(aggregate: Uint8Array, options: RunOptions = {}): Promise<AggregationResult> {
    this.#requireAlive();
    const { keyId, tags } = this.#carrier;
    const { meta, sections } = decodeMessage("aggregate", this.plan, keyId, tags, aggregate);
    const digest = sha256(aggregate);
    const payload = await this.#carrier.import(sections, "aggregate");
    try {
      const sums = await this.#carrier.decrypt(payload, options);
      const result = toResult(this.plan.schema, this.plan.columns, sums);
      if (meta.participants !== result.participants) {
        throw new WireError({
          what: "aggregate, participants",
          expected: "the count inside the ciphertexts",
          got: `a claim of ${meta.participants}`,
          remedy: "refuse this aggregate: the aggregator miscounts or a participant counted itself more than once",
        });
      }
      this.#release(meta.round, digest);
      return result;
    } finally {
      payload.dispose();
    }
  }

  /** Overwrites the secret key and frees it in the backend. The engine stays the caller's. */
  dispose(): void {
    if (!this.#disposed) this.#carrier.dispose();
    this.#disposed = true;
  }

  /** One aggregate a round, as long as this object lives; the same one may be opened again. */
  #release(round: string, digest: Uint8Array): void {
    const before = this.#opened.get(round);
    if (before !== undefined && !equalBytes(before, digest)) {
      throw new SecurityError({
        what: "aggregate, round",
        expected: "one aggregate a round",
        got: `a second one of round ${show(round)}`,
        remedy: "aggregate under a new round, with contributions made for it",
      });
    }
    this.#opened.set(round, digest);
  }

  #requireAlive(): void {
    if (this.#disposed) {
      throw new LifetimeError({
        what: "key holder",
        expected: "a live one",
        got: "a disposed one",
        remedy: "load the key again",
      });
    }
  }
}
