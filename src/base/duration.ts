/** Spans of time as people type them: "90s", "10m", "1h30m", "2d". */

const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
const PARTS = /^(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/;

/** A clause, for whoever has typed something else. */
export const DURATION = "a number with s, m, h or d behind it, such as 90s, 10m, 1h30m or 2d";

/** Seconds, above 0; null: it is none, or not above 0. */
export function parseDuration(text: string): number | null {
  const found = PARTS.exec(text.trim());
  if (found === null) return null;
  const seconds = Object.values(UNITS).reduce(
    (sum, unit, index) => sum + Number(found[index + 1] ?? 0) * unit,
    0,
  );
  return seconds > 0 ? seconds : null;
}
