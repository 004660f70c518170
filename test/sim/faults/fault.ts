/** Everything that can go wrong in a run, as data: a failure prints it, and shrinking leaves out what is not needed. */
import type { Micros } from "../../../src/base/time.js";
import type { Preempt } from "../../../src/core/config.js";
import type { VrrpVersion } from "../../../src/wire/advert.js";
import type { Degradation } from "../lan.js";

interface Span {
  readonly at: Micros;
  readonly until: Micros;
}

/** Faults that are just there for a while on one host. */
export type HostFaultKind =
  /** The daemon gets no time (SIGSTOP, a paused container); the kernel goes on. */
  | "stall"
  /** The cable is out, and the host sees it. */
  | "carrier"
  | "adminDown"
  | "interfaceGone"
  /** The node address is away. */
  | "sourceLost"
  /** Another daemon holds the locks, should ours start meanwhile. */
  | "lockTaken"
  /** Address events are lost; at the end a dump makes up for them. */
  | "overrun"
  /** The daemon is told to stop, and started again at the end. */
  | "stop";

/** A speaker that is none of ours: a stranger, an old master, a misconfigured node. It listens to nobody. */
export interface SpeakerFault extends Span {
  readonly kind: "speaker";
  readonly router: number;
  /** Host part of its address, which may be smaller or greater than ours. */
  readonly octet: number;
  readonly version: VrrpVersion;
  readonly priority: number;
  readonly intervalMicros: Micros;
  /** Its addresses are ours (some), or a stranger's. */
  readonly shares: boolean;
  readonly password: "same" | "none" | "other";
  /** Says goodbye with priority 0. */
  readonly releases: boolean;
}

export type Reloaded =
  | { readonly preempt: Preempt }
  /** Indexes into the pool; begins with 0. */
  | { readonly list: readonly number[] }
  | "refused";

export type Fault =
  | (Span & { readonly kind: HostFaultKind; readonly host: number })
  /** `reboot`: the kernel forgets its addresses, too. */
  | (Span & { readonly kind: "crash"; readonly host: number; readonly reboot: boolean })
  /** Stopped, and started again with another list. */
  | (Span & {
      readonly kind: "relist";
      readonly host: number;
      readonly router: number;
      readonly list: readonly number[];
    })
  /** These hosts hear only each other. */
  | (Span & { readonly kind: "partition"; readonly side: readonly number[] })
  | (Span & { readonly kind: "oneWay"; readonly from: number; readonly to: number })
  | (Span & { readonly kind: "degrade" } & Degradation)
  /** The service fails: all the time, or in turns of this length. */
  | (Span & {
      readonly kind: "check";
      readonly host: number;
      readonly check: number;
      readonly flapMicros: Micros | null;
    })
  | (Span & {
      readonly kind: "refuse";
      readonly host: number;
      readonly add: number;
      readonly remove: number;
    })
  /** Somebody removes an address that is ours, or adds one that is not (and takes it away again). */
  | (Span & {
      readonly kind: "meddle";
      readonly host: number;
      readonly router: number;
      readonly address: number;
      readonly change: "remove" | "add";
    })
  | (Span & {
      readonly kind: "priority";
      readonly host: number;
      readonly router: number;
      readonly priority: number;
    })
  /** The configuration is read again, with one thing that is another; or it is one that cannot be taken over. */
  | (Span & {
      readonly kind: "reload";
      readonly host: number;
      readonly router: number;
      readonly change: Reloaded;
    })
  /** The tracked interface is not what it is else: it comes, or goes in one of these ways. */
  | (Span & {
      readonly kind: "uplink";
      readonly host: number;
      readonly how: "gone" | "down" | "no carrier";
    })
  | (Span & { readonly kind: "newMac"; readonly host: number })
  /** Refused packets, foreign ids, address conflicts: much to report, nothing to do. */
  | (Span & { readonly kind: "noise"; readonly host: number; readonly router: number })
  | SpeakerFault;

export type FaultKind = Fault["kind"];

export function describeFault(fault: Fault, nameOf: (host: number) => string): string {
  const { kind, at, until, ...rest } = fault;
  const words = Object.entries(rest).map(([key, value]) => {
    if (key === "host" || key === "from" || key === "to") {
      return `${key} ${value === null ? "any" : nameOf(value as number)}`;
    }
    if (key === "side") return `side ${(value as number[]).map(nameOf).join("")}`;
    if (key === "change" && typeof value === "object") return `change ${JSON.stringify(value)}`;
    return `${key} ${Array.isArray(value) ? value.join() : value}`;
  });
  return `${kind} ${words.join(", ")}`;
}
