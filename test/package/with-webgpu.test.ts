import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDoctor, expectPredictions, program } from "./programs.js";
import { pack, type Stranger, stranger } from "./stranger.js";

let packed: Awaited<ReturnType<typeof pack>>;
let project: Stranger;
beforeAll(async () => {
  packed = await pack();
  project = await stranger([packed.tarball]);
  await project.write("program.mjs", program);
}, 300_000);
afterAll(async () => {
  await project?.dispose();
  await packed?.dispose();
});

describe("a project with webgpu", () => {
  it("has Dawn", () => {
    expect(existsSync(join(project.folder, "node_modules/webgpu"))).toBe(true);
  });

  it.each(["bigint", "wasm", "auto"])("encrypts, predicts and decrypts with backend %s", (backend) =>
    expectPredictions(project, backend),
  );

  it("runs the command", () => expectDoctor(project));
});
