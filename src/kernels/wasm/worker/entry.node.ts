/** The worker in Node; build/kernels.ts bundles it into a string. */
import { parentPort } from "node:worker_threads";
import { type Endpoint, expose } from "comlink";
import nodeEndpoint, { type NodeEndpoint } from "comlink/dist/esm/node-adapter.mjs";
import { extraKernels } from "./openssl.js";
import { Service } from "./service.js";

const port = parentPort as unknown as NodeEndpoint & { close(): void };
expose(new Service(extraKernels, () => port.close()), nodeEndpoint(port) as Endpoint);
