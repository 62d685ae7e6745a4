/**
 * Compiles assembly/ to WebAssembly, once over shared memory and once over memory of one thread, bundles the script of the
 * workers, once for Node and once for browsers, and writes all four as src/kernels/wasm/generated.ts, which is not committed.
 * Without changes since the last run it does nothing.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "src/kernels/wasm/generated.ts");
const worker = join(root, "src/kernels/wasm/worker");

/** 64 KiB pages: the memory that an instance asks for at least, and at most. */
const PAGES = ["--initialMemory", "16", "--maximumMemory", "65536"];

async function compile(shared: boolean): Promise<string> {
  const files = new Map<string, Uint8Array>();
  const threads = shared ? ["--enable", "threads", "--sharedMemory"] : [];
  const { error, stderr } = await asc.main(
    [
      "assembly/index.ts",
      ...["--baseDir", root, "--outFile", "kernels.wasm", "-O3", "--converge", "--noAssert", "--runtime", "stub"],
      ...["--enable", "simd", "--importMemory", ...PAGES, ...threads],
    ],
    {
      writeFile: (name, content) => {
        files.set(name, typeof content === "string" ? Buffer.from(content) : content);
      },
    },
  );
  if (error) throw new Error(`assembly/ does not compile\n${stderr.toString()}`);
  return Buffer.from(files.get("kernels.wasm") as Uint8Array).toString("base64");
}

/** The script of a worker in one piece: a package that carries it as a string needs nothing of its users' bundlers. */
async function bundle(platform: "node" | "browser"): Promise<string> {
  const output = await build({
    root,
    configFile: false,
    logLevel: "error",
    build: {
      target: "es2022",
      write: false,
      minify: true,
      lib: { entry: join(worker, `entry.${platform}.ts`), formats: [platform === "node" ? "cjs" : "iife"], name: "worker" },
      rolldownOptions: { external: /^node:/ },
    },
  });
  const [{ output: chunks }] = output as { output: { code?: string }[] }[];
  if (chunks.length !== 1 || !chunks[0]?.code) throw new Error(`the worker for ${platform} is not one piece`);
  return chunks[0].code;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(root, folder, name));
}

const hash = createHash("sha256");
const inputs = [
  ...sources("assembly"),
  ...sources("src/kernels/wasm/worker"),
  ...["src/kernels/wasm/program.ts", "node_modules/comlink/package.json"].map((path) => join(root, path)),
  fileURLToPath(import.meta.url),
];
for (const path of inputs) hash.update(path).update(readFileSync(path));
const stamp = `// ${hash.digest("hex")}`;

if (!existsSync(target) || !readFileSync(target, "utf8").startsWith(stamp)) {
  const constants = {
    sharedKernels: await compile(true),
    localKernels: await compile(false),
    nodeWorker: await bundle("node"),
    browserWorker: await bundle("browser"),
  };
  const lines = Object.entries(constants).map(([name, value]) => `export const ${name} =\n  ${JSON.stringify(value)};\n`);
  const comment = "/** What build/kernels.ts made: the modules in base64, and the scripts of the workers. */\n";
  writeFileSync(target, [`${stamp}\n`, comment, ...lines].join(""));
}
