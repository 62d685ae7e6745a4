/** The three timed steps. Each is a row; times are per row of data. */
export const STEPS = ["encrypt", "inference", "decrypt"] as const;
export type Step = (typeof STEPS)[number];

/** One step of a circuit, ready to run again and again: bytes in, bytes out. */
export interface Circuit {
  readonly rows: number;
  readonly steps: Readonly<Record<Step, () => unknown>>;
  /** Largest difference from the decisions in the clear, over all rows. */
  readonly difference: number;
  readonly close?: () => unknown;
}
