/** Arithmetic of measurements. Nothing here knows what was measured. */

/** Five points of a distribution, and how many values it had. */
export interface Spread {
  readonly min: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  readonly max: number;
  readonly count: number;
}

/**
 * The value below or at which this part of all values lies (nearest rank, so it is always one that was measured).
 * @param part 0 to 1
 * Throws RangeError without values.
 */
export function percentile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError("a percentile of no values");
  const sorted = [...values].sort((a, b) => a - b);
  // Without this 0.999 × 1000 is 999.0000000000001, and its rank one too many.
  const rank = Math.ceil(part * sorted.length - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1]!;
}

/** Throws RangeError without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) throw new RangeError("the median of no values");
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Throws RangeError without values. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    min: percentile(values, 0),
    lower: percentile(values, 0.25),
    median: median(values),
    upper: percentile(values, 0.75),
    max: percentile(values, 1),
    count: values.length,
  };
}

/** Ours over theirs. */
export interface Ratio {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/**
 * The ratio of the medians, and the quartiles of the ratios of every value of ours to every value of theirs.
 * null: theirs is zero or less somewhere, so that nothing can be said.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio | null {
  if (ours.length === 0 || theirs.length === 0 || theirs.some((value) => value <= 0)) return null;
  const pairs = ours.flatMap((own) => theirs.map((other) => own / other));
  return {
    lower: percentile(pairs, 0.25),
    median: median(ours) / median(theirs),
    upper: percentile(pairs, 0.75),
  };
}

/**
 * The exponent k of y = c · x^k by least squares over the logarithms: 1 is linear, 0 does not depend on x.
 * Throws RangeError with fewer than two different x, or with a value that has no logarithm.
 */
export function exponentOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  if (points.some(({ x, y }) => !(x > 0 && y > 0)))
    throw new RangeError("a power law has positive values alone");
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (pick: (one: { x: number; y: number }) => number) =>
    logs.reduce((sum, one) => sum + pick(one), 0) / logs.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const square = logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(square > 0)) throw new RangeError("an exponent needs two different values of x");
  return logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / square;
}

/**
 * By how much each gap between neighbours misses the interval, early or late alike.
 * @param times ascending, of one sender
 */
export function spacingErrors(times: readonly number[], interval: number): number[] {
  return times.slice(1).map((time, index) => Math.abs(time - times[index]! - interval));
}
