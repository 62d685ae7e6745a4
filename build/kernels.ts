/**
 * Compiles assembly/ to WebAssembly, once over shared memory and once over memory of one thread, and writes both as
 * src/kernels/wasm/generated.ts, which is not committed. Without changes since the last run it does nothing.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "src/kernels/wasm/generated.ts");

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

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(root, folder, name));
}

const hash = createHash("sha256");
for (const path of [...sources("assembly"), fileURLToPath(import.meta.url)]) hash.update(path).update(readFileSync(path));
const stamp = `// ${hash.digest("hex")}`;

if (!existsSync(target) || !readFileSync(target, "utf8").startsWith(stamp)) {
  const [shared, local] = [await compile(true), await compile(false)];
  writeFileSync(
    target,
    `${stamp}\n/** Base64 of the modules that build/kernels.ts compiled. */\n` +
      `export const sharedKernels =\n  "${shared}";\nexport const localKernels =\n  "${local}";\n`,
  );
}
