/** Where a GPU comes from in Node: Dawn, from the optional package `webgpu`. The browser's half is provider.browser.ts. */
import { type ExecFileException, execFile } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { BackendUnavailableError } from "../../errors.js";
import { type AdapterProbe, type AdapterWish, describeAdapter } from "./adapters.js";
import { hold } from "./holder.js";

interface Dawn {
  create(flags: string[]): GPU;
}

/**
 * With this Vulkan extension SwiftShader compiles one store for every word of workgroup memory: 10 s for a transform in
 * 16 KiB, against 0.5 s with the loop that Dawn writes without it (20 Nov 2026, SwiftShader of Chromium 147).
 */
const SLOW_TO_COMPILE = "use_vulkan_zero_initialize_workgroup_memory_extension";

/**
 * Flags of Dawn's `create()`. WEBHE_DAWN_FLAGS adds some, separated by spaces, for benchmarks: for example
 * `enable-dawn-features=disable_robustness`. Lists under one name are joined.
 */
export function createFlags(
  { adapter, dawnFlags = [] }: AdapterWish,
  environment = process.env.WEBHE_DAWN_FLAGS ?? "",
): string[] {
  const wished = [
    `disable-dawn-features=${SLOW_TO_COMPILE}`,
    ...environment.split(" ").filter((flag) => flag !== ""),
    ...dawnFlags,
  ];
  const lists = new Map<string, string[]>();
  for (const flag of wished) {
    const [name, value = ""] = flag.split("=", 2);
    lists.set(name, [...(lists.get(name) ?? []), value]);
  }
  if (adapter !== undefined) lists.set("adapter", [adapter]);
  return [...lists].map(([name, values]) => `${name}=${values.join(",")}`);
}

/** Dawn. Throws BackendUnavailableError where the package is not installed or does not load (musl, other platforms). */
async function loadDawn(): Promise<Dawn> {
  try {
    return (await import("webgpu" as string)) as Dawn;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new BackendUnavailableError(
      {
        what: "backend webgpu",
        expected: "the optional package webgpu",
        got: reason,
        remedy: 'run "npm install webgpu", or use backend "auto"',
      },
      { cause: error },
    );
  }
}

/** An adapter, or null where there is none. Rejects with BackendUnavailableError where Dawn cannot run or knows no such adapter. */
export async function requestAdapter(wish: AdapterWish = {}): Promise<GPUAdapter | null> {
  const wanted = createFlags(wish);
  const gpu = await hold(wanted.join(" "), async () => (await loadDawn()).create(wanted));
  try {
    return await gpu.requestAdapter({
      powerPreference: wish.powerPreference ?? "high-performance",
      forceFallbackAdapter: wish.forceSoftware ?? false,
    });
  } catch (error) {
    const got = error instanceof Error ? error.message.replaceAll(/\s+/g, " ").slice(0, 400) : String(error);
    throw new BackendUnavailableError(
      { what: "GPU adapter", expected: "an adapter of that name", got, remedy: "name one of the adapters listed" },
      { cause: error },
    );
  }
}

/** Runs in the child: asks for an adapter and prints what it is, or what went wrong. */
const PROBE = `
try {
  const { create } = await import(process.argv[1]);
  globalThis.held = create(process.argv.slice(2));
  const adapter = await held.requestAdapter({ powerPreference: "high-performance" });
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter?.info ?? {};
  console.log(JSON.stringify(adapter ? { info: { vendor, architecture, device, description, isFallbackAdapter } } : {}));
} catch (error) {
  console.log(JSON.stringify({ error: String(error?.message ?? error) }));
}`;

/** The last line that the child prints. */
interface ProbeAnswer {
  readonly info?: GPUAdapterInfo;
  readonly error?: string;
}

/**
 * Finds out in a child process which adapter there is: Dawn and the Vulkan loader write to standard error themselves, and
 * a broken driver may end the process. Never rejects; `outcome` says in one line what was found.
 */
export async function probeAdapters(adapter?: string): Promise<AdapterProbe> {
  let path: string;
  try {
    path = pathToFileURL(createRequire(import.meta.url).resolve("webgpu")).href;
  } catch {
    return { preferred: undefined, outcome: "the optional package webgpu is not installed", log: "" };
  }
  return new Promise((resolve) => {
    const args = ["--input-type=module", "-e", PROBE, path, ...createFlags({ adapter })];
    execFile(process.execPath, args, { timeout: 30_000, windowsHide: true }, (error, stdout, stderr) => {
      const log = stderr.trim();
      resolve({ ...understand(stdout, error), log });
    });
  });
}

/** What the child's answer, or its end without one, comes to. */
function understand(stdout: string, error: ExecFileException | null): Pick<AdapterProbe, "preferred" | "outcome"> {
  const failed = (reason: string) => ({
    preferred: undefined,
    outcome: `the probe of the GPU failed: ${reason.replaceAll(/\s+/g, " ")}`,
  });
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{"))
    return failed(error?.killed ? "no answer within 30 s" : `exit code ${error?.code ?? error?.signal ?? 0}`);
  const answer = JSON.parse(line) as ProbeAnswer;
  if (answer.error !== undefined) return failed(answer.error);
  if (answer.info === undefined) return { preferred: undefined, outcome: "no GPU adapter was found" };
  const preferred = describeAdapter(answer.info);
  return { preferred, outcome: preferred.name };
}
