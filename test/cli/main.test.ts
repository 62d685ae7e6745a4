/** The command as a process, from the built package: what a shell sees. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtFolder, projectRoot } from "../support/built.js";
import { compareWithExpected } from "../support/inference.js";

const folder = mkdtempSync(join(tmpdir(), "webhe-cli-"));
const at = (name: string) => join(folder, name);
const data = (name: string) => join(projectRoot, "data", name);
const WASM = ["--backend", "wasm"];

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const webhe = (...args: readonly string[]) => node([], args);

/** Runs the command under flags of Node's. */
function node(flags: readonly string[], args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, join(builtFolder(), "cli.js"), ...args], { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** Exit 1, exactly one line on standard error, nothing on standard output, and no file left behind. */
async function refuses(message: RegExp, ...args: readonly string[]): Promise<void> {
  const before = readdirSync(folder, { recursive: true }).sort();
  const { code, out, err } = await webhe(...args);
  expect(err).toMatch(message);
  expect(err).toMatch(/^webhe: [^\n]+: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
}

async function works(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await webhe(...args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
}

const files = {
  card: at("card.json"),
  secret: at("keys/secret.key"),
  public: at("keys/public.key"),
  evaluation: at("keys/evaluation.key"),
  request: at("x.whe"),
  response: at("y.whe"),
  result: at("y.csv"),
};
const model = data("breast-cancer.model.json");
const input = data("breast-cancer.csv");
const encryptWith = (...change: string[]) =>
  options("encrypt", { "--card": files.card, "--key": files.public, "--input": input, "--out": at("other.whe") }, change);
const predictWith = (...change: string[]) =>
  options(
    "predict",
    { "--model": model, "--card": files.card, "--key": files.evaluation, "--input": files.request, "--out": at("other.whe") },
    change,
  );
const decryptWith = (...change: string[]) =>
  options(
    "decrypt",
    { "--card": files.card, "--key": files.secret, "--input": files.response, "--out": at("other.csv") },
    change,
  );

/** A command line, with some of its options replaced. */
function options(command: string, defaults: Record<string, string>, change: readonly string[]): string[] {
  const all = { ...defaults };
  for (let i = 0; i < change.length; i += 2) all[change[i]!] = change[i + 1]!;
  return [command, ...Object.entries(all).flat(), ...WASM];
}

beforeAll(async () => {
  expect(await works("card", "--model", model, "--out", files.card)).toBe("");
  expect(await works("keygen", "--card", files.card, "--out", at("keys"), ...WASM)).toBe("");
  expect(await works(...encryptWith("--out", files.request))).toBe("");
  expect(await works(...predictWith("--out", files.response))).toBe("");
  expect(await works(...decryptWith("--out", files.result))).toBe("");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Works in an environment that has no GPU driver. */
async function withoutGpu(work: () => Promise<void>): Promise<void> {
  const { VK_DRIVER_FILES } = process.env;
  process.env.VK_DRIVER_FILES = at("no-driver.json");
  try {
    await work();
  } finally {
    if (VK_DRIVER_FILES === undefined) delete process.env.VK_DRIVER_FILES;
    else process.env.VK_DRIVER_FILES = VK_DRIVER_FILES;
  }
}

/** The predictions in a CSV. */
function predictions(path: string) {
  const [head, ...lines] = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const decisions = head!.flatMap((name, i) => (name.startsWith("decision_") ? [i] : []));
  return {
    head,
    rows: lines.map((cells) => ({
      decision: decisions.map((i) => Number(cells[i])),
      probability: [],
      prediction: cells[head!.indexOf("prediction")]!,
    })),
  };
}

describe("webhe", () => {
  it("carries rows from one machine to another and back, to scikit-learn's labels", () => {
    const { head, rows } = predictions(files.result);
    expect(head).toEqual(["decision_0", "probability_0", "probability_1", "prediction"]);
    const { worst, labels, rows: expected } = compareWithExpected("breast-cancer", rows);
    expect(labels).toBe(expected);
    expect(worst).toBeLessThanOrEqual(1e-3);
  });

  it("encrypts to half the bytes with the secret key, and replaces an older output", async () => {
    writeFileSync(at("half.whe"), "old");
    await works(...encryptWith("--key", files.secret, "--out", at("half.whe")));
    expect(statSync(at("half.whe")).size / statSync(files.request).size).toBeCloseTo(0.5, 2);
    await works(...predictWith("--input", at("half.whe"), "--out", at("half.response")));
    await works(...decryptWith("--input", at("half.response"), "--out", at("half.csv")));
    const { worst, labels } = compareWithExpected("breast-cancer", predictions(at("half.csv")).rows);
    expect([labels, worst < 1e-3]).toEqual([228, true]);
  });

  it("serves Paillier with the same commands and nine digits", async () => {
    const [card, keys] = [at("paillier.json"), at("paillier")];
    await works("card", "--model", model, "--out", card, "--scheme", "paillier", "--key-bits", "2048");
    await works("keygen", "--card", card, "--out", keys, ...WASM);
    expect(readdirSync(keys).sort()).toEqual(["evaluation.key", "public.key", "secret.key"]);
    const few = at("few.csv");
    writeFileSync(few, readFileSync(input, "utf8").split("\n").slice(0, 21).join("\n"));
    await works(...encryptWith("--card", card, "--key", join(keys, "public.key"), "--input", few, "--out", at("p.x")));
    await works(...predictWith("--card", card, "--key", join(keys, "evaluation.key"), "--input", at("p.x"), "--out", at("p.y")));
    await works(...decryptWith("--card", card, "--key", join(keys, "secret.key"), "--input", at("p.y"), "--out", at("p.csv")));
    const { rows } = predictions(at("p.csv"));
    const { worst, labels } = compareWithExpected("breast-cancer", rows);
    expect([rows.length, labels, worst < 1e-9]).toEqual([20, 20, true]);
    await refuses(/parameter hash/, ...encryptWith("--card", card));
  });

  it.each(["webgpu", "bigint"])("gives the same response on %s, byte for byte, and ends", async (backend) => {
    const { code } = await webhe(...predictWith("--out", at("other.response")).slice(0, -1), backend);
    expect(code).toBe(0);
    expect(readFileSync(at("other.response")).equals(readFileSync(files.response))).toBe(true);
  });

  it("gives the same response on one thread", async () => {
    await works(...predictWith("--out", at("one.whe")), "--threads", "1");
    expect(readFileSync(at("one.whe")).equals(readFileSync(files.response))).toBe(true);
  });

  it("keeps secret.key to its owner and never overwrites keys", async () => {
    expect(statSync(files.secret).mode & 0o777).toBe(0o600);
    const old = readFileSync(files.secret);
    await refuses(/a file that exists/, "keygen", "--card", files.card, "--out", at("keys"), ...WASM);
    expect(readFileSync(files.secret)).toEqual(old);
  });

  it("makes the same card again from the same model and options", async () => {
    await works("card", "--model", model, "--out", at("again.json"));
    expect(readFileSync(at("again.json"))).toEqual(readFileSync(files.card));
  });

  it("explains plans, in words and as JSON", async () => {
    const words = await works("explain", files.card);
    for (const word of ["packing", "depth", "keys", "up", "down", "precision", "security"])
      expect(words).toMatch(new RegExp(`^${word} `, "m"));
    const facts = JSON.parse(await works("explain", files.card, "--json"));
    expect(facts).toMatchObject({ scheme: "ckks", slots: 2048, features: 30, depth: 1, rotations: 0 });
    expect(await works("explain", model)).toBe(words);
    await refuses(/expected a card/, "explain", input);
  });

  it("inspects files without telling secrets", async () => {
    const kind = async (file: string) => JSON.parse(await works("inspect", file, "--json")).kind as string;
    expect(await Promise.all([files.card, model, files.secret, files.public].map(kind))).toEqual([
      "card",
      "model",
      "secretKey",
      "publicKey",
    ]);
    expect(await Promise.all([files.evaluation, files.request, files.response].map(kind))).toEqual([
      "evaluationKey",
      "request",
      "response",
    ]);
    const text = await works("inspect", files.secret);
    expect(text).toMatch(/^key id +[0-9a-f]{64}$/m);
    expect(text).toContain("SEED (32 bytes)");
    const seed = readFileSync(files.secret).subarray(-64, -32).toString("hex");
    expect(text).not.toContain(seed);
    await refuses(/got something else/, "inspect", input);
  });

  it("tells what the machine can do", async () => {
    const report = JSON.parse(await works("doctor", "--json", ...WASM));
    expect(report.engine).toMatchObject({ backend: "wasm", reason: "asked for by name" });
    expect(report.wasm).toMatchObject({ threads: report.engine.threads, limits: report.engine.limits });
    const words = await works("doctor", "--threads", "2");
    expect(words).toMatch(/^backend +\w+, adapter /m);
    expect(words).toMatch(/^WebAssembly 2 threads; up to \d+ MiB of memory$/m);
    expect(words).toMatch(/^because +/m);
  });

  it("tells that WebAssembly cannot run, and goes on without it", async () => {
    const { code, out } = await node(["--no-expose-wasm"], ["doctor", "--json", "--backend", "auto"]);
    const { engine, wasm } = JSON.parse(out);
    expect({ code, threads: wasm.threads }).toEqual({ code: 0, threads: null });
    expect(wasm.outcome).toMatch(/^backend wasm: expected/);
    expect(["bigint", "webgpu"]).toContain(engine.backend);
  });

  it("uses exit code 2 for bad usage, and says so on standard error alone", async () => {
    for (const args of [
      [],
      ["frobnicate"],
      ["encrypt"],
      ["card", "--model", model],
      ["encrypt", "--frob"],
      ["doctor", "--backend", "cuda"],
      ["doctor", "--threads", "many"],
    ]) {
      const { code, out, err } = await webhe(...args);
      expect({ args, code, out }).toEqual({ args, code: 2, out: "" });
      expect(err).not.toBe("");
    }
    for (const args of [
      ["--scheme", "bfv"],
      ["--batch", "many"],
      ["--magnitude", "NaN"],
    ]) {
      const { code } = await webhe("card", "--model", model, "--out", at("no.json"), ...args);
      expect({ args, code }).toEqual({ args, code: 2 });
    }
    expect(existsSync(at("no.json"))).toBe(false);
  });

  it("has help and a version, with exit code 0", async () => {
    expect(await works("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await works("--help")).toMatch(/^ {2}encrypt /m);
    expect(await works("encrypt", "--help")).toContain("--backend <name>");
  });
});

describe("webhe refuses, in one line and with nothing written,", () => {
  it("missing files and folders", async () => {
    await refuses(
      /--model "nope": expected a readable file, got no such file/,
      "card",
      "--model",
      "nope",
      "--out",
      at("no.json"),
    );
    await refuses(/--card/, ...encryptWith("--card", "nope"));
    await refuses(/--key/, ...encryptWith("--key", "nope"));
    await refuses(/--input/, ...encryptWith("--input", "nope"));
    await refuses(/--input .*got a folder/, ...encryptWith("--input", folder));
    await refuses(/--out .*no such folder/, ...encryptWith("--out", at("none/x.whe")));
    await refuses(/--out .*a folder/, ...encryptWith("--out", at("keys")));
    await refuses(/--card/, "keygen", "--card", "nope", "--out", at("new"), ...WASM);
  });

  it.each([
    ["an empty cell", 3, "", /line 3, column 'mean_texture': expected a finite number, got an empty cell/],
    ["NaN", 4, "NaN", /line 4, column 'mean_texture': expected a finite number, got "NaN"/],
    ["an infinite number", 5, "1e999", /line 5, column 'mean_texture'/],
    ["words", 2, "twelve", /line 2, column 'mean_texture'/],
    ["hexadecimal numbers", 2, "0x10", /line 2, column 'mean_texture'/],
    ["a value out of range", 6, "1e6", /line 6, column 'mean_texture': expected a magnitude of at most 64 after standardisation/],
  ])("a CSV with %s", async (_, line, cell, message) => {
    const lines = readFileSync(input, "utf8").split("\n");
    const cells = lines[line - 1]!.split(",");
    cells[1] = cell;
    lines[line - 1] = cells.join(",");
    writeFileSync(at("bad.csv"), lines.join("\n"));
    await refuses(message, ...encryptWith("--input", at("bad.csv")));
  });

  it.each([
    ["without rows", (lines: string[]) => lines.slice(0, 1), /expected at least one row/],
    ["without anything", () => [], /empty file/],
    [
      "without a column",
      (lines: string[]) => lines.map((l) => l.replace(/,[^,]*$/, "")),
      /expected a column "worst_fractal_dimension"/,
    ],
    ["with a column more", (lines: string[]) => lines.map((l, i) => (i === 0 ? `${l},truth` : `${l},1`)), /a column "truth"/],
    ["with a column twice", (lines: string[]) => lines.map((l) => `${l},${l.split(",")[0]}`), /"mean_radius" twice/],
    ["with a short line", (lines: string[]) => [...lines, "1,2,3"], /line \d+: expected CSV/],
    ["with bytes that are no text", () => ["\u0000\ud800"], /header|UTF-8/],
  ])("a CSV %s", async (_, change, message) => {
    const lines = readFileSync(input, "utf8").trim().split("\n");
    writeFileSync(at("bad.csv"), change(lines).join("\n"));
    await refuses(message, ...encryptWith("--input", at("bad.csv")));
  });

  it("files that are cut off, altered or swapped", async () => {
    const bytes = readFileSync(files.request);
    writeFileSync(at("bad.whe"), bytes.subarray(0, bytes.length - 5));
    await refuses(/cut off/, ...predictWith("--input", at("bad.whe")));
    const altered = Buffer.from(bytes);
    altered[bytes.length >> 1]! ^= 1;
    writeFileSync(at("bad.whe"), altered);
    await refuses(/checksum/, ...predictWith("--input", at("bad.whe")));
    await refuses(/request, kind: expected request, got response/, ...predictWith("--input", files.response));
    await refuses(/response, kind: expected response, got request/, ...decryptWith("--input", files.request));
    await refuses(/evaluation key, kind: expected evaluationKey, got secretKey/, ...predictWith("--key", files.secret));
    await refuses(/secret key, kind: expected secretKey, got publicKey/, ...decryptWith("--key", files.public));
    await refuses(/key, kind: expected secretKey or publicKey, got evaluationKey/, ...encryptWith("--key", files.evaluation));
    await refuses(/magic/, ...predictWith("--input", model));
    await refuses(/model, field 'format': expected linear-model\/1, got "webhe-card\/1"/, ...predictWith("--model", files.card));
    await refuses(/card, field 'format': expected webhe-card\/1, got "linear-model\/1"/, ...encryptWith("--card", model));
    await refuses(/card in JSON|webhe-card\/1 in JSON/, ...encryptWith("--card", input));
  });

  it("files of another card, another model or another key", async () => {
    const other = data("diabetes.model.json");
    await works("card", "--model", other, "--out", at("diabetes.json"));
    await refuses(/card: expected .* which this model gives/, ...predictWith("--model", other));
    await refuses(/request, card/, ...predictWith("--model", other, "--card", at("diabetes.json")));
    await works("keygen", "--card", files.card, "--out", at("other-keys"), ...WASM);
    await refuses(/request, key id/, ...predictWith("--key", at("other-keys/evaluation.key")));
    await refuses(/response, key id/, ...decryptWith("--key", at("other-keys/secret.key")));
    await works("card", "--model", model, "--out", at("large.json"), "--batch", "4096");
    await refuses(/parameter hash/, ...encryptWith("--card", at("large.json")));
  });

  it("models and options that no parameters serve", async () => {
    const text = readFileSync(model, "utf8");
    writeFileSync(at("bad.json"), text.replace("LogisticRegression", "RandomForest"));
    await refuses(/field 'type'.*RandomForest/, "card", "--model", at("bad.json"), "--out", at("no.json"));
    writeFileSync(at("bad.json"), text.replace(/"coef": \[\s*\[\s*[^,]+,/, '"coef": [['));
    await refuses(/coef\.0/, "card", "--model", at("bad.json"), "--out", at("no.json"));
    await refuses(/key length/, "card", "--model", model, "--out", at("no.json"), "--scheme", "paillier", "--key-bits", "1024");
    await refuses(/batch/, "card", "--model", model, "--out", at("no.json"), "--batch", "0");
  });

  it("bad inputs before an engine opens: this one would not", async () => {
    writeFileSync(at("bad.whe"), "nothing");
    writeFileSync(at("bad.csv"), readFileSync(input, "utf8").replace(/^[\d.]+,/m, "1e9,"));
    const bad = ["--input", at("bad.whe")];
    await withoutGpu(async () => {
      for (const line of [predictWith(...bad), decryptWith(...bad)]) await refuses(/magic/, ...line.slice(0, -1), "webgpu");
      await refuses(/a magnitude of at most 64/, ...encryptWith("--input", at("bad.csv")).slice(0, -1), "webgpu");
    });
  });

  it("a backend that is not there", async () => {
    // Dawn and the Vulkan loader have something to say here, and must not.
    await withoutGpu(() => refuses(/backend webgpu/, ...encryptWith().slice(0, -1), "webgpu"));
    const { code, out, err } = await node(["--no-expose-wasm"], encryptWith());
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^webhe: backend wasm: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
  });

  it("threads beside a backend that has none, and too many of them", async () => {
    await refuses(/threads: expected backend "wasm" or "auto"/, ...encryptWith("--threads", "2").slice(0, -1), "bigint");
    await refuses(/threads: expected a whole number from 1 to 64/, ...encryptWith("--threads", "0"));
  });
});
