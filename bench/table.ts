/** The printed table: the same rows as the JSON, for people. */
import type { Row, RowParams } from "./row.js";
import { describeGoal } from "./target.js";

const figure = (x: number | null): string =>
  x === null ? "" : x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(3);

interface Column {
  readonly head: string;
  readonly text: (row: Row) => string;
  /** Words stand on the left, figures on the right. */
  readonly isText?: boolean;
  /** Left out where no row has anything to say. */
  readonly optional?: boolean;
  /** Counted and not timed: left out where only times are asked for. */
  readonly isCount?: boolean;
}

const COLUMNS: readonly Column[] = [
  { head: "operation", isText: true, text: (row) => row.name },
  { head: "parameters", isText: true, text: (row) => describeParams(row.params) },
  { head: "backend", isText: true, text: describeBackend },
  { head: "ms", text: (row) => figure(row.ms) },
  { head: "per second", text: (row) => figure(row.opsPerSecond) },
  { head: "spread", text: (row) => `${(100 * row.spread).toFixed(0)} %` },
  { head: "dispatches", isCount: true, text: (row) => `${row.params.dispatches ?? ""}` },
  { head: "up", isCount: true, text: (row) => `${row.params.bytesUploaded ?? ""}` },
  { head: "down", isCount: true, text: (row) => `${row.params.bytesRead ?? ""}` },
  { head: "peer", isText: true, text: (row) => row.peer ?? "" },
  { head: "peer ms", text: (row) => figure(row.peerMs) },
  { head: "ratio", text: (row) => figure(row.ratio) },
  { head: "GB/s", optional: true, text: (row) => figure(row.params.gigabytesPerSecond ?? null) },
  { head: "Gmul/s", optional: true, text: (row) => figure(row.params.gigamultipliesPerSecond ?? null) },
  {
    head: "of the adapter's",
    optional: true,
    text: ({ params: { multiplyShare: x } }) => (x === undefined ? "" : `${(100 * x).toFixed(0)} %`),
  },
  { head: "per bit", optional: true, text: (row) => figure(row.ratioPerBit) },
  { head: "speed-up", optional: true, text: (row) => figure(row.speedup) },
  { head: "target", optional: true, isText: true, text: (row) => (row.target === null ? "" : describeGoal(row.target)) },
  { head: "", optional: true, isText: true, text: (row) => (row.target === null ? "" : row.target.met ? "PASS" : "short") },
];

function describeBackend({ backend, isSoftware, threads }: Row): string {
  return `${backend}${isSoftware ? " (software GPU)" : ""}${backend === "wasm" ? `, ${threads} ${threads === 1 ? "thread" : "threads"}` : ""}`;
}

/** What a case is about, in words. */
export function describeParams(params: RowParams): string {
  const { N, limbs, levels, keyBits, modulusBits, peerModulusBits, exponentBits, batch, features, outputs, variant } = params;
  const { specialBits, keyMiB, peerKeyMiB, values } = params;
  const words = [
    N !== undefined && `N=${N}`,
    limbs !== undefined && `${limbs} limbs`,
    levels !== undefined && `${levels} levels`,
    keyBits !== undefined && `${keyBits}-bit key`,
    keyBits === undefined &&
      modulusBits !== undefined &&
      `log2 Q=${modulusBits}${peerModulusBits === undefined ? "" : ` (peer ${peerModulusBits})`}`,
    specialBits !== undefined && specialBits > 0 && `log2 P=${specialBits}`,
    keyMiB !== undefined && `keys ${keyMiB} MiB${peerKeyMiB === undefined ? "" : ` (a key of the peer ${peerKeyMiB})`}`,
    exponentBits !== undefined && `${exponentBits}-bit exponent`,
    values !== undefined && `${values} values a ciphertext, per value`,
    features !== undefined && `${features} features`,
    outputs !== undefined && `${outputs} outputs`,
    batch !== undefined && `batch ${batch}`,
    variant,
  ];
  return words.filter(Boolean).join(", ");
}

export function printRows(rows: readonly Row[], { counts = true }: { readonly counts?: boolean } = {}): string {
  const columns = COLUMNS.filter(
    ({ optional, isCount, text }) => (counts || !isCount) && (!optional || rows.some((row) => text(row) !== "")),
  );
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const widths = columns.map(({ head }, i) => Math.max(head.length, ...cells.map((line) => line[i]!.length)));
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => (columns[i]!.isText ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (columns[i]!.isText ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(columns.map(({ head }) => head)), rule, ...cells.map(line)].join("\n");
}

/** How many rows keep what was promised: `41 of 44 targets met`; undefined where nothing was promised. */
export function printVerdict(rows: readonly Row[]): string | undefined {
  const judged = rows.filter((row) => row.target !== null);
  if (judged.length === 0) return undefined;
  const short = judged.filter((row) => !row.target!.met);
  const names = short.map((row) => `${row.name} (${describeParams(row.params)}, ${describeBackend(row)})`);
  const list = names.length === 0 ? "" : `\nShort: ${names.join("; ")}`;
  return `${judged.length - short.length} of ${judged.length} targets met${list}`;
}
