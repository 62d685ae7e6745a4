/** What Paillier asks of the modular kernels, at every key length that is offered and with exponents of full length, on every backend. */
import { beforeAll, describe, expect, it } from "vitest";
import { useBackends } from "../../support/backends.js";
import { runPaillierCases } from "../../support/paillier-cases.js";

const { bigint, others } = useBackends();
const labels = ["wasm on one thread", "wasm on two threads", "wasm without shared memory", "webgpu"];

describe.each([2048, 3072, 4096])("Paillier's modular operations for keys of %i bits", (bits) => {
  let expected: Map<string, bigint[]>;

  beforeAll(async () => {
    expected = await runPaillierCases(bigint(), bits);
  });

  // A software GPU takes minutes for full exponents at the longer ones: the table of operations (equivalence.test.ts) has those lengths too.
  it.each(bits === 2048 ? labels : labels.slice(0, 3))("%s", async (label) => {
    const { backend } = others().find((other) => other.label === label)!;
    const got = await runPaillierCases(backend, bits);
    expect(expected.size).toBe(9);
    for (const [name, values] of expected) expect(got.get(name), name).toEqual(values);
  });

  it("leave no backend out", () => {
    expect(
      others()
        .map((other) => other.label)
        .sort(),
    ).toEqual([...labels].sort());
  });
});
