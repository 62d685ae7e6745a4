import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const manifest = JSON.parse(readFileSync(at("./package.json"), "utf8")) as Record<string, Record<string, string>>;
const packages = [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.optionalDependencies ?? {})];

/** Every file of dist/ that something outside it names: exports, imports and bin of package.json, the benchmarks. */
const entries: Record<string, string> = {
  index: "src/index.ts",
  paillier: "src/paillier/index.ts",
  ckks: "src/ckks/index.ts",
  elgamal: "src/elgamal/index.ts",
  inference: "src/host/inference/index.ts",
  aggregation: "src/host/aggregation/index.ts",
  cli: "src/cli/main.ts",
  "gpu.node": "src/kernels/webgpu/provider.node.ts",
  "gpu.browser": "src/kernels/webgpu/provider.browser.ts",
  "primes.node": "src/engine/primes.node.ts",
  "primes.browser": "src/engine/primes.browser.ts",
  "sha256.node": "src/wire/sha256.node.ts",
  "sha256.browser": "src/wire/sha256.browser.ts",
  "workers.node": "src/kernels/wasm/spawn.node.ts",
  "workers.browser": "src/kernels/wasm/spawn.browser.ts",
  internal: "src/internal.ts",
};

export default defineConfig({
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    minify: false,
    lib: {
      entry: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, at(path)])),
      formats: ["es"],
    },
    rolldownOptions: {
      // Dependencies stay imports, and `#gpu`, `#primes` and their like stay too: package.json "imports" picks the Node or the browser file.
      external: (id) =>
        id.startsWith("node:") || id.startsWith("#") || packages.some((name) => id === name || id.startsWith(`${name}/`)),
      // Chunks lie beside the entries, so that `new URL("./file.js", import.meta.url)` means the same from each of them.
      output: { entryFileNames: "[name].js", chunkFileNames: "chunk-[name]-[hash].js" },
    },
  },
});
