import { WireError } from "../../errors.js";
import { InferenceCard, InferencePlan, LinearModel, planInference } from "../../host/inference/index.js";
import { readText } from "../files.js";

/** Options of `webhe explain` and `webhe inspect`. */
export interface TellOptions {
  readonly json?: boolean;
}

export async function explain(file: string, { json }: TellOptions): Promise<void> {
  const text = await readText(file, "FILE");
  const { facts, text: words } = planOf(text, file).explain();
  process.stdout.write(json ? `${JSON.stringify(facts, null, 2)}\n` : `${words}\n`);
}

/** The plan of a card, or the default plan of a model. */
function planOf(text: string, file: string): InferencePlan {
  switch (formatOf(text)) {
    case "webhe-card/1":
      return new InferencePlan(InferenceCard.fromJSON(text));
    case "linear-model/1":
      return planInference(LinearModel.fromJSON(text));
    default:
      throw new WireError({
        what: file,
        expected: "a card (webhe-card/1) or a model (linear-model/1)",
        got: "something else",
        remedy: "use `webhe inspect` for keys, requests and responses",
      });
  }
}

/** The `format` that a JSON text names, or undefined. */
export function formatOf(text: string): string | undefined {
  try {
    const { format } = JSON.parse(text) as { format?: unknown };
    return typeof format === "string" ? format : undefined;
  } catch {
    return undefined;
  }
}
