/** What a node has counted, under the names that the kinds of packets use. */
import { readFileSync } from "node:fs";
import type { StatusDocument } from "../../src/daemon/status/types.js";
import type { Account } from "./mixture.js";

/** @param peer whose adverts are left out: the master's own, which a backup hears meanwhile */
export function accountOf(status: StatusDocument, peers: readonly string[]): Account {
  const account: Record<string, number> = {};
  for (const { family, counters, speakers } of status.instances) {
    const expected = speakers.filter(({ address }) => peers.includes(address));
    const adverts = expected.reduce((sum, speaker) => sum + speaker.adverts, 0);
    account[`${family} received`] = counters.advertsReceived - adverts;
    account[`${family} strangers`] = counters.strangers;
    for (const [reason, count] of Object.entries(counters.drops)) account[`${family} ${reason}`] = count;
  }
  for (const drops of Object.values(status.unclaimedDrops)) {
    for (const [reason, count] of Object.entries(drops)) account[`unclaimed ${reason}`] = count;
  }
  return account;
}

/** What was added, without what stayed as it was. */
export function difference(after: Account, before: Account): Account {
  const changes = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0).sort());
}

export function times(account: Account, factor: number): Account {
  const multiplied = Object.entries(account).map(([name, count]) => [name, count * factor]);
  return Object.fromEntries(multiplied.sort());
}

/** Packets that an account stands for: an advert that is a stranger's, or refused as ours, is counted twice in it. */
export function packetsIn(account: Account): number {
  const twice = /strangers|authentication-|interval-mismatch|ipv4 version of ours/;
  return Object.entries(account).reduce((sum, [name, count]) => (twice.test(name) ? sum : sum + count), 0);
}

/** Packets that the raw sockets of the process's host had no room for. */
export function socketDrops(pid: number): number {
  return ["raw", "raw6"].reduce((sum, table) => {
    const rows = readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n").slice(1);
    return sum + rows.reduce((inTable, row) => inTable + Number(row.trim().split(/\s+/).at(-1)), 0);
  }, 0);
}

/** Packets that this machine's processors had no room for, of all hosts together. */
export function processorDrops(): number {
  const rows = readFileSync("/proc/net/softnet_stat", "utf8").trim().split("\n");
  return rows.reduce((sum, row) => sum + Number.parseInt(row.split(" ")[1]!, 16), 0);
}

/** Memory of the process's own, in KiB. */
export function anonymousKib(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
}
