/**
 * From .wgsl files to the text of one shader module. Files import each other in WESL's syntax; numbers come in through
 * `import constants::{NAME};`. Errors name the shader's own file and line, not the linked text.
 */
import type { LinkedWesl } from "wesl/core";
import { BackendUnavailableError } from "../../errors.js";

/** The shaders of the project by path relative to shaders/, bundled as text. */
const files = Object.fromEntries(
  Object.entries(import.meta.glob<string>("../../../shaders/**/*.wgsl", { query: "?raw", import: "default", eager: true })).map(
    ([path, text]) => [path.replace("../../../shaders/", ""), text],
  ),
);

/** What one shader module is made of. */
export interface ShaderSpec {
  /** The entry file without folder and suffix: `shaders/entry/<entry>.wgsl`. */
  readonly entry: string;
  readonly constants?: Readonly<Record<string, number>>;
  readonly conditions?: Readonly<Record<string, boolean>>;
  /** Further files by path relative to shaders/, for tests. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** A linked module. */
export interface LinkedShader {
  /** The root file, relative to shaders/. */
  readonly file: string;
  readonly code: string;
  /** `shaders/folder/file.wgsl:line` of an offset into `code`. */
  locate(offset: number): string;
}

/** The error for a shader that does not link or compile, at its place, in the compiler's words: our fault or the driver's. */
export function shaderError(place: string, message: string, cause?: unknown): BackendUnavailableError {
  // The first line says what is wrong; what follows are candidates and excerpts.
  const got = message.trim().split("\n")[0].slice(0, 300);
  return new BackendUnavailableError(
    { what: place, expected: "a valid shader", got, remedy: "report this with the name of the adapter" },
    { cause },
  );
}

/** A line of one of our files; wesl writes the paths of modules with its own suffix. */
function placeOf(path: string, text: string, offset: number): string {
  return `${path.replace(/\.wesl$/, ".wgsl")}:${text.slice(0, offset).split("\n").length}`;
}

/** Links one module. Throws BackendUnavailableError. wesl is loaded on first use, so that only the GPU backend pays for it. */
export async function linkShader({ entry, constants = {}, conditions = {}, extra = {} }: ShaderSpec): Promise<LinkedShader> {
  const { link, withLoggerAsync } = await import("wesl/core");
  const file = `entry/${entry}.wgsl`;
  const known = { ...files, ...extra };
  if (known[file] === undefined) throw shaderError(`shaders/${file}`, "no such file");
  let linked: LinkedWesl;
  try {
    const parameters = {
      // Keys are module paths: wesl then prints them in errors, and the source map gives them back.
      weslSrc: Object.fromEntries(Object.entries(known).map(([path, text]) => [`./${path}`, text])),
      rootModuleName: `./${file}`,
      debugWeslRoot: "shaders",
      constants: { ...constants },
      conditions: { ...conditions },
    };
    // wesl prints what it throws; one telling is enough.
    linked = await withLoggerAsync(
      () => {},
      () => link(parameters),
    );
  } catch (error) {
    const { src, span } = error as { src?: { debugFilePath: string; src: string }; span?: readonly [number, number] };
    const place = src && span ? placeOf(src.debugFilePath, src.src, span[0]) : `shaders/${file}`;
    throw shaderError(place, messageOf((error as { cause?: unknown }).cause ?? error), error);
  }
  const { sourceMap } = linked;
  return {
    file,
    code: linked.dest,
    locate(offset) {
      const { src, position } = sourceMap.destToSrc(offset);
      return placeOf(src.path ?? `shaders/${file}`, src.text, position);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
