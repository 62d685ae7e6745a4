import { InferenceCard, InferenceClient } from "../../host/inference/index.js";
import { checkAbsent, readText, writeNewFiles } from "../files.js";
import { type CommonOptions, withEngine } from "../session.js";

/** Options of `webhe keygen`. */
export interface KeygenOptions extends CommonOptions {
  readonly card: string;
  readonly out: string;
}

const NAMES = { secretKey: "secret.key", publicKey: "public.key", evaluationKey: "evaluation.key" } as const;

export async function keygen(options: KeygenOptions): Promise<void> {
  const card = InferenceCard.fromJSON(await readText(options.card, "--card"));
  await checkAbsent(options.out, Object.values(NAMES));
  await withEngine(options, "making keys", async (engine) => {
    const client = await InferenceClient.create(engine, card);
    try {
      const { secretKey, publicKey, evaluationKey } = await client.exportKeys();
      await writeNewFiles(options.out, [
        { name: NAMES.secretKey, data: secretKey, mode: 0o600 },
        { name: NAMES.publicKey, data: publicKey, mode: 0o644 },
        { name: NAMES.evaluationKey, data: evaluationKey, mode: 0o644 },
      ]);
      secretKey.fill(0);
    } finally {
      client.dispose();
    }
  });
}
