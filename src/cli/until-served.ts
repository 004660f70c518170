/** Waits until other nodes serve what this one has given up. */
import { setTimeout as delay } from "node:timers/promises";
import { VrrpdError } from "../base/errors.js";
import { shortList } from "../base/lists.js";
import type { InstanceDocument } from "../daemon/status/types.js";
import { askStatus } from "./daemon-status.js";

const POLL_MILLIS = 200;

/** @param names of the instances that are meant. Throws VrrpdError `EALONE`, `ENODAEMON`. */
export async function untilServed(path: string, names: ReadonlySet<string>, seconds: number): Promise<void> {
  for (const end = performance.now() + seconds * 1000; ; await delay(POLL_MILLIS)) {
    const { instances } = await askStatus(path);
    const missing = instances.filter((instance) => names.has(instance.name) && !isServedByOthers(instance));
    if (missing.length === 0) return;
    if (performance.now() >= end) throw new VrrpdError("EALONE", sentenceOf(missing, seconds));
  }
}

export function isServedByOthers({ state, speakers }: Pick<InstanceDocument, "state" | "speakers">): boolean {
  return (
    state !== "MASTER" && speakers.some(({ advertising, relation }) => advertising && relation !== "stranger")
  );
}

function sentenceOf(missing: readonly InstanceDocument[], seconds: number): string {
  const masters = missing.filter(({ state }) => state === "MASTER").map(({ name }) => name);
  const rest = missing.filter(({ state }) => state !== "MASTER").map(({ name }) => name);
  return [
    ...(masters.length > 0
      ? [
          `no other node has taken over ${shortList(masters)} within ${seconds} s, so this one serves on until one does`,
        ]
      : []),
    ...(rest.length > 0 ? [`nobody was heard to serve ${shortList(rest)} within ${seconds} s`] : []),
  ].join("; ");
}
