import { defineConfig } from "vite";

/** What a page needs for threads and shared memory. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  build: { target: "es2022" },
  preview: { headers, host: "127.0.0.1" },
});
