/** Workers in Node: threads of worker_threads, from a script that the package carries as a string. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Remote, wrap } from "comlink";
import nodeEndpoint, { type NodeEndpoint } from "comlink/dist/esm/node-adapter.mjs";
import { nodeWorker } from "./generated.js";
import type { Spawn } from "./spawn.js";
import type { Service } from "./worker/index.js";

export const availableThreads = (): number => availableParallelism();

export const spawn: Spawn = (onDeath) => {
  // Loaders of the process (--import) would only slow the start: the script needs none.
  const worker = new Worker(nodeWorker, { eval: true, execArgv: [], name: "webhe" });
  let isOver = false;
  const die = (reason: string) => {
    if (isOver) return;
    isOver = true;
    onDeath(reason);
  };
  worker.on("error", (error) => die(String(error)));
  worker.on("exit", (code) => die(`the thread ended with code ${code}`));
  worker.unref();
  return {
    service: wrap(nodeEndpoint(worker as unknown as NodeEndpoint)) as Remote<Service>,
    keepAlive: (isWorking) => (isWorking ? worker.ref() : worker.unref()),
    terminate: async () => {
      isOver = true;
      await worker.terminate();
    },
  };
};
