/** Growth curves as one SVG: a panel for each parameter that moves, a line for each backend. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Report, Row } from "./row.js";

const THREADS = "growth with threads";

/** How a variant of the growth suite names the parameter that moves. */
const AXES: Readonly<Record<string, (row: Row) => number | undefined>> = {
  "growth with batch": ({ params }) => params.batch,
  "growth with N": ({ params }) => params.N,
  "growth with limbs": ({ params }) => params.limbs,
  "growth with key size": ({ params }) => params.keyBits,
  [THREADS]: ({ threads }) => threads,
};

/** The line that a row belongs to. Where threads are the axis, all numbers of them are one line. */
function lineOf({ backend, isSoftware, threads }: Row, tellThreads: boolean): string {
  if (isSoftware) return `${backend} (software GPU)`;
  return backend === "wasm" && tellThreads ? `${backend}, ${threads} ${threads === 1 ? "thread" : "threads"}` : backend;
}

const PANEL = { width: 420, height: 300, marginLeft: 60, marginRight: 20, marginTop: 30, marginBottom: 40 };

export function plotGrowth({ rows, machine, adapter, date, commit }: Report): string {
  const panels = Object.entries(AXES).flatMap(([variant, axis]) => {
    const points = rows
      .filter((row) => row.params.variant === variant)
      .map((row) => ({ x: axis(row) ?? 1, ms: row.ms, line: lineOf(row, variant !== THREADS) }));
    return points.length === 0
      ? []
      : [panel(variant.replace("growth with ", ""), rows.find((row) => row.params.variant === variant)!.name, points)];
  });
  if (panels.length === 0) throw new Error("a plot needs rows of growth curves: add --growth");
  const columns = Math.min(2, panels.length);
  const lines = Math.ceil(panels.length / columns);
  const captions = [machine, `adapter: ${adapter}`, `commit ${commit}, ${date.slice(0, 10)}`];
  const placed = panels.map((svg, i) =>
    svg.replace("<svg ", `<svg x="${(i % columns) * PANEL.width}" y="${Math.floor(i / columns) * PANEL.height}" `),
  );
  const [width, top] = [columns * PANEL.width, lines * PANEL.height];
  const height = top + 16 * captions.length + 8;
  const text = captions
    .map(
      (line, i) =>
        `<text x="8" y="${top + 16 * (i + 1)}" font-family="system-ui, sans-serif" font-size="10">${escapeText(line)}</text>`,
    )
    .join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>Growth curves</title><rect width="100%" height="100%" fill="white"/>${placed.join("")}${text}</svg>\n`;
}

interface Point {
  readonly x: number;
  readonly ms: number;
  readonly line: string;
}

function panel(label: string, operation: string, points: readonly Point[]): string {
  const { document } = parseHTML("<html><body></body></html>");
  const times = points.map(({ ms }) => ms);
  const svg = Plot.plot({
    document: document as unknown as Plot.PlotOptions["document"],
    ...PANEL,
    style: { background: "white", color: "black" },
    x: { type: "log", base: 2, label, tickFormat: (x: number) => `${x}`, ticks: [...new Set(points.map(({ x }) => x))] },
    y: {
      type: "log",
      domain: [Math.min(...times) / 2, Math.max(...times) * 2],
      label: `${operation}: ms per operation`,
      grid: true,
      tickFormat: "~g",
    },
    marks: [
      Plot.lineY(points, { x: "x", y: "ms", z: "line", stroke: "line", marker: "circle", sort: "x" }),
      Plot.text(
        points,
        Plot.selectLast({ x: "x", y: "ms", z: "line", text: "line", dx: -6, dy: -8, textAnchor: "end", fill: "line" }),
      ),
    ],
  });
  return svg.outerHTML;
}

const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
