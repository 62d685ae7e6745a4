/**
 * A bank scores applicants whose data it never sees: encrypted features up, encrypted decisions down.
 * Run it with: npm run build && npx tsx examples/2-encrypted-linear-model.ts
 */
import { Engine } from "webhe";
import { InferenceClient, InferenceServer, LinearModel, planInference } from "webhe/inference";

// A model file as scikit-learn's attributes give it: coef_, intercept_, classes_ and the scaler's mean_ and scale_.
const model = LinearModel.fromJSON(
  JSON.stringify({
    format: "linear-model/1",
    type: "LogisticRegression",
    feature_names: ["income", "debt", "years employed", "late payments"],
    coef: [[1.31, -0.94, 0.55, -1.72]],
    intercept: [0.42],
    classes: ["decline", "approve"],
    scaler: { mean: [52_000, 14_000, 6.5, 1.1], scale: [21_000, 9_500, 5.2, 1.6] },
  }),
);
const plan = planInference(model, { scheme: "ckks", batch: 1024 });
console.log(plan.explain().text);

const engine = await Engine.create();
try {
  // The applicant's side knows the card (scaler, labels, parameters), and keeps its keys.
  const client = await InferenceClient.create(engine, plan.card);
  const applicants = [
    [61_000, 9_000, 8, 0],
    [33_000, 21_000, 2, 3],
    [48_000, 12_500, 5, 1],
  ];
  const request = await client.encrypt(applicants);

  // The bank's side knows the model, and computes on what it cannot open.
  const server = await InferenceServer.create(engine, model, plan);
  const response = await server.predict(request, client.evaluationKeys);

  const predictions = await client.decrypt(response);
  console.log(`\n${request.length} bytes up, ${response.length} bytes down`);
  for (const [i, { decision, prediction }] of predictions.entries()) {
    console.log(`applicant ${i + 1}: ${prediction} (decision ${decision[0].toFixed(4)})`);
  }

  client.dispose();
  server.dispose();
} finally {
  await engine.close();
}
