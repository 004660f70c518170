/** What a daemon's log, which is JSON, complained of. */
import type { OutputLine } from "../netns/index.js";

const MINUTE_MILLIS = 60_000;
/** The clock of the log may be set by a little meanwhile. */
const SLACK_MILLIS = 1_000;

export interface Complaints {
  readonly lines: number;
  /** Lines of a minute, at most, by what they are about: code, reason, instance. */
  readonly subjects: ReadonlyMap<string, number>;
  /** What was said again within a minute. */
  readonly repeated: readonly string[];
}

export function complaintsOf(lines: readonly OutputLine[]): Complaints {
  const said = lines.map(({ text }) => JSON.parse(text) as Record<string, string>);
  const times = new Map<string, number>();
  const subjects = new Map<string, number[]>();
  const repeated: string[] = [];
  for (const { msg = "", time = "", code = "", reason = "", instance = "" } of said) {
    const at = Date.parse(time);
    const before = times.get(msg);
    if (before !== undefined && at - before < MINUTE_MILLIS - SLACK_MILLIS) repeated.push(msg);
    times.set(msg, at);
    const subject = `${code} ${reason} ${instance || /^\([^)]*\)/.exec(msg)?.[0]}`;
    subjects.set(subject, [...(subjects.get(subject) ?? []), at]);
  }
  const most = [...subjects].map(([subject, all]) => [subject, mostWithinAMinute(all)] as const);
  return { lines: said.length, subjects: new Map(most), repeated };
}

function mostWithinAMinute(times: readonly number[]): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MILLIS).length),
  );
}
