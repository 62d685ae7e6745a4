/** The grammar of the command line, and exit codes: 0 done, 1 refused, 2 bad usage. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { WebheError } from "../errors.js";
import { bench, card, decrypt, doctor, encrypt, explain, inspect, keygen, predict } from "./commands/index.js";
import { packageVersion } from "./package.js";

const OK = 0;
const REFUSED = 1;
const USAGE = 2;

/** Runs one command line and returns its exit code. Writes data to standard output, and one line to standard error where it refuses. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync([...args], { from: "user" });
    return OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE;
    process.stderr.write(`webhe: ${messageOf(error)}\n`);
    return REFUSED;
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof WebheError || error instanceof Error ? error.message : String(error);
  const oneLine = text.replaceAll(/\s+/g, " ").trim();
  return error instanceof WebheError ? oneLine : `unexpected failure: ${oneLine}`;
}

function buildProgram(): Command {
  const program = new Command("webhe")
    .description("Encrypted inference with linear models: CKKS and Paillier, on the GPU or the CPU.")
    .version(packageVersion(), "--version")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .addOption(new Option("--backend <name>", "where to compute").choices(["auto", "webgpu", "wasm", "bigint"]).default("auto"))
      .option("--adapter <name>", "part of the name of the GPU adapter")
      .option(
        "--threads <n>",
        "threads of WebAssembly, 1 to 64; as many as the machine has, up to 16, unless said otherwise",
        integer,
      );

  command("doctor", "show adapters, limits, and the backend that would be used and why")
    .option("--json", "as JSON")
    .action(doctor);

  command("card", "plan a model and write its public card")
    .requiredOption("--model <file>", "linear-model/1 file")
    .requiredOption("--out <file>", "card to write")
    .addOption(new Option("--scheme <name>", "encryption scheme").choices(["ckks", "paillier"]).default("ckks"))
    .option("--batch <rows>", "rows that a request is expected to hold", integer)
    .option("--magnitude <x>", "largest value of a feature after standardisation", decimal)
    .option("--key-bits <bits>", "length of a Paillier key", integer)
    .action(card);

  command("keygen", "make secret.key, public.key and evaluation.key")
    .requiredOption("--card <file>", "card of the server")
    .requiredOption("--out <folder>", "folder for the keys; existing keys are never overwritten")
    .action(keygen);

  command("encrypt", "encrypt rows into a request")
    .requiredOption("--card <file>", "card of the server")
    .requiredOption("--key <file>", "secret.key (half the bytes with CKKS, less noise) or public.key")
    .requiredOption("--input <file>", "CSV with the card's features as columns")
    .requiredOption("--out <file>", "request to write")
    .action(encrypt);

  command("predict", "evaluate the model on a request, without any secret")
    .requiredOption("--model <file>", "linear-model/1 file")
    .requiredOption("--card <file>", "card made from it")
    .requiredOption("--key <file>", "evaluation.key of the client")
    .requiredOption("--input <file>", "request")
    .requiredOption("--out <file>", "response to write")
    .action(predict);

  command("decrypt", "decrypt a response into decisions, probabilities and predictions")
    .requiredOption("--card <file>", "card of the server")
    .requiredOption("--key <file>", "secret.key")
    .requiredOption("--input <file>", "response")
    .requiredOption("--out <file>", "CSV to write")
    .action(decrypt);

  command("explain", "say what a plan means: packing, depth, keys, bytes, precision, security")
    .argument("<file>", "a card, or a model with its default plan")
    .option("--json", "as JSON")
    .action(explain);

  command("inspect", "say what a file holds")
    .argument("<file>", "a key, request, response, card or model")
    .option("--json", "as JSON")
    .action(inspect);

  command("bench", "measure this machine; needs a clone with its development dependencies")
    .addOption(
      new Option("--suite <name>", "what to measure").choices(["kernels", "inference", "cpu", "growth"]).default("kernels"),
    )
    .option("--json <file>", "write the rows as JSON")
    .action(bench);

  return program;
}

function integer(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}

function decimal(text: string): number {
  if (!/^\d{1,30}(\.\d{1,30})?(e[+-]?\d{1,3})?$/i.test(text)) throw new InvalidArgumentError("Expected a number.");
  return Number(text);
}
