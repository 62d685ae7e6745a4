/**
 * Encrypted inference with linear models. Three roles, three objects: the model's owner plans and publishes a card; a client
 * encrypts rows and decrypts answers; a server computes on what it cannot read.
 *
 *     const model = LinearModel.fromJSON(text);
 *     const plan = planInference(model, { scheme: "ckks", batch: 4096 });
 *     const client = await InferenceClient.create(engine, plan.card);
 *     const server = await InferenceServer.create(engine, model, plan);
 *     const request = await client.encrypt(rows);
 *     const response = await server.predict(request, client.evaluationKeys);
 *     const result = await client.decrypt(response);
 */

export type { RunOptions } from "../run.js";
export type { Bounds } from "./bounds.js";
export { type CardScheme, InferenceCard } from "./card.js";
export type { CardContent, CkksCard, PaillierCard } from "./card-schema.js";
export { type ClientOptions, InferenceClient, type RequestOptions } from "./client.js";
export type { ClientKeys } from "./client-scheme.js";
export type { Explanation, PlanFacts } from "./explain.js";
export { checkKeyFile, type KeyFiles } from "./key-files.js";
export type { Label, Link, Prediction } from "./link.js";
export { checkRows, decodeMessage, type Message, type MessageKind, maxRows } from "./messages.js";
export { LinearModel } from "./model.js";
export type { LinearModelContent, ModelType } from "./model-schema.js";
export { InferencePlan, type PlanOptions, planInference } from "./plan.js";
export { type FeatureRow, type Scaler, standardise } from "./rows.js";
export { checkModel, InferenceServer } from "./server.js";
