import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** `npm test` runs the first tier; `npm run test:long` sets WEBHE_TIER=long and runs what is under test/long. */
const long = process.env.WEBHE_TIER === "long";

export default defineConfig({
  resolve: {
    alias: {
      "#gpu": source("kernels/webgpu/provider.node.ts"),
      "#primes": source("engine/primes.node.ts"),
    },
  },
  test: {
    include: [long ? "test/long/**/*.test.ts" : "test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(long ? [] : ["test/long/**"])],
    globalSetup: ["test/support/global-setup.ts"],
    // Forks, not threads: a worker thread that ends with GPU work pending takes the whole process with it.
    pool: "forks",
    testTimeout: long ? 900_000 : 120_000,
    hookTimeout: 120_000,
  },
});
