import { LinearModel, planInference } from "../../host/inference/index.js";
import { checkOutput, readText, writeOutput } from "../files.js";

/** Options of `webhe card`. */
export interface CardOptions {
  readonly model: string;
  readonly out: string;
  readonly scheme: "ckks" | "paillier";
  readonly batch?: number;
  readonly magnitude?: number;
  readonly keyBits?: number;
}

export async function card({ model, out, scheme, batch, magnitude, keyBits }: CardOptions): Promise<void> {
  await checkOutput(out);
  const plan = planInference(LinearModel.fromJSON(await readText(model, "--model")), { scheme, batch, magnitude, keyBits });
  await writeOutput(out, `${plan.card.toText()}\n`);
}
