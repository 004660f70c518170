/** keepalived.data: the configuration that counts, and what has become of it. */
import type { Verdict } from "../../core/router/check.js";
import { globalsText } from "./globals.js";
import { groupText } from "./groups.js";
import { dumped } from "./instance.js";
import { interfaceText } from "./interfaces.js";
import { scriptText } from "./scripts.js";
import type { DumpSource, Parts } from "./source.js";
import { instanceText } from "./topology.js";
import { Trackers } from "./trackers.js";

export function* data(source: DumpSource): Parts {
  yield `${heading("Global definitions")}${globalsText(source)}`;
  yield heading("VRRP Topology");
  const trackers = new Trackers();
  const verdicts = new Map<string, Verdict>();
  for (const one of dumped(source)) {
    trackers.add(one.document);
    for (const { name, state } of one.document.checks) verdicts.set(name, state);
    yield instanceText(one, source);
  }
  if (source.groups.length > 0) yield heading("VRRP Sync groups");
  for (const group of source.groups) yield groupText(group, source);
  yield* scripts(source, verdicts, trackers);
  // The last heading, and there even without interfaces: readers wait for it.
  yield heading("Interfaces");
  for (const one of source.interfaces) yield interfaceText(one, trackers);
}

/** Without those that cannot run, as in Keepalived. */
function* scripts(source: DumpSource, verdicts: ReadonlyMap<string, Verdict>, trackers: Trackers): Parts {
  let before = heading("VRRP Scripts");
  for (const check of source.plan.checks.values()) {
    const verdict = verdicts.get(check.name) ?? "pending";
    if (verdict === "disabled") continue;
    yield before + scriptText(check, verdict, trackers, source);
    before = "";
  }
}

function heading(text: string): string {
  return `------< ${text} >------\n`;
}
