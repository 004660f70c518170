/** What happened, for a person: recorded only when a failed run is repeated. */
import type { Micros } from "../../src/base/time.js";

interface Entry {
  readonly at: Micros;
  readonly host: string;
  /** null: concerns all of the host. */
  readonly router: number | null;
  readonly text: string;
}

const LINES_SHOWN = 70;

export class Timeline {
  #entries: Entry[] = [];

  add(at: Micros, host: string, router: number | null, text: string): void {
    this.#entries.push({ at, host, router, text });
    if (this.#entries.length > 400_000) this.#entries = this.#entries.slice(200_000);
  }

  /** The last lines that concern a virtual router; null: all of them. What one host repeats is one line. */
  show(router: number | null): string {
    const lines: string[] = [];
    let before: Entry | null = null;
    let times = 0;
    for (const entry of this.#entries) {
      if (router !== null && entry.router !== null && entry.router !== router) continue;
      const repeats: boolean = before !== null && before.host === entry.host && before.text === entry.text;
      times = repeats ? times + 1 : 1;
      if (repeats) lines.pop();
      lines.push(lineOf(entry) + (repeats ? ` (${times} times until then)` : ""));
      before = entry;
    }
    return lines.slice(-LINES_SHOWN).join("\n");
  }
}

function lineOf({ at, host, text }: Entry): string {
  return `${(at / 1_000_000).toFixed(6).padStart(14)} s  ${host.padEnd(4)} ${text}`;
}
