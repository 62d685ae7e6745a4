/** What the platforms agree on: a worker as the pool sees it. spawn.node.ts and spawn.browser.ts make them. */
import type { Remote } from "comlink";
import type { Service } from "./worker/index.js";

export interface SpawnedWorker {
  readonly service: Remote<Service>;
  /** Whether the worker keeps the process alive, where there is a process. */
  keepAlive(isWorking: boolean): void;
  /** Ends it at once. */
  terminate(): Promise<void>;
}

/** Starts a worker. `onDeath` is called once, with the reason, if it ends without having been terminated through this object. */
export type Spawn = (onDeath: (reason: string) => void) => SpawnedWorker;
