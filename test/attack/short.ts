/** The short form of an attack: the same aims but for the processor's, less time, a weaker attacker. */
import t from "tap";
import type { Attack } from "./attack.js";

export interface ShortForm {
  readonly seconds: number;
  /** As a share of what the full attack sends, 0..1 */
  readonly strength: number;
}

const CPU_SLACK = 2;

/** Each aim is one assertion. */
export function attackTest({ name, title, run }: Attack, { seconds, strength }: ShortForm): void {
  t.test(`${name}: ${title}`, async (t) => {
    const rows = await run({ seconds, strength, cpuSlack: CPU_SLACK, say: (what) => t.comment(what) });
    t.ok(rows.length > 0, "something was judged");
    for (const { what, aim, measured, passed } of rows) t.ok(passed, `${what}: ${measured} (aim: ${aim})`);
  });
}
