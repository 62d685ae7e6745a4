/**
 * Encrypted aggregation: sums and means over participants, of which nobody shows its own values.
 *
 *     const schema = new AggregationSchema({ fields: [{ name: "load", kind: "mean", bounds: [0, 10] }] });
 *     const plan = planAggregation(schema, { scheme: "paillier" });     // all parties hold the same plan
 *     const holder = await KeyHolder.create(engine, plan);              // keys; holder.publicKey goes to everybody
 *     const participant = await Participant.create(engine, plan, { id: "home-17", publicKey });
 *     const contribution = await participant.contribute({ load: 3.2 }); // Uint8Array
 *     const aggregator = await Aggregator.create(engine, plan, { publicKey });
 *     await aggregator.accept(contribution);                            // of every participant
 *     const aggregate = await aggregator.seal();                        // Uint8Array
 *     const { values, participants } = await holder.open(aggregate);
 *
 * Three roles, three objects: participants encrypt, the aggregator adds and cannot decrypt, the key holder opens aggregates of
 * enough participants. Each role's class says what it learns and what it is trusted with.
 */

export type { RunOptions } from "../run.js";
export { Aggregator, type AggregatorOptions } from "./aggregator.js";
export type { Explanation, FieldFacts, PlanFacts } from "./explain.js";
export { KeyHolder, type KeyHolderOptions } from "./key-holder.js";
export { type ContributeOptions, Participant, type ParticipantOptions } from "./participant.js";
export { AggregationPlan, type PlanOptions, planAggregation } from "./plan.js";
export type { AggregationResult } from "./result.js";
export {
  type AggregationField,
  AggregationSchema,
  type AggregationSchemaInput,
  type AggregationWeight,
} from "./schema.js";
export type { ContributionValues } from "./values.js";
