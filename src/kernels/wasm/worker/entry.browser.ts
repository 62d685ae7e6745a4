/** The worker in browsers; build/kernels.ts bundles it into a string. */
import { type Endpoint, expose } from "comlink";
import { Service } from "./service.js";

const scope = globalThis as unknown as Endpoint & { close(): void };
expose(
  new Service(
    () => ({}),
    () => scope.close(),
  ),
  scope,
);
