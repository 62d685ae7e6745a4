/** The participant: encrypts its values under the key holder's public key. */
import type { Engine } from "../../engine/index.js";
import { LifetimeError } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import type { RunOptions } from "../run.js";
import { type Carrier, openCarrier } from "./carrier.js";
import { checkName, encodeMessage } from "./containers.js";
import type { AggregationPlan } from "./plan.js";
import { type ContributionValues, checkValues } from "./values.js";

/** The name of the round where none is given. */
export const DEFAULT_ROUND = "1";

/** What {@link Participant.create} takes. */
export interface ParticipantOptions {
  /** Tells this participant from all others: 1 to 64 of A-Z a-z 0-9 . _ @ -. The aggregator sees it. */
  readonly id: string;
  /** The key holder's public key file. */
  readonly publicKey: Uint8Array;
}

/** What {@link Participant.contribute} takes beside the values. */
export interface ContributeOptions extends RunOptions {
  /** How much the mean fields of this contribution count, where the schema has a weight. */
  readonly weight?: number;
  /** The round that this contribution is for; `"1"` unless said. */
  readonly round?: string;
}

/**
 * Holds a public key and can open nothing. Of the others it learns nothing; its own values leave it encrypted.
 *
 * What it must trust: that the public key is the key holder's (compare key ids over another channel), and that key holder and
 * aggregator do not work together: the key opens single contributions as well as their sum.
 */
export class Participant {
  readonly id: string;
  readonly plan: AggregationPlan;
  readonly #carrier: Carrier;
  #disposed = false;

  private constructor(id: string, plan: AggregationPlan, carrier: Carrier) {
    this.id = id;
    this.plan = plan;
    this.#carrier = carrier;
  }

  /** Throws ParameterError for a bad id, WireError, KeyMismatchError or SecurityError for a bad public key. */
  static async create(
    engine: Engine,
    plan: AggregationPlan,
    { id, publicKey, ...seeds }: ParticipantOptions & SeedOptions,
  ): Promise<Participant> {
    return new Participant(checkName(id, "participant id"), plan, await openCarrier(engine, plan, publicKey, seeds));
  }

  /** The id of the public key, 32 bytes. */
  get keyId(): Uint8Array {
    return this.#carrier.keyId.slice();
  }

  /**
   * Encrypts one contribution: to be sent to the aggregator, once a round. Throws ParameterError for missing or unknown fields and
   * wrong lengths, EncodingError naming the field for NaN, infinities and values out of bounds.
   */
  async contribute(values: ContributionValues, options: ContributeOptions = {}): Promise<Uint8Array> {
    if (this.#disposed) {
      throw new LifetimeError({ what: "participant", expected: "a live one", got: "a disposed one", remedy: "create a new one" });
    }
    const { weight, round = DEFAULT_ROUND, signal, onProgress } = options;
    const meta = { participant: this.id, round: checkName(round, "round") };
    const checked = checkValues(this.plan.schema, values, weight);
    try {
      const payload = await this.#carrier.encrypt(checked, { signal, onProgress });
      try {
        const sections = await this.#carrier.export(payload, { signal });
        return encodeMessage("contribution", this.plan, this.#carrier.keyId, meta, sections);
      } finally {
        payload.dispose();
      }
    } finally {
      checked.wipe();
    }
  }

  /** Frees the key in the backend. The engine stays the caller's. */
  dispose(): void {
    if (!this.#disposed) this.#carrier.dispose();
    this.#disposed = true;
  }
}
