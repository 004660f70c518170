/** docs/status.schema.json as a test: what is shown is valid, and nothing is shown that the schema does not name. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";

const FILE = new URL("../../../docs/status.schema.json", import.meta.url);
const schema = JSON.parse(readFileSync(FILE, "utf8")) as object;
const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(
  closed(schema) as object,
);

/** Sentences; empty: valid. */
export function schemaViolations(document: unknown): string[] {
  if (validate(document)) return [];
  return validate.errors!.map(describe);
}

function describe({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath} ${message} ${JSON.stringify(params)}`;
}

/** The published schema leaves room for what later versions add. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  return "properties" in entries && !("additionalProperties" in entries)
    ? { ...entries, additionalProperties: false }
    : entries;
}
