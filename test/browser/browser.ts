/** A page, built by vite, served on the loopback interface and opened in the headless Chromium that comes from npm. */
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

/** How the page is served. */
export interface Serving {
  /** With the headers that make it cross-origin isolated, as threads and shared memory require. True unless said otherwise. */
  readonly isolated?: boolean;
  /** A content security policy. */
  readonly policy?: string;
}

export interface OpenPage {
  readonly page: Page;
  /** Errors of the page and of its console, in order. */
  readonly complaints: string[];
  /** Loads the page anew, served in another way. */
  visit(serving?: Serving): Promise<void>;
  close(): Promise<void>;
}

/** Builds the page in `root` (a folder of the repository with an index.html) and opens it. */
export async function openPage(root: string, serving: Serving = {}): Promise<OpenPage> {
  const scratch = await mkdtemp(join(tmpdir(), "webhe-page-"));
  const source = (path: string) => join(projectRoot, "src", path);
  await build({
    root: join(projectRoot, root),
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: {
        "#gpu": source("kernels/webgpu/provider.browser.ts"),
        "#primes": source("engine/primes.browser.ts"),
        "#sha256": source("wire/sha256.browser.ts"),
        "#workers": source("kernels/wasm/spawn.browser.ts"),
      },
    },
    build: { outDir: scratch, target: "es2022", minify: false },
  });
  const open = await openSite(scratch, serving);
  const close = async () => {
    await open.close();
    await rm(scratch, { recursive: true });
  };
  return { ...open, close };
}

/** Opens a folder of files that is a site. */
export async function openSite(site: string, serving: Serving = {}): Promise<OpenPage> {
  let served = serving;
  const server = await serve(site, () => served);
  const { args, executablePath, env } = ensureChromium();
  const profile = await mkdtemp(join(tmpdir(), "webhe-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
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
  const visit = async (next: Serving = {}) => {
    served = next;
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  };
  const close = async () => {
    await context.close();
    await new Promise((resolve) => server.close(resolve));
    await rm(profile, { recursive: true });
  };
  await visit(serving);
  return { page, complaints, visit, close };
}

function headersOf({ isolated = true, policy }: Serving): Record<string, string> {
  return {
    "cache-control": "no-store",
    ...(isolated ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" } : {}),
    ...(policy === undefined ? {} : { "content-security-policy": policy }),
  };
}

function serve(folder: string, serving: () => Serving): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file)) {
      // A browser asks for an icon by itself; its absence is not an error of the page.
      response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
      return;
    }
    const type = types[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, ...headersOf(serving()) });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
