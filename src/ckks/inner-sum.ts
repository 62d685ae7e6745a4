/** Sums of neighbouring slots in a logarithmic number of rotations. */
import { ParameterError, show } from "../errors.js";

/** One rotation of an inner sum: of the sum of 2^bit slots, or of the same for the remainder, by `step`. */
interface Doubling {
  /** Where the sums of the lower bits end: the step by which the sum of 2^bit slots is rotated before it joins them; undefined where it does not. */
  readonly join: number | undefined;
  /** The step that doubles the sum of 2^bit slots; undefined after the last bit. */
  readonly double: number | undefined;
}

/** The bits of a length, lowest first: double and add. Throws ParameterError for lengths outside [1, slots]. */
export function innerSumSchedule(length: number, slots: number): Doubling[] {
  if (!Number.isSafeInteger(length) || length < 1 || length > slots) {
    const expected = `an integer in [1, ${slots}]`;
    throw new ParameterError({ what: "length of an inner sum", expected, got: show(length), remedy: "sum at most all slots" });
  }
  const schedule: Doubling[] = [];
  let offset = 0;
  for (let width = 1; width <= length; width *= 2) {
    const joins = Math.floor(length / width) % 2 === 1;
    schedule.push({ join: joins ? offset : undefined, double: 2 * width <= length ? width : undefined });
    if (joins) offset += width;
  }
  return schedule;
}

/** The rotations of an inner sum, each once; none by 0. */
export function innerSumSteps(length: number, slots: number): number[] {
  const steps = innerSumSchedule(length, slots).flatMap(({ join, double }) => [join, double]);
  return [...new Set(steps.filter((step): step is number => step !== undefined && step !== 0))];
}
