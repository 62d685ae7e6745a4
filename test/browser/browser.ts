/** A page of ours, built by vite, served on the loopback interface and opened in the headless Chromium that comes from npm. */
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { build } from "vite";
import { ensureChromium } from "../support/software-gpu.js";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

const flags = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

export interface OpenPage {
  readonly page: Page;
  /** Errors of the page and of its console, in order. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Builds the page in `root` (a folder of the repository with an index.html) and opens it. */
export async function openPage(root: string): Promise<OpenPage> {
  const scratch = await mkdtemp(join(tmpdir(), "webhe-page-"));
  const site = join(scratch, "site");
  await build({
    root: join(projectRoot, root),
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: {
        "#gpu": join(projectRoot, "src/kernels/webgpu/provider.browser.ts"),
        "#primes": join(projectRoot, "src/engine/primes.browser.ts"),
      },
    },
    build: { outDir: site, target: "es2022", minify: false },
  });
  const server = await serve(site);
  const { args, executablePath, env } = ensureChromium();
  const context = await chromium.launchPersistentContext(join(scratch, "profile"), {
    executablePath,
    env: { ...process.env, ...env } as Record<string, string>,
    headless: true,
    args: [...args, ...flags],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    complaints,
    close: async () => {
      await context.close();
      await new Promise((resolve) => server.close(resolve));
      await rm(scratch, { recursive: true });
    },
  };
}

/** Serves files with the headers that make a page cross-origin isolated, as threads and shared memory require. */
function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file)) {
      // A browser asks for an icon by itself; its absence is not an error of the page.
      response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
