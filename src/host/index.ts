/** The two applications: encrypted inference with linear models, and encrypted aggregation. They share no code but what lies below. */
export * as aggregation from "./aggregation/index.js";
export * as inference from "./inference/index.js";
