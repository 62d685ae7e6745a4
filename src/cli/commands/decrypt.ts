import { checkKeyFile, decodeMessage, InferenceCard, InferenceClient } from "../../host/inference/index.js";
import { writePredictions } from "../csv.js";
import { checkOutput, readInput, readText, writeOutput } from "../files.js";
import { type CommonOptions, withEngine } from "../session.js";

/** Options of `webhe decrypt`. */
export interface DecryptOptions extends CommonOptions {
  readonly card: string;
  readonly key: string;
  readonly input: string;
  readonly out: string;
}

export async function decrypt(options: DecryptOptions): Promise<void> {
  await checkOutput(options.out);
  const card = InferenceCard.fromJSON(await readText(options.card, "--card"));
  const secretKey = await readInput(options.key, "--key");
  const { keyId } = checkKeyFile(card, secretKey, ["secretKey"]);
  const response = await readInput(options.input, "--input");
  decodeMessage(card, "response", response, keyId);
  const predictions = await withEngine(options, "decrypting", async (engine, run) => {
    const client = await InferenceClient.create(engine, card, { keys: { secretKey } });
    try {
      return await client.decrypt(response, run);
    } finally {
      client.dispose();
      secretKey.fill(0);
    }
  });
  await writeOutput(options.out, writePredictions(predictions));
}
