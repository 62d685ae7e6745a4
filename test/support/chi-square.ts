/**
 * Pearson's statistic of observed counts against exact class probabilities. Samplers are tested with fixed seeds, so a
 * bound is passed or failed for ever; bounds are set where a true sampler fails once in a million seeds.
 */
export function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.reduce((sum, n, k) => sum + (n - total * probabilities[k]) ** 2 / (total * probabilities[k]), 0);
}
