/** One worker of a machine, from its start to its end. */
import { transfer } from "comlink";
import type { Spawn, SpawnedWorker } from "./spawn.js";
import type { Order, Outcome, Reply, Setup } from "./worker/index.js";

export class Member {
  readonly #worker: SpawnedWorker;
  /** Taken once: comlink makes a proxy for every look at a method. */
  readonly #run: SpawnedWorker["service"]["run"];
  /** What rejects each call that has not returned. */
  readonly #calls = new Set<(reason: Error) => void>();
  isDead = false;

  private constructor(spawn: Spawn, onDeath: (member: Member, reason: string) => void) {
    this.#worker = spawn((reason) => {
      this.#end(reason);
      onDeath(this, reason);
    });
    this.#run = this.#worker.service.run;
  }

  /** Starts a worker and makes its instance; `extras` are the names of its own kernels. Throws what prevented it. */
  static async start(
    spawn: Spawn,
    setup: Setup,
    onDeath: (member: Member, reason: string) => void,
  ): Promise<{ member: Member; extras: string[] }> {
    const member = new Member(spawn, onDeath);
    try {
      return { member, extras: await member.open(setup) };
    } catch (error) {
      await member.terminate();
      throw error;
    }
  }

  /** Calls of this worker that have not returned. */
  get calls(): number {
    return this.#calls.size;
  }

  open(setup: Setup): Promise<string[]> {
    return this.#call(this.#worker.service.open(setup));
  }

  run(address: number, bytes: number): Promise<Outcome> {
    return this.#call(this.#run(address, bytes));
  }

  /** Hands over the data of the writes. */
  serve(order: Order): Promise<Reply> {
    const buffers = order.writes.map(({ data }) => data.buffer);
    return this.#call(this.#worker.service.serve(transfer(order, buffers)));
  }

  renew(bytes: number, spans: readonly { readonly start: number; readonly end: number }[]): Promise<void> {
    return this.#call(this.#worker.service.renew(bytes, spans));
  }

  /** Ends the worker at once; calls that have not returned reject. */
  async terminate(): Promise<void> {
    this.#end("the worker was ended");
    await this.#worker.terminate();
  }

  #end(reason: string): void {
    this.isDead = true;
    for (const reject of this.#calls) reject(new Error(reason));
  }

  /** While a call is out, the worker keeps the process alive. */
  async #call<T>(reply: Promise<T>): Promise<T> {
    let reject: (reason: Error) => void = () => {};
    const death = new Promise<never>((_, r) => {
      reject = r;
    });
    if (this.#calls.size === 0) this.#worker.keepAlive(true);
    this.#calls.add(reject);
    try {
      return await Promise.race([reply, death]);
    } finally {
      this.#calls.delete(reject);
      if (this.#calls.size === 0) this.#worker.keepAlive(false);
    }
  }
}
