import { WireError } from "../../errors.js";
import { InferenceCard, LinearModel } from "../../host/inference/index.js";
import { bytesToHex } from "../../math/bytes.js";
import { decodeContainer } from "../../wire/index.js";
import { readInput } from "../files.js";
import { formatOf, type TellOptions } from "./explain.js";

/** Names and values, in the order in which they are printed. */
type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export async function inspect(file: string, { json }: TellOptions): Promise<void> {
  const bytes = await readInput(file, "FILE");
  const facts = bytes[0] === 0x89 ? containerFacts(bytes, file) : textFacts(bytes, file);
  process.stdout.write(json ? `${JSON.stringify(facts, null, 2)}\n` : words(facts));
}

/** Only what is public is told: of secret sections, the length. */
function containerFacts(bytes: Uint8Array, file: string): Facts {
  const container = decodeContainer(bytes, { what: file, maxBytes: bytes.length });
  const meta = [...container.sections].filter(([tag]) => tag.endsWith("META") || tag.endsWith("MT"));
  return {
    kind: container.kind,
    "format version": container.version,
    bytes: bytes.length,
    "parameter hash": bytesToHex(container.parameterHash),
    "key id": container.keyId === undefined ? "none" : bytesToHex(container.keyId),
    sections: [...container.sections].map(([tag, section]) => `${tag} (${section.length} bytes)`),
    ...Object.fromEntries(meta.map(([tag, section]) => [tag, printable(section)])),
    checksum: "right",
  };
}

function textFacts(bytes: Uint8Array, file: string): Facts {
  const text = new TextDecoder().decode(bytes);
  switch (formatOf(text)) {
    case "webhe-card/1": {
      const card = InferenceCard.fromJSON(text);
      const { model, batch, scheme, link } = card.content;
      const classes = card.classes.map(String);
      return {
        kind: "card",
        hash: card.id,
        model,
        link,
        scheme: scheme.name,
        features: card.features.length,
        outputs: card.outputs,
        classes,
        batch,
      };
    }
    case "linear-model/1": {
      const model = LinearModel.fromJSON(text);
      const { type, link, features, outputs } = model;
      return {
        kind: "model",
        type,
        link,
        features: features.length,
        outputs,
        classes: model.classes.map(String),
        scaler: model.scaler !== undefined,
      };
    }
    default: {
      const remedy = "check that this is the right file";
      throw new WireError({ what: file, expected: "a webhe file, a card or a model", got: "something else", remedy });
    }
  }
}

/** Metadata comes from outside: control characters never reach the terminal. */
function printable(section: Uint8Array): string {
  return new TextDecoder().decode(section.subarray(0, 1000)).replaceAll(/[^\x20-\x7e]/g, "?");
}

function words(facts: Facts): string {
  const lines = Object.entries(facts).map(([name, value]) => {
    const text = typeof value === "object" ? value.join(", ") : String(value);
    return `${name.padEnd(15)} ${text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, "?") || "none"}`;
  });
  return `${lines.join("\n")}\n`;
}
