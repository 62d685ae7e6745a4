/** A scheme with a secret and with keys for circuits. */
import { Ckks, type CkksEvaluationKeys, type CkksParameters, type CkksSecretKey, type KeyPlan } from "../../../src/ckks/index.js";
import type { Engine } from "../../../src/engine/index.js";
import type { SlotValues } from "../../../src/kernels/interface.js";

export interface Parties {
  readonly ckks: Ckks;
  readonly secret: CkksSecretKey;
  readonly keys: CkksEvaluationKeys;
  encrypt(...vectors: SlotValues[]): ReturnType<Ckks["encrypt"]>;
}

/** One party that holds everything. Keys for what is named, and no others. */
export async function partiesOf(
  engine: Engine,
  parameters: CkksParameters,
  ...needs: { keyPlan(parameters: CkksParameters): KeyPlan }[]
): Promise<Parties> {
  const ckks = await Ckks.create(engine, parameters);
  const secret = await ckks.generateSecretKey();
  const plan = needs.map((need) => need.keyPlan(parameters)).reduce((a, b) => a.merge(b));
  const keys = await ckks.generateEvaluationKeys(secret, plan);
  return { ckks, secret, keys, encrypt: (...vectors) => ckks.encrypt(vectors, secret) };
}
