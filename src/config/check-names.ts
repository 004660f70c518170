/** Names of checks. Scripts, files and processes of a keepalived.conf may have the same ones; a script's has no blank. */
import type { CheckIntent } from "./checks.js";

export function checkNameOf(kind: "script" | "file" | "process", name: string): string {
  return kind === "script" ? name : `${kind} ${name}`;
}

/** Whether it is none of a file or a process. */
export function isScriptsName(name: string): boolean {
  return !/^(?:file|process) /.test(name);
}

/** As the configuration has it. */
export function ownNameOf({ kind, name }: Pick<CheckIntent, "kind" | "name">): string {
  return kind === "file" || kind === "process" ? name.slice(kind.length + 1) : name;
}
