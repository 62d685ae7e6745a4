/** The machine without shared memory: one worker, whose memory nobody else sees. Data goes to and fro in messages. */
import { type KernelModule, unavailable } from "./features.js";
import { type Layout, lostError, type Machine, numberKernels, type Run } from "./machine.js";
import { Member } from "./member.js";
import type { Span } from "./ranges.js";
import type { Spawn } from "./spawn.js";
import type { Order, Reply } from "./worker/index.js";

export class LocalMachine implements Machine {
  readonly threads = 1;
  readonly lost: Promise<string>;
  kernels: ReadonlyMap<string, number> = new Map();
  #member: Member | undefined;
  #writes: { address: number; data: Uint8Array }[] = [];
  #end: number;
  #reason: string | undefined;
  #resolveLost: (reason: string) => void = () => {};

  private constructor(
    layout: Layout,
    private readonly maximumBytes: number,
  ) {
    this.#end = layout.end;
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
  }

  static async create(kernels: KernelModule, layout: Layout, maximumBytes: number, spawn: Spawn): Promise<LocalMachine> {
    const machine = new LocalMachine(layout, maximumBytes);
    const { module, names } = kernels;
    const { control, end: bytes } = layout;
    const setup = { module, names, maximumBytes, control, scratch: layout.scratch[0], share: 0, bytes };
    try {
      const { member, extras } = await Member.start(spawn, setup, (_, reason) => machine.#lose(reason));
      machine.#member = member;
      machine.kernels = numberKernels(names, extras);
    } catch (error) {
      throw unavailable(`a worker that does not start: ${error}`, error);
    }
    return machine;
  }

  /** The worker makes its memory longer when it needs it. */
  reach(end: number): boolean {
    if (end > this.maximumBytes) return false;
    this.#end = Math.max(this.#end, end);
    return true;
  }

  write(address: number, data: Uint8Array): void {
    this.#writes.push({ address, data: data.slice() });
  }

  run(program: number): Run {
    const done = this.#serve({ program }).then(() => undefined);
    const left = done.catch(() => undefined);
    return { done, left };
  }

  async read(address: number, bytes: number, signal?: AbortSignal, into?: Uint8Array): Promise<Uint8Array> {
    const { data } = await this.#serve({ read: { address, bytes } });
    if (signal?.aborted) data?.fill(0);
    into?.set(data as Uint8Array);
    return into ?? (data as Uint8Array);
  }

  async renew(end: number, spans: readonly Span[], commit: () => number | undefined): Promise<void> {
    // The worker does this between two messages; what is sent meanwhile makes its memory longer again where it needs to.
    await this.#member?.renew(end, spans);
    this.#end = commit() ?? this.#end;
  }

  async close(): Promise<void> {
    this.#reason ??= "closed";
    for (const { data } of this.#writes) data.fill(0);
    this.#writes = [];
    await this.#member?.terminate();
  }

  async #serve(order: Omit<Order, "bytes" | "writes">): Promise<Reply> {
    if (this.#reason !== undefined) throw lostError(this.#reason);
    const writes = this.#writes;
    this.#writes = [];
    const reply = await this.#member!.serve({ ...order, bytes: this.#end, writes }).catch((error: unknown): Reply => {
      return { finished: false, trap: String(error) };
    });
    if (reply.finished) return reply;
    // Its memory is in an unknown state, and nobody has a copy.
    this.#lose(reply.trap ?? "the worker left its work");
    throw lostError(this.#reason ?? "");
  }

  #lose(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#resolveLost(reason);
    void this.#member?.terminate();
  }
}
