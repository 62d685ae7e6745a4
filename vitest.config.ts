import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Where continuous integration wants the results as JSON. */
const report = process.env.WEBHE_REPORT;

/** `npm test` runs the first tier; `npm run test:long` passes `--mode long` and runs what is under test/long. */
export default defineConfig(({ mode }) => {
  const long = mode === "long";
  return {
    resolve: {
      alias: {
        "#gpu": source("kernels/webgpu/provider.node.ts"),
        "#primes": source("engine/primes.node.ts"),
        "#sha256": source("wire/sha256.node.ts"),
        "#workers": source("kernels/wasm/spawn.node.ts"),
      },
    },
    test: {
      include: [long ? "test/long/**/*.test.ts" : "test/**/*.test.ts"],
      exclude: [...configDefaults.exclude, ...(long ? [] : ["test/long/**"])],
      reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
      globalSetup: ["test/support/global-setup.ts"],
      // Forks, not threads: a worker thread that ends with GPU work pending takes the whole process with it.
      pool: "forks",
      // The default leaves one of two cores idle; the few files of the long tier wait for single threads most of the time.
      ...(long && { maxWorkers: Math.max(2, availableParallelism() - 1) }),
      testTimeout: long ? 900_000 : 120_000,
      hookTimeout: 120_000,
    },
  };
});
