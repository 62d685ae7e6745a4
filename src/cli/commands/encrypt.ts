import { checkKeyFile, checkRows, InferenceCard, InferenceClient } from "../../host/inference/index.js";
import { readRows } from "../csv.js";
import { checkOutput, readInput, readText, writeOutput } from "../files.js";
import { type CommonOptions, withEngine } from "../session.js";

/** Options of `webhe encrypt`. */
export interface EncryptOptions extends CommonOptions {
  readonly card: string;
  readonly key: string;
  readonly input: string;
  readonly out: string;
}

export async function encrypt(options: EncryptOptions): Promise<void> {
  await checkOutput(options.out);
  const card = InferenceCard.fromJSON(await readText(options.card, "--card"));
  const key = await readInput(options.key, "--key");
  const { kind } = checkKeyFile(card, key, ["secretKey", "publicKey"]);
  const { rows, rowName } = readRows(await readText(options.input, "--input"), card.features, options.input);
  checkRows(card, rows, rowName);
  const request = await withEngine(options, "encrypting", async (engine, run) => {
    const keys = kind === "secretKey" ? { secretKey: key } : { publicKey: key };
    const client = await InferenceClient.create(engine, card, { keys });
    try {
      return await client.encrypt(rows, { ...run, rowName });
    } finally {
      client.dispose();
      key.fill(0);
      for (const row of rows) row.fill(0);
    }
  });
  await writeOutput(options.out, request);
}
