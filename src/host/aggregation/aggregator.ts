/** The aggregator: adds contributions that it cannot open. */
import type { Engine } from "../../engine/index.js";
import { KeyMismatchError, LifetimeError, LimitError, ParameterError, SecurityError, show } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import type { RunOptions } from "../run.js";
import { type Carrier, openCarrier, type Payload } from "./carrier.js";
import { checkName, decodeMessage, encodeMessage } from "./containers.js";
import { DEFAULT_ROUND } from "./participant.js";
import type { AggregationPlan } from "./plan.js";

/** What {@link Aggregator.create} takes. */
export interface AggregatorOptions {
  /** The key holder's public key file. */
  readonly publicKey: Uint8Array;
  /** The round that is aggregated; `"1"` unless said. Contributions to other rounds are refused. */
  readonly round?: string;
}

/** Ciphertexts that wait to be added at once: enough to fill a GPU, little memory. */
const CIPHERTEXTS_AT_ONCE = 256;

/**
 * Adds the contributions of one round. It learns who contributed and when, and nothing of the values, the weights or the sums.
 *
 * What it is trusted with: to include every contribution once, and not to work together with the key holder. It cannot be kept
 * from leaving contributions out or from encrypting some of its own; who a contribution comes from is for the transport to
 * establish (the id inside is a claim).
 */
export class Aggregator {
  readonly plan: AggregationPlan;
  readonly round: string;
  readonly #engine: Engine;
  readonly #carrier: Carrier;
  readonly #participants = new Set<string>();
  #sum: Payload | undefined;
  #pending: Payload[] = [];
  #arriving = 0;
  #work: Promise<void> = Promise.resolve();
  #sealed: Promise<Uint8Array> | undefined;
  #disposed = false;

  private constructor(engine: Engine, plan: AggregationPlan, carrier: Carrier, round: string) {
    this.plan = plan;
    this.round = round;
    this.#engine = engine;
    this.#carrier = carrier;
  }

  /** Throws ParameterError for a bad round name, WireError, KeyMismatchError or SecurityError for a bad public key. */
  static async create(
    engine: Engine,
    plan: AggregationPlan,
    { publicKey, round = DEFAULT_ROUND, ...seeds }: AggregatorOptions & SeedOptions,
  ): Promise<Aggregator> {
    checkName(round, "round");
    return new Aggregator(engine, plan, await openCarrier(engine, plan, publicKey, seeds), round);
  }

  /** How many contributions have been accepted. */
  get participants(): number {
    return this.#participants.size - this.#arriving;
  }

  /**
   * Checks a contribution and adds it; resolves to the id that it claims. The bytes are hostile until checked and may be reused
   * afterwards. Throws WireError or LimitError for anything malformed, KeyMismatchError for another plan, key or round,
   * ParameterError for a second contribution under one id, LimitError beyond the largest number of participants, LifetimeError
   * once the round is sealed. A refused contribution leaves the sum as it was.
   */
  async accept(contribution: Uint8Array): Promise<string> {
    this.#requireOpen();
    const { keyId, tags } = this.#carrier;
    const { meta, sections } = decodeMessage("contribution", this.plan, keyId, tags, contribution);
    const { participant, round } = meta;
    if (round !== this.round) {
      throw new KeyMismatchError({
        what: "contribution, round",
        expected: show(this.round),
        got: show(round),
        remedy: "send it to the aggregator of its own round",
      });
    }
    this.#requirePlace(participant);
    // The place is taken before anything is awaited: of two contributions under one id, the first one counts.
    this.#participants.add(participant);
    this.#arriving++;
    try {
      const payload = await this.#carrier.import(sections, "contribution");
      if (this.#disposed) {
        payload.dispose();
        this.#requireOpen();
      }
      this.#pending.push(payload);
    } catch (error) {
      this.#participants.delete(participant);
      throw error;
    } finally {
      this.#arriving--;
    }
    if (this.#pending.length * this.plan.packing.ciphertexts >= CIPHERTEXTS_AT_ONCE) {
      this.#fold();
      this.#work = this.#work.then(() => this.#engine.kernels.flush());
      await this.#work;
    }
    return participant;
  }

  /**
   * Ends the round and returns the aggregate, for the key holder: as long as one contribution, re-randomised with Paillier.
   * Calling it again returns the same bytes. Throws SecurityError below the schema's minimum of participants, and LifetimeError
   * while a contribution is still being accepted; the round stays open then.
   */
  async seal(options: RunOptions = {}): Promise<Uint8Array> {
    if (this.#sealed === undefined) {
      this.#requireOpen();
      const participants = this.#requireEnough();
      this.#fold();
      // Set before anything is awaited, so that nothing is accepted any more; a failure opens the round again.
      this.#sealed = this.#export(participants, options);
      this.#sealed.catch(() => {
        this.#sealed = undefined;
      });
    }
    return (await this.#sealed).slice();
  }

  /** Frees the sum and the key in the backend. The engine stays the caller's. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const payload of this.#pending) payload.dispose();
    this.#pending = [];
    this.#sum?.dispose();
    this.#sum = undefined;
    this.#carrier.dispose();
  }

  /** Adds what is pending to the sum. */
  #fold(): void {
    const parts = this.#sum === undefined ? this.#pending : [this.#sum, ...this.#pending];
    if (parts.length < 2) return;
    this.#sum = this.#carrier.sum(parts);
    for (const part of parts) part.dispose();
    this.#pending = [];
  }

  async #export(participants: number, options: RunOptions): Promise<Uint8Array> {
    const sections = await this.#carrier.export(this.#sum!, options);
    return encodeMessage("aggregate", this.plan, this.#carrier.keyId, { participants, round: this.round }, sections);
  }

  /** The number of participants, where it suffices and none is under way. */
  #requireEnough(): number {
    const { minimumParticipants } = this.plan.schema;
    if (this.#arriving > 0) {
      throw new LifetimeError({
        what: "round",
        expected: "no contribution under way",
        got: `${this.#arriving}`,
        remedy: "await every accept() before seal()",
      });
    }
    const participants = this.#participants.size;
    if (participants < minimumParticipants) {
      throw new SecurityError({
        what: "participants in the round",
        expected: `at least ${minimumParticipants}`,
        got: `${participants}`,
        remedy: "wait for more contributions",
      });
    }
    return participants;
  }

  #requirePlace(participant: string): void {
    if (this.#participants.has(participant)) {
      throw new ParameterError({
        what: "contribution, participant",
        expected: "one contribution a round",
        got: `a second one of ${show(participant)}`,
        remedy: "ignore it, or start another round",
      });
    }
    const { maximumParticipants } = this.plan.schema;
    if (this.#participants.size >= maximumParticipants) {
      throw new LimitError({
        what: "participants in the round",
        expected: `at most ${maximumParticipants}`,
        got: "one more",
        remedy: "start another round, or agree on a schema with a larger maximum",
      });
    }
  }

  #requireOpen(): void {
    if (this.#disposed || this.#sealed !== undefined) {
      throw new LifetimeError({
        what: "round",
        expected: "an open round",
        got: this.#disposed ? "a disposed one" : "a sealed one",
        remedy: "create another aggregator, for another round",
      });
    }
  }
}
