/** Plans and parties that the tests of aggregation share. */
import type { Engine } from "../../../src/engine/index.js";
import {
  type AggregationPlan,
  type AggregationResult,
  AggregationSchema,
  Aggregator,
  type ContributionValues,
  KeyHolder,
  Participant,
  planAggregation,
} from "../../../src/host/aggregation/index.js";

export const schema = new AggregationSchema({
  fields: [
    { name: "load", kind: "mean", bounds: [-2, 10] },
    { name: "counts", kind: "sum", bounds: [0, 500], length: 6, precision: 1 },
  ],
  maximumParticipants: 8,
});

export const weighted = new AggregationSchema({
  fields: [
    { name: "model", kind: "mean", bounds: [-1, 1], length: 5, precision: 2 ** -20 },
    { name: "steps", kind: "sum", bounds: [0, 1000], precision: 1 },
  ],
  weight: { bounds: [0, 400], precision: 1 },
  maximumParticipants: 16,
});

/** The same schema under each scheme; short Paillier keys, which protect nothing. */
export const plans = (s: AggregationSchema): Record<"ckks" | "paillier", AggregationPlan> => ({
  ckks: planAggregation(s),
  paillier: planAggregation(s, { scheme: "paillier", keyBits: 512, unsafe: true }),
});

/** A contribution to {@link schema}. */
export const sample = (load = 1, count = 3): ContributionValues => ({ load, counts: [count, 0, 1, 2, 3, 500] });

/** The parties of a plan, each an object of its own that knows the others through bytes alone. */
export class Parties {
  private constructor(
    readonly engine: Engine,
    readonly plan: AggregationPlan,
    readonly holder: KeyHolder,
    readonly publicKey: Uint8Array,
  ) {}

  static async create(engine: Engine, plan: AggregationPlan): Promise<Parties> {
    const holder = await KeyHolder.create(engine, plan);
    return new Parties(engine, plan, holder, holder.publicKey);
  }

  participant(id: string): Promise<Participant> {
    return Participant.create(this.engine, this.plan, { id, publicKey: this.publicKey });
  }

  aggregator(round?: string): Promise<Aggregator> {
    return Aggregator.create(this.engine, this.plan, { publicKey: this.publicKey, round });
  }

  async contribution(id: string, values: ContributionValues, options?: { weight?: number; round?: string }): Promise<Uint8Array> {
    const participant = await this.participant(id);
    try {
      return await participant.contribute(values, options);
    } finally {
      participant.dispose();
    }
  }

  /** One whole round: all values in, the result out. */
  async round(name: string, all: readonly { values: ContributionValues; weight?: number }[]): Promise<AggregationResult> {
    const aggregator = await this.aggregator(name);
    try {
      for (const [i, { values, weight }] of all.entries()) {
        await aggregator.accept(await this.contribution(`p${i}`, values, { weight, round: name }));
      }
      return await this.holder.open(await aggregator.seal());
    } finally {
      aggregator.dispose();
    }
  }
}
