/** Time on the device by timestamp queries, where the adapter has them. */
import { Usage } from "./constants.js";

const QUERY_RESOLVE = 0x0200;

/**
 * Measures the compute pass of one submission. Dawn rounds timestamps to 65,536 ns and Chrome to 100,000 ns unless told
 * otherwise, so measure work of 20 ms and more.
 */
export class PassTimer {
  readonly writes: GPUComputePassTimestampWrites;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  constructor(private readonly device: GPUDevice) {
    this.#queries = device.createQuerySet({ type: "timestamp", count: 2 });
    this.writes = { querySet: this.#queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
    this.#resolved = device.createBuffer({ size: 16, usage: QUERY_RESOLVE | Usage.COPY_SRC });
    this.#staging = device.createBuffer({ size: 16, usage: Usage.MAP_READ | Usage.COPY_DST });
  }

  /** Nanoseconds between the begin and the end of the pass that was submitted with {@link writes}. Frees the timer. */
  async nanoseconds(): Promise<number> {
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(this.#queries, 0, 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 16);
    this.device.queue.submit([encoder.finish()]);
    await this.#staging.mapAsync(1);
    const [begin, end] = new BigUint64Array(this.#staging.getMappedRange().slice(0));
    this.#staging.destroy();
    this.#resolved.destroy();
    this.#queries.destroy();
    return Number(end - begin);
  }
}
