import {
  checkKeyFile,
  checkModel,
  decodeMessage,
  InferenceCard,
  InferencePlan,
  InferenceServer,
  LinearModel,
} from "../../host/inference/index.js";
import { checkOutput, readInput, readText, writeOutput } from "../files.js";
import { type CommonOptions, withEngine } from "../session.js";

/** Options of `webhe predict`. */
export interface PredictOptions extends CommonOptions {
  readonly model: string;
  readonly card: string;
  readonly key: string;
  readonly input: string;
  readonly out: string;
}

export async function predict(options: PredictOptions): Promise<void> {
  await checkOutput(options.out);
  const model = LinearModel.fromJSON(await readText(options.model, "--model"));
  const card = InferenceCard.fromJSON(await readText(options.card, "--card"));
  checkModel(model, card);
  const key = await readInput(options.key, "--key");
  const { keyId } = checkKeyFile(card, key, ["evaluationKey"]);
  const request = await readInput(options.input, "--input");
  decodeMessage(card, "request", request, keyId);
  const response = await withEngine(options, "predicting", async (engine, run) => {
    const server = await InferenceServer.create(engine, model, new InferencePlan(card));
    try {
      return await server.predict(request, key, run);
    } finally {
      server.dispose();
    }
  });
  await writeOutput(options.out, response);
}
