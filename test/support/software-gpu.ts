/**
 * A software GPU and a headless browser out of the npm package @sparticuz/chromium: SwiftShader's Vulkan driver, the Vulkan
 * loader and Chromium, unpacked once into node_modules/.cache. Nothing is downloaded and no system package is needed.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

/** RTLD_NODELETE of glibc: the loader stays mapped after dlopen's handle is gone. */
const RTLD_NODELETE = 0x1000;

/** The folder of the installed package, and its version. */
function findPackage(): { readonly bin: string; readonly cache: string } {
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  let root = dirname(entry);
  while (!existsSync(join(root, "bin", "swiftshader.tar.br"))) {
    if (dirname(root) === root) throw new Error(`no bin/swiftshader.tar.br above ${entry}: run "npm ci"`);
    root = dirname(root);
  }
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return { bin: join(root, "bin"), cache: join(dirname(dirname(root)), ".cache", `chromium-${version}`) };
}

/** Makes a folder once; several processes may try at the same time, and one of them wins. */
function once(folder: string, fill: (into: string) => void): string {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    fill(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

const unpack = (archive: string, into: string) => {
  execFileSync("tar", ["-x", "--no-same-owner", "-C", into], { input: brotliDecompressSync(readFileSync(archive)) });
};

/**
 * Lets Dawn find SwiftShader in this process and in its children. Call it on the main thread before the first adapter is
 * requested. A driver that the environment already names is left alone, so that tests can run on a hardware GPU.
 */
export function ensureSoftwareGpu(): void {
  if (process.platform !== "linux" || process.arch !== "x64" || process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES)
    return;
  const { bin, cache } = findPackage();
  const folder = once(`${cache}-vulkan`, (into) => unpack(join(bin, "swiftshader.tar.br"), into));
  process.env.VK_DRIVER_FILES = join(folder, "vk_swiftshader_icd.json");
  // Child processes find the loader here; this process has read the variable already, so it loads the file itself.
  process.env.LD_LIBRARY_PATH = [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(":");
  preloadVulkan(folder);
}

/** Maps the Vulkan loader, where Dawn's own dlopen("libvulkan.so.1") finds it by its name. */
function preloadVulkan(folder: string): void {
  try {
    const flags = constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL | RTLD_NODELETE;
    process.dlopen({ exports: {} } as NodeJS.Module, join(folder, "libvulkan.so.1"), flags);
  } catch (error) {
    // It is a library and no addon of Node: it stays mapped, and Node complains.
    if (!/self-register/.test(String(error))) throw error;
  }
}

/** A headless Chromium whose navigator.gpu is SwiftShader. */
export interface Chromium {
  /** Without a sandbox, for root; with a software GPU; and with shaders that compile fast there (see provider.node.ts). */
  readonly args: readonly string[];
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Unpacks Chromium and the libraries it needs on a bare machine. The environment has what {@link process.env} has. */
export function ensureChromium(): Chromium {
  const { bin, cache } = findPackage();
  const folder = once(`${cache}-browser`, (into) => {
    unpack(join(bin, "swiftshader.tar.br"), into);
    unpack(join(bin, "al2023.tar.br"), into);
    writeFileSync(join(into, "chromium"), brotliDecompressSync(readFileSync(join(bin, "chromium.br"))));
    chmodSync(join(into, "chromium"), 0o755);
  });
  const own = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const libraries = [process.env.LD_LIBRARY_PATH, join(folder, "lib")].filter(Boolean).join(":");
  const args = [
    "--no-sandbox",
    "--enable-unsafe-webgpu",
    "--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension",
  ];
  return { args, executablePath: join(folder, "chromium"), env: { ...own, LD_LIBRARY_PATH: libraries } };
}
