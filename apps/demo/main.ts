/** The demo page: the whole circuit on one of three data sets, with what each step took and what would have travelled. */
import { Engine, WebheError } from "webhe";
import { InferenceClient, InferenceServer, LinearModel, planInference } from "webhe/inference";
import { dataSet } from "./data.js";

type BackendChoice = "auto" | "webgpu" | "wasm" | "bigint";

const element = <T extends Element>(selector: string) => document.querySelector<T>(selector)!;
const form = element<HTMLFormElement>("#form");
const state = element<HTMLParagraphElement>("#state");
const result = element<HTMLTableElement>("#result");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const choice = new FormData(form);
  const button = element<HTMLButtonElement>("button");
  button.disabled = true;
  result.hidden = true;
  try {
    show(await predict(String(choice.get("data")), choice.get("backend") as BackendChoice));
    state.textContent = "Done.";
  } catch (error) {
    if (!(error instanceof WebheError)) throw error;
    state.textContent = error.message;
  } finally {
    button.disabled = false;
  }
});

/** Runs the circuit; facts by name, in order. */
async function predict(name: string, backend: BackendChoice): Promise<Record<string, string>> {
  const { model: text, rows, expected } = dataSet(name);
  const engine = await Engine.create({ backend });
  try {
    const model = LinearModel.fromJSON(text);
    const plan = planInference(model, { scheme: "ckks", batch: rows.length });
    const client = await timed("Making keys", () => InferenceClient.create(engine, plan.card));
    const server = await InferenceServer.create(engine, model, plan);
    const request = await timed("Encrypting", () => client.value.encrypt(rows));
    const response = await timed("Predicting", () => server.predict(request.value, client.value.evaluationKeys));
    const predictions = await timed("Decrypting", () => client.value.decrypt(response.value));
    client.value.dispose();
    server.dispose();
    const same = predictions.value.filter(({ prediction }, i) => agrees(prediction, expected[i]!)).length;
    const { backend: used, adapter, threads, reason, note } = engine.describe();
    return {
      "Equal to scikit-learn": `${same}/${rows.length}`,
      Backend: `${used}, adapter ${adapter}, ${threads === 1 ? "1 thread" : `${threads} threads`}: ${reason}`,
      ...(note === undefined ? {} : { Note: note }),
      Keys: client.time,
      "Encryption (client)": `${request.time}, ${bytes(request.value)} up`,
      "Prediction (server)": `${response.time}, ${bytes(response.value)} down`,
      "Decryption (client)": predictions.time,
    };
  } finally {
    await engine.close();
  }
}

/** A label is equal as text; a number predicted by a regression within a thousandth. */
function agrees(prediction: unknown, expected: string): boolean {
  if (typeof prediction !== "number" || Number.isInteger(prediction)) return String(prediction) === expected;
  return Math.abs(prediction - Number(expected)) <= 1e-3 * Math.max(1, Math.abs(Number(expected)));
}

async function timed<T>(label: string, work: () => Promise<T>): Promise<{ readonly value: T; readonly time: string }> {
  state.textContent = `${label} ...`;
  await new Promise((resolve) => setTimeout(resolve, 0));
  const start = performance.now();
  const value = await work();
  return { value, time: `${(performance.now() - start).toFixed(0)} ms` };
}

const bytes = (data: Uint8Array): string => `${(data.length / 1024).toFixed(0)} KiB`;

function show(facts: Record<string, string>): void {
  const lines = Object.entries(facts).map(([name, fact]) => {
    const line = document.createElement("tr");
    const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
    line.append(head, Object.assign(document.createElement("td"), { textContent: fact }));
    return line;
  });
  element<HTMLElement>("#result tbody").replaceChildren(...lines);
  result.hidden = false;
}
