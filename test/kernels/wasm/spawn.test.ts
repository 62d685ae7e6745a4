/** Workers and the life of a Node process. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/built.js";

/** Runs a script in a process of its own; rejects where that does not end, or not well. */
async function run(script: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "webhe-spawn-"));
  try {
    const file = join(folder, "script.mts");
    writeFileSync(
      file,
      `import { openContext } from ${JSON.stringify(join(projectRoot, "src/kernels/wasm/open.ts"))};\n${script}`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", file], {
      cwd: projectRoot,
      timeout: 60_000,
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each(["{ threads: 2 }", "{ shared: false }"])("workers of %s", (options) => {
  it("keep the process alive while they work, and not when they rest", async () => {
    // Nothing else would keep it: a process whose workers did not would end with code 13 before the answer.
    const script = `
      const { context } = await openContext(${options});
      const block = context.allocate(2 ** 20);
      for (let i = 0; i < 200; i++) context.record("clear", 64, [block.address, 2 ** 14, 2 ** 14, 64]);
      const bytes = await context.read(block, 0, 2 ** 20);
      console.log(bytes.length, bytes.every((byte) => byte === 0));`;
    expect(await run(script)).toBe("1048576 true\n");
  });
});
