/// <reference path="./raw-socket-package.d.ts" />
/**
 * Finds the raw-socket package: the one that a packed vrrpd brings, else npm's. It is compiled for one major version of
 * Node, by an install script, which npm may not run: so it need not load.
 */
import type { RawSocketModule } from "raw-socket";

/** The version whose inner shape raw-socket.ts relies on. */
const VERSION = "1.8.1";
const NAMES = ["#raw-socket", "raw-socket"];

export type FoundRawSocket =
  | { readonly module: RawSocketModule }
  /** A clause. */
  | { readonly module: null; readonly why: string };

/** The first that loads; else why the last one that is there does not. */
export function findRawSocket(require: NodeJS.Require, names: readonly string[] = NAMES): FoundRawSocket {
  let why = "it is not installed";
  for (const name of names) {
    const version = versionOf(require, name);
    if (version === null) continue;
    if (version !== VERSION) {
      why = `it is version ${version}, not ${VERSION}`;
      continue;
    }
    try {
      return { module: require(name) as RawSocketModule };
    } catch (error) {
      why = reasonOf(error as NodeJS.ErrnoException);
    }
  }
  return { module: null, why };
}

/** null: there is none. */
function versionOf(require: NodeJS.Require, name: string): string | null {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return null;
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "MODULE_NOT_FOUND") return "it is not compiled";
  if (/NODE_MODULE_VERSION/.test(message)) return `it is not compiled for Node ${process.version}`;
  return message.split("\n")[0]!;
}
