/** What dumps are made of: instances, made one by one, and the rest of one moment. */
import type { Intent, InterfaceFacts, Plan } from "../../config/index.js";
import type { UserName } from "../../core/notify.js";
import type { ConfiguredInstance } from "../status/document.js";
import type { GroupDocument, ScriptDocument } from "../status/types.js";

export interface DumpSource {
  readonly plan: Plan;
  readonly intent: Intent;
  /** In their order. */
  readonly instances: Iterable<ConfiguredInstance>;
  readonly groups: readonly GroupDocument[];
  /** Of this host, in the kernel's order. */
  readonly interfaces: readonly InterfaceFacts[];
  /** As they were found at the start. */
  readonly scripts: readonly ScriptDocument[];
  /** The host's name. */
  readonly host: string;
  /** Whether a run of this check goes on. */
  readonly isRunning: (check: string) => boolean;
  /** How many processes it counts now; null: it counts none. */
  readonly countOf: (check: string) => number | null;
  /** Who runs the commands of this user; null: that of all scripts. */
  readonly idsOf: (user: UserName | null) => Ids;
}

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Text in parts, each the work of a moment. */
export type Parts = Generator<string, void, void>;
