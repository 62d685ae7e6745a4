/** The printed table: the same rows as the JSON, for people. */
import type { Row, RowParams } from "./row.js";

const figure = (x: number): string =>
  x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(3);

const HEAD = [
  "operation",
  "parameters",
  "backend",
  "ms",
  "per second",
  "spread",
  "dispatches",
  "up",
  "down",
  "peer",
  "peer ms",
  "ratio",
];

/** What a case is about, in words. */
export function describeParams(params: RowParams): string {
  const { N, limbs, levels, keyBits, modulusBits, exponentBits, batch, features, outputs, variant } = params;
  const words = [
    N !== undefined && `N=${N}`,
    limbs !== undefined && `${limbs} limbs`,
    levels !== undefined && `${levels} levels`,
    keyBits !== undefined && `${keyBits}-bit key`,
    keyBits === undefined && modulusBits !== undefined && `log2 Q=${modulusBits}`,
    exponentBits !== undefined && `${exponentBits}-bit exponent`,
    features !== undefined && `${features} features`,
    outputs !== undefined && `${outputs} outputs`,
    batch !== undefined && `batch ${batch}`,
    variant,
  ];
  return words.filter(Boolean).join(", ");
}

export function printRows(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    describeParams(row.params),
    `${row.backend}${row.isSoftware ? " (software GPU)" : ""}`,
    figure(row.ms),
    figure(row.opsPerSecond),
    `${(100 * row.spread).toFixed(0)} %`,
    `${row.params.dispatches ?? ""}`,
    `${row.params.bytesUploaded ?? ""}`,
    `${row.params.bytesRead ?? ""}`,
    row.peer ?? "",
    row.peerMs === null ? "" : figure(row.peerMs),
    row.ratio === null ? "" : figure(row.ratio),
  ]);
  const widths = HEAD.map((head, i) => Math.max(head.length, ...cells.map((line) => line[i]!.length)));
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => (i < 3 || i === 9 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i < 3 || i === 9 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(HEAD), rule, ...cells.map(line)].join("\n");
}
