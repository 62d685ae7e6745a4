import { defineConfig } from "vite";

/** What a page needs for shared memory, and so for more than one thread. Without them everything runs on one. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  build: { target: "es2022" },
  server: { headers, host: "127.0.0.1" },
  preview: { headers, host: "127.0.0.1" },
});
