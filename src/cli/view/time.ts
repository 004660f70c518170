/** Times and spans as a person reads them. */

/** "0.4 s", "14 s", "2m 14s", "3h 05m", "5d 02h". */
export function span(seconds: number): string {
  const positive = Math.max(0, seconds);
  if (positive < 9.95) return `${positive.toFixed(1)} s`;
  const whole = Math.round(positive);
  if (whole < 60) return `${whole} s`;
  const two = (number: number) => String(number).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86400)}d ${two(Math.floor((whole % 86400) / 3600))}h`;
}

/** Between two times of ISO 8601. */
export function secondsBetween(earlier: string, later: string): number {
  return (Date.parse(later) - Date.parse(earlier)) / 1000;
}

/** "2026-01-31 03:12:44.123 UTC" */
export function clockTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 23)} UTC`;
}
