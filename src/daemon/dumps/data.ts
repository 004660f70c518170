/** keepalived.data: the configuration that counts, and what has become of it. */
import type { Verdict } from "../../core/router/check.js";
import type { CheckDocument } from "../status/types.js";
import { fileText, processText } from "./counted.js";
import { fixtureLines } from "./fixtures.js";
import { globalsText } from "./globals.js";
import { groupText } from "./groups.js";
import { dumped } from "./instance.js";
import { interfaceText } from "./interfaces.js";
import { scriptText } from "./scripts.js";
import type { DumpSource, Parts } from "./source.js";
import { instanceText } from "./topology.js";
import { Trackers } from "./trackers.js";

const STATICS = [
  ["address", "Static Addresses"],
  ["route", "Static Routes"],
  ["rule", "Static Rules"],
] as const;

export function* data(source: DumpSource): Parts {
  yield `${heading("Global definitions")}${globalsText(source)}`;
  yield* statics(source);
  yield heading("VRRP Topology");
  const trackers = new Trackers();
  const verdicts = new Map<string, Verdict>();
  const documents = new Map<string, CheckDocument>();
  for (const one of dumped(source)) {
    trackers.add(one.document);
    for (const check of one.document.checks) {
      verdicts.set(check.name, check.state);
      documents.set(check.name, check);
    }
    yield instanceText(one, source);
  }
  if (source.groups.length > 0) yield heading("VRRP Sync groups");
  for (const group of source.groups) yield groupText(group, source);
  yield* scripts(source, verdicts, trackers);
  yield* files(source, documents, trackers);
  yield* processes(source, documents, trackers);
  // The last heading, and there even without interfaces: readers wait for it.
  yield heading("Interfaces");
  for (const one of source.interfaces) yield interfaceText(one, trackers);
}

/** What is there whoever is master. */
function* statics({ plan }: DumpSource): Parts {
  const all = plan.core.statics ?? [];
  for (const [kind, title] of STATICS) {
    const lines = fixtureLines(all, kind);
    if (lines.length > 0) yield `${heading(title)}${lines.map((line) => `     ${line}\n`).join("")}`;
  }
}

/** Without those that cannot run, as in Keepalived. */
function* scripts(source: DumpSource, verdicts: ReadonlyMap<string, Verdict>, trackers: Trackers): Parts {
  let before = heading("VRRP Scripts");
  for (const check of source.plan.checks.values()) {
    if (check.kind === "file" || check.kind === "process") continue;
    const verdict = verdicts.get(check.name) ?? "pending";
    if (verdict === "disabled") continue;
    yield before + scriptText(check, verdict, trackers, source);
    before = "";
  }
}

type Documents = ReadonlyMap<string, CheckDocument>;

function* files(source: DumpSource, documents: Documents, trackers: Trackers): Parts {
  let before = heading("VRRP Track files");
  for (const check of source.plan.checks.values()) {
    if (check.kind !== "file") continue;
    yield before + fileText(check, documents.get(check.name) ?? null, trackers, source);
    before = "";
  }
}

function* processes(source: DumpSource, documents: Documents, trackers: Trackers): Parts {
  let before = heading("VRRP Track processes");
  for (const check of source.plan.checks.values()) {
    if (check.kind !== "process") continue;
    yield before + processText(check, documents.get(check.name) ?? null, trackers, source);
    before = "";
  }
}

function heading(text: string): string {
  return `------< ${text} >------\n`;
}
