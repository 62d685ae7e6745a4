/** Workers in browsers, from a script that the package carries as a string: bundlers need not know of it. */
import { type Endpoint, type Remote, wrap } from "comlink";
import { browserWorker } from "./generated.js";
import type { Spawn } from "./spawn.js";
import type { Service } from "./worker/index.js";

/** The part of a Web Worker that is used here: the library "dom", which declares it, is not among ours. */
interface WebWorker extends Endpoint {
  terminate(): void;
}

interface Platform {
  readonly Worker: new (url: string, options: { name: string }) => WebWorker;
  readonly URL: { createObjectURL(blob: Blob): string; revokeObjectURL(url: string): void };
  readonly navigator?: { readonly hardwareConcurrency?: number };
}
const platform = globalThis as unknown as Platform;

export const availableThreads = (): number => platform.navigator?.hardwareConcurrency ?? 1;

export const spawn: Spawn = (onDeath) => {
  const url = platform.URL.createObjectURL(new Blob([browserWorker], { type: "text/javascript" }));
  const worker = new platform.Worker(url, { name: "webhe" });
  let isOver = false;
  const die = (event: Event) => {
    if (isOver) return;
    isOver = true;
    onDeath(
      (event as Event & { message?: string }).message ??
        "it was not loaded; a content security policy must allow blob: in worker-src",
    );
  };
  worker.addEventListener("error", die);
  worker.addEventListener("messageerror", die);
  // The first answer means that the script was loaded.
  const loaded = () => {
    worker.removeEventListener("message", loaded);
    platform.URL.revokeObjectURL(url);
  };
  worker.addEventListener("message", loaded);
  return {
    service: wrap(worker) as Remote<Service>,
    keepAlive: () => {},
    terminate: async () => {
      isOver = true;
      worker.terminate();
      platform.URL.revokeObjectURL(url);
    },
  };
};
