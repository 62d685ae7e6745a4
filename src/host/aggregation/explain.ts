/** What a plan means, before anything is encrypted. */
import { ciphertextBytes as ckksBytes } from "../../ckks/index.js";
import { powerOfTwo } from "../../math/float64.js";
import { ciphertextBytes as paillierBytes } from "../../paillier/index.js";
import { PARTICIPANTS, WEIGHT } from "./columns.js";
import type { AggregationPlan } from "./plan.js";

/** Figures of a plan; plain data. */
export interface PlanFacts {
  readonly scheme: "ckks" | "paillier";
  /** Classical security in bits; 0 for Paillier keys too short to promise any. */
  readonly securityBits: number;
  readonly parameters: Readonly<Record<string, number>>;
  /** Numbers in one contribution, the count and the weight included. */
  readonly numbers: number;
  /** Ciphertexts in one contribution. */
  readonly ciphertexts: number;
  /** Bytes of these ciphertexts; the envelope adds less than 1 KiB. */
  readonly contributionBytes: number;
  readonly minimumParticipants: number;
  readonly maximumParticipants: number;
  /** Bits between the largest sum that the schema allows and the largest that the ciphertexts hold. */
  readonly headroomBits: number;
  readonly fields: readonly FieldFacts[];
}

/** A plan in words and as data. */
export interface Explanation {
  readonly facts: PlanFacts;
  /** Lines of text. */
  readonly text: string;
}

/** A field, the weight or the count under a plan. */
export interface FieldFacts {
  readonly name: string;
  readonly length: number;
  /** Paillier: values are rounded to multiples of this step, and sums of them are exact. */
  readonly step?: number;
  /** CKKS: a bound on the error of one contribution, and of the sum of the most participants. Weighted: relative to the largest weight. */
  readonly error?: { readonly single: number; readonly sum: number };
}

/** {@link AggregationPlan.explain}. */
export function explainPlan(plan: AggregationPlan): Explanation {
  const facts = factsOf(plan);
  return { facts, text: wordsOf(facts).join("\n") };
}

/** NIST SP 800-57 part 1, table 2; a length between two rows is worth the lower one. The next row begins at 7680 bits. */
function paillierSecurity(keyBits: number): number {
  if (keyBits >= 3072) return 128;
  return keyBits >= 2048 ? 112 : 0;
}

/** Bytes of the ciphertexts of one contribution, and of an aggregate. */
export function payloadBytes({ packing }: AggregationPlan): number {
  if (packing.scheme === "paillier") return packing.ciphertexts * paillierBytes(packing.keyBits);
  return ckksBytes(packing.parameters, { level: 0, batch: packing.ciphertexts, scaleDegree: 1, seeded: false });
}

function factsOf(plan: AggregationPlan): PlanFacts {
  const { packing, schema } = plan;
  const { minimumParticipants, maximumParticipants } = schema;
  const common = {
    numbers: plan.columns.reduce((sum, column) => sum + column.length, 0),
    ciphertexts: packing.ciphertexts,
    contributionBytes: payloadBytes(plan),
    minimumParticipants,
    maximumParticipants,
  };
  if (packing.scheme === "paillier") {
    return {
      scheme: "paillier",
      securityBits: paillierSecurity(packing.keyBits),
      parameters: { keyBits: packing.keyBits },
      ...common,
      headroomBits: 1,
      fields: plan.columns.map(({ name, length, step }) => ({ name, length, step: powerOfTwo(step) })),
    };
  }
  const { parameters, noise } = packing;
  return {
    scheme: "ckks",
    securityBits: parameters.security,
    parameters: { degree: parameters.degree, modulusBits: Math.round(parameters.logQ), scaleBits: parameters.scaleBits },
    ...common,
    headroomBits: Math.floor(Math.log2(parameters.maxMagnitude(0) / maximumParticipants)),
    fields: plan.columns
      .filter(({ name }) => name !== PARTICIPANTS)
      .map(({ name, length, unit }) => ({
        name,
        length,
        error: { single: noise(1) * powerOfTwo(unit), sum: noise(maximumParticipants) * powerOfTwo(unit) },
      })),
  };
}

function wordsOf(d: PlanFacts): string[] {
  const named = (name: string) => (name === PARTICIPANTS ? "the count" : name === WEIGHT ? "the weight" : `field '${name}'`);
  const vector = (length: number) => (length === 1 ? "" : ` (${length} numbers)`);
  return [
    `scheme       ${d.scheme}, ${Object.entries(d.parameters)
      .map(([key, value]) => `${key} ${value}`)
      .join(", ")}`,
    d.securityBits > 0
      ? `security     ${d.securityBits} bits (classical)`
      : "security     none: the key is too short to protect anything",
    `contribution ${d.numbers} numbers in ${d.ciphertexts} ${d.ciphertexts === 1 ? "ciphertext" : "ciphertexts"}, ${d.contributionBytes} bytes`,
    `aggregate    of ${d.minimumParticipants} to ${d.maximumParticipants} participants, as long as one contribution`,
    `head-room    ${d.headroomBits} ${d.headroomBits === 1 ? "bit" : "bits"} above the largest sum`,
    ...d.fields.map(({ name, length, step, error }) =>
      error === undefined
        ? `precision    ${named(name)}${vector(length)}: exact sums of multiples of ${step}`
        : `precision    ${named(name)}${vector(length)}: one value within ${error.single.toPrecision(2)}, the largest sum within ${error.sum.toPrecision(2)}`,
    ),
  ];
}
