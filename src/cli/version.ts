/** The version of this program, as its package has it. */
import { createRequire } from "node:module";

export function readVersion(): string {
  return (createRequire(import.meta.url)("vrrpd/package.json") as { version: string }).version;
}
