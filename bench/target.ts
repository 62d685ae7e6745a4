/** What was promised of a case, and whether a measured row keeps it. */

/** Bounds of one case. All that are given have to hold. */
export interface Target {
  /** Least ratio to the peer. */
  readonly ratio?: number;
  /** Least ratio to the peer for each bit of modulus. */
  readonly ratioPerBit?: number;
  /** Most milliseconds per operation. */
  readonly ms?: number;
  /** Least speed-up over one thread; holds for the rows on several threads, the other bounds for those on one. */
  readonly speedup?: number;
}

export interface Goal extends Target {
  readonly met: boolean;
}

/** The figures of a row that targets speak of. */
export interface Figures {
  readonly threads: number;
  readonly ms: number;
  readonly ratio: number | null;
  readonly ratioPerBit: number | null;
  readonly speedup: number | null;
}

/**
 * The bounds that apply to a row, and whether they are met; null where none does. A figure that was not measured meets no bound.
 * The peers run on one thread, so ratios are judged there.
 */
export function judge(target: Target | undefined, row: Figures): Goal | null {
  if (target === undefined) return null;
  const { speedup, ...single } = target;
  const bounds: Target = row.threads > 1 ? (speedup === undefined ? {} : { speedup }) : single;
  const verdicts = [
    bounds.ms !== undefined && row.ms <= bounds.ms,
    ...(["ratio", "ratioPerBit", "speedup"] as const).map(
      (key) => bounds[key] !== undefined && (row[key] ?? Number.NEGATIVE_INFINITY) >= bounds[key],
    ),
  ];
  const named = Object.keys(bounds).length;
  return named === 0 ? null : { ...bounds, met: verdicts.filter(Boolean).length === named };
}

/** A goal in words: `ratio >= 3, <= 1.7 ms`. */
export function describeGoal({ ratio, ratioPerBit, ms, speedup }: Target): string {
  return [
    ratio !== undefined && `ratio >= ${ratio}`,
    ratioPerBit !== undefined && `per bit >= ${ratioPerBit}`,
    ms !== undefined && `<= ${ms} ms`,
    speedup !== undefined && `speed-up >= ${speedup}`,
  ]
    .filter(Boolean)
    .join(", ");
}
