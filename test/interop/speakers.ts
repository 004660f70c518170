/** Speakers of one virtual router, as a cell of the table has them. */

import type { Daemon, Kind, Setup } from "../lab/daemons/daemon.js";
import { daemonOf } from "../lab/daemons/index.js";
import type { Host } from "../netns/index.js";

/** What all speakers of a LAN are configured with. */
export interface Group {
  readonly family: "ipv4" | "ipv6";
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** Without prefix length. */
  readonly virtualAddress: string;
  readonly intervalSeconds: number;
  /** Version 2: the password; null: no authentication. */
  readonly password: string | null;
}

/** What one speaker is configured with beside; `password` is another one than the group's. */
export type Own = Pick<Setup, "priority" | "preemption" | "unicastPeers" | "password">;
export type MakeSpeaker = (host: Host, group: Group) => Daemon;

export const vrrpd = (own: Own): MakeSpeaker => maker("vrrpd", own);
export const keepalived = (own: Own): MakeSpeaker => maker("keepalived", own);
export const frr = (own: Pick<Own, "priority">): MakeSpeaker => maker("frr", own);

function maker(kind: Kind, own: Own): MakeSpeaker {
  return (host, { family, version, virtualRouterId, virtualAddress, intervalSeconds, password }) => {
    const routers = [{ id: virtualRouterId, family, addresses: [virtualAddress] }];
    return daemonOf(kind, host, { routers, version, intervalSeconds, password, detailedLog: true, ...own });
  };
}
