/** What vrrpd shows to programs, as types and as the schema that is published. */
import { join } from "node:path";
import { schemaOf } from "./schema.js";

export const SCHEMAS = [
  {
    path: "docs/status.schema.json",
    types: "src/daemon/status/types.ts",
    root: "StatusDocument",
    head: {
      title: "vrrpd status --json",
      description:
        "JSON Schema, draft 2020-12. Also served at /status of VRRPD_METRICS_LISTEN. Properties are added, never changed or removed.",
    },
  },
] as const;

/** @param root the folder of the project */
export function schemaText({ types, root: type, head }: (typeof SCHEMAS)[number], root: string): string {
  return `${JSON.stringify(schemaOf(join(root, types), type, head), null, 2)}\n`;
}
