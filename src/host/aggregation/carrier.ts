/** What the roles need of a scheme, so that none of them asks which one it is. */
import type { Engine } from "../../engine/index.js";
import { ParameterError, show } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import type { Section } from "../../wire/index.js";
import type { RunOptions } from "../run.js";
import { openCkks, openCkksKeys } from "./ckks-carrier.js";
import { openPaillier, openPaillierKeys } from "./paillier-carrier.js";
import { AggregationPlan } from "./plan.js";
import type { ColumnSums } from "./result.js";
import type { CheckedValues } from "./values.js";

/** The ciphertexts of one contribution, or of a sum of them. */
export interface Payload {
  dispose(): void;
}

/** Encrypts and adds under a public key. */
export interface Carrier<P extends Payload = Payload> {
  readonly keyId: Uint8Array;
  /** The tags of the sections that payloads take. */
  readonly tags: readonly string[];
  encrypt(values: CheckedValues, options: RunOptions): Promise<P>;
  /** Payloads that are no fresh encryptions are re-randomised first where the scheme can do that (Paillier). */
  export(payload: P, options: RunOptions): Promise<readonly Section[]>;
  /** Checks and loads hostile sections. Throws WireError or KeyMismatchError. */
  import(sections: ReadonlyMap<string, Uint8Array>, what: string): Promise<P>;
  /** The sum of at least two payloads: a new one, and the parts stay the caller's. */
  sum(parts: readonly P[]): P;
  dispose(): void;
}

/** The key owner's side. */
export interface KeyedCarrier<P extends Payload = Payload> extends Carrier<P> {
  /** A public key file. */
  readonly publicKey: Uint8Array;
  exportSecretKey(): Uint8Array;
  decrypt(payload: P, options: RunOptions): Promise<ColumnSums>;
}

/** Throws ParameterError for anything but a plan, such as the JSON of one. */
function checkPlan(plan: AggregationPlan): void {
  if (plan instanceof AggregationPlan) return;
  const remedy = "make one with planAggregation, or read it with AggregationPlan.fromJSON";
  throw new ParameterError({ what: "plan", expected: "an AggregationPlan", got: show(plan), remedy });
}

/** Opens the plan's scheme with a public key file. Throws WireError, KeyMismatchError or SecurityError. */
export async function openCarrier(
  engine: Engine,
  plan: AggregationPlan,
  publicKey: Uint8Array,
  options?: SeedOptions,
): Promise<Carrier> {
  checkPlan(plan);
  return plan.scheme === "ckks" ? openCkks(engine, plan, publicKey, options) : openPaillier(engine, plan, publicKey, options);
}

/** Opens the plan's scheme with a secret key file, or with a new key where none is given. */
export async function openKeyedCarrier(
  engine: Engine,
  plan: AggregationPlan,
  secretKey: Uint8Array | undefined,
  options: SeedOptions & RunOptions,
): Promise<KeyedCarrier> {
  checkPlan(plan);
  return plan.scheme === "ckks"
    ? openCkksKeys(engine, plan, secretKey, options)
    : openPaillierKeys(engine, plan, secretKey, options);
}
