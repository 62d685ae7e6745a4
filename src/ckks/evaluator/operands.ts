/** What all operations on ciphertexts share: cutting and joining components, and refusing operands that do not fit. */
import { ParameterError, show } from "../../errors.js";
import type { RingHandle, RingKernels } from "../../kernels/interface.js";
import { type CiphertextState, CkksCiphertext } from "../ciphertext.js";
import type { Estimate } from "../noise.js";
import type { CkksParameters } from "../parameters.js";
import { allOrNone, scoped } from "../scope.js";

/** The base of the evaluator's parts. */
export abstract class Operands {
  constructor(
    readonly parameters: CkksParameters,
    /** @internal */
    protected readonly ring: RingKernels,
  ) {}

  /** A ciphertext like `a` but for what is named: no seed, which was of a fresh one. @internal */
  protected like(a: CkksCiphertext, handle: RingHandle, changes: Partial<CiphertextState> = {}): CkksCiphertext {
    const { level, scaleDegree, keyId, components, estimate } = a;
    return new CkksCiphertext(this.parameters, handle, { level, scaleDegree, keyId, components, estimate, ...changes });
  }

  /** Another ciphertext with the same content. @internal */
  protected copy(a: CkksCiphertext): CkksCiphertext {
    return this.like(a, this.ring.slice(a.handle, 0, a.handle.batch));
  }

  /** Component c of ciphertexts [start, start + count), of all unless said otherwise. @internal */
  protected component(a: CkksCiphertext, c: number, start = 0, count = a.batch): RingHandle {
    const part = a.parts?.[c];
    return part ? this.ring.slice(part, start, count) : this.ring.slice(a.handle, c * a.batch + start, count);
  }

  /** Makes the components apart and joins them. @internal */
  protected joined(components: number, make: (component: number) => RingHandle): RingHandle {
    return scoped((keep) => {
      const parts = allOrNone(Array.from({ length: components }).keys(), make);
      for (const part of parts) keep(part);
      return this.ring.concat(parts);
    });
  }

  /** Applies f to the first components alone. @internal */
  protected onFirst(a: CkksCiphertext, f: (c0: RingHandle) => RingHandle): RingHandle {
    return scoped((keep) => {
      const first = keep(f(keep(this.component(a, 0))));
      const rest = keep(this.ring.slice(a.handle, a.batch, a.handle.batch - a.batch));
      return this.ring.concat([first, rest]);
    });
  }
}

/** Estimates exist where all operands have one. @internal */
export function estimated(
  operands: readonly { readonly estimate?: Estimate | undefined }[],
  f: (...estimates: Estimate[]) => Estimate,
): Estimate | undefined {
  const estimates = operands.map(({ estimate }) => estimate).filter((estimate) => estimate !== undefined);
  return estimates.length === operands.length ? f(...estimates) : undefined;
}

export function shape(what: string, expected: string, got: string, remedy = "arrange the operands accordingly"): ParameterError {
  return new ParameterError({ what, expected, got, remedy });
}

/** One for each ciphertext, or one for all. */
export function checkCount(what: string, items: readonly unknown[], batch: number): void {
  if (!Array.isArray(items)) throw shape(what, "an array", show(items));
  const count = items.length;
  if (count !== batch && count !== 1) throw shape(what, batch === 1 ? "1" : `${batch} or 1`, String(count));
}

export function checkDivides(what: string, divisor: number, of: number): number {
  if (!Number.isSafeInteger(divisor) || divisor < 1 || of % divisor !== 0) throw shape(what, `a divisor of ${of}`, show(divisor));
  return of / divisor;
}
