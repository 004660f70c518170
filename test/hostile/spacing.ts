/** How evenly adverts left, by the kernel's timestamps at the switch. */
import type { CapturedAdvert } from "../netns/index.js";

export interface Spacing {
  readonly adverts: number;
  /** How much longer than the interval the longest pause was, in microseconds. */
  readonly mostLateMicros: number;
  /** The lateness that one pause in a hundred exceeds. */
  readonly lateMicros99: number;
}

/** Of all virtual routers and families in `adverts` together. */
export function spacingOf(adverts: readonly CapturedAdvert[], intervalMicros: number): Spacing {
  const last = new Map<string, number>();
  const late: number[] = [];
  for (const { family, source, advert, atMicros } of adverts) {
    const key = `${family} ${source} ${advert.virtualRouterId}`;
    const before = last.get(key);
    if (before !== undefined) late.push(atMicros - before - intervalMicros);
    last.set(key, atMicros);
  }
  late.sort((a, b) => a - b);
  return {
    adverts: adverts.length,
    mostLateMicros: late.at(-1) ?? Number.NaN,
    lateMicros99: late[Math.floor(late.length * 0.99)] ?? Number.NaN,
  };
}

export function describeSpacing({ adverts, mostLateMicros, lateMicros99 }: Spacing): string {
  return `${adverts} adverts, at most ${mostLateMicros / 1000} ms late, 99 of 100 at most ${lateMicros99 / 1000} ms`;
}
