/** The kinds of checks, and what each is told. What each does, and what is said about it, is in `src/host/checks`. */
import { hostOfUrl, type IpAddress } from "../base/address.js";
import type { Micros } from "../base/time.js";
import type { CheckConfig } from "../core/config.js";
import type { UserName } from "../core/notify.js";
import type { Origin } from "../core/origin.js";

/** What a check of any kind is told. */
interface AnyCheck extends CheckConfig {
  readonly origin: Origin;
  /** From one run to the next; a connection's time limit as well. */
  readonly intervalMicros: Micros;
  /** `node`: to this node itself, so the plan says to which address, and a failure while that is away says nothing. */
  readonly connectsTo: "node" | null;
  /** The program that it runs, with its arguments; null: it runs none. */
  readonly command: readonly string[] | null;
  /** Who runs it; null: that of `settings.scripts`. */
  readonly user: UserName | null;
}

/** A TCP connection. */
export interface TcpCheck extends AnyCheck {
  readonly kind: "tcp";
  readonly connectsTo: "node";
  readonly command: null;
  readonly user: null;
  readonly port: number;
}

/** A program's exit code. */
export interface ScriptCheck extends AnyCheck {
  readonly kind: "script";
  readonly connectsTo: null;
  readonly command: readonly string[];
  /** A script that is missing or not executable at start faults the node instead of being disabled. */
  readonly strict: boolean;
  /** A run that takes longer is ended, and has failed. */
  readonly timeoutMicros: Micros;
}

/** A number in a file; a missing file is 0. It always passes. */
export interface FileCheck extends AnyCheck {
  readonly kind: "file";
  readonly connectsTo: null;
  readonly command: null;
  readonly user: null;
  /** Absolute. */
  readonly path: string;
  /** What is written where the file is missing; `overwrite`: at the start of the daemon wherever it is; null: nothing. */
  readonly init: { readonly value: number; readonly overwrite: boolean } | null;
}

/** Which processes are meant. */
export interface ProcessCriteria {
  /** The command, and perhaps words behind it. */
  readonly command: readonly string[];
  /** The command line begins with the command; else the kernel's name of the process is it, which has 15 bytes at most. */
  readonly whole: boolean;
  /** The words behind: all of them, the first ones, the beginning of them; or whatever they are. */
  readonly match: "any" | "exact" | "partial" | "initial";
}

/** How many processes run. */
export interface ProcessCheck extends AnyCheck {
  readonly kind: "process";
  readonly connectsTo: null;
  readonly command: null;
  readonly user: null;
  readonly process: ProcessCriteria;
  readonly quorum: {
    readonly least: number;
    /** null: any number. */
    readonly most: number | null;
    /** How long a process that a counted one has forked, and one that is gone, do not matter. */
    readonly forkDelayMicros: Micros;
    readonly terminateDelayMicros: Micros;
  };
}

/** The status of an HTTP answer. */
export interface HttpCheck extends AnyCheck {
  readonly kind: "http";
  readonly connectsTo: null;
  readonly command: null;
  readonly user: null;
  readonly target: HttpTarget;
  /** Name in the Host header, and in TLS the name that is asked for; null: the host of the target. */
  readonly hostName: string | null;
  /** Which statuses pass, at least one range. */
  readonly statuses: readonly StatusRange[];
}

export interface HttpTarget {
  readonly scheme: "http" | "https";
  /** `localhost` is 127.0.0.1, or ::1 where nobody answers there. No other name: they would need DNS. */
  readonly host: IpAddress | "localhost";
  readonly port: number;
  /** From the first slash on, the query included, as it is sent. */
  readonly path: string;
}

/** Both ends belong to it. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

export type CheckIntent = TcpCheck | ScriptCheck | HttpCheck | FileCheck | ProcessCheck;

/** @template C one of the kinds; all of them where it is left out */
export type CheckPlan<C extends CheckIntent = CheckIntent> = C & {
  /** What it connects to; null: nothing, or the node's address is not known yet. */
  readonly address: IpAddress | null;
};

/** The URL, with its query. */
export function urlOf({ scheme, host, port, path }: HttpTarget): string {
  const usual = port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${host === "localhost" ? host : hostOfUrl(host)}${usual ? "" : `:${port}`}${path}`;
}

/** "200-399, 503" */
export function formatStatuses(ranges: readonly StatusRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}
