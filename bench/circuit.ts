/** The three timed steps. Each is a row; times are per row of data. */
export const STEPS = ["encrypt", "inference", "decrypt"] as const;
export type Step = (typeof STEPS)[number];

/** One step of a circuit, ready to run again and again: bytes in, bytes out. */
export interface Circuit {
  readonly rows: number;
  readonly steps: Readonly<Record<Step, () => unknown>>;
  /** Rows that one call of a step works on, where that is not all of them. */
  readonly itemsOf?: Partial<Readonly<Record<Step, number>>>;
  /** Largest difference from the decisions in the clear, over all rows. */
  readonly difference: number;
  readonly close?: () => unknown;
}

/** A circuit that its three steps share: made when the first is prepared, closed when the last is done. */
export function sharedCircuit(make: () => Promise<Circuit>): () => Promise<Circuit> {
  let circuit: Promise<Circuit> | undefined;
  let left = STEPS.length;
  return async () => {
    circuit ??= make();
    const made = await circuit;
    return { ...made, close: () => (--left === 0 ? made.close?.() : undefined) };
  };
}
