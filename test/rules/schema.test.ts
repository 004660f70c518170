import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { SCHEMAS, schemaText } from "../schema/documents.js";
import { schemaOf } from "../schema/schema.js";
import { ROOT } from "./tree.js";

t.test("the published schemas say what the types say", async (t) => {
  for (const one of SCHEMAS) {
    const found = readFileSync(join(ROOT, one.path), "utf8");
    t.equal(found, schemaText(one, ROOT), `${one.path} is made anew by npm run schema`);
  }
});

const TYPES = `
import type { Size } from "./size.js";
/** Whoever was born. */
interface Being { readonly name: string; }
/** One
 *  animal. */
export interface AnimalDocument extends Being {
  /** In kilograms; null: unknown. @minimum 0 */
  readonly weight: number | null;
  readonly size: Size | null;
  readonly legs?: readonly { readonly count: number }[];
  readonly eaten: Readonly<Record<Size, boolean>>;
  readonly seen: Partial<Record<Size, number>>;
  readonly marks: Record<string, unknown>;
}
export interface Odd { readonly all: [string, number]; }
`;

t.test("a schema has what types, comments and tags say", async (t) => {
  const folder = t.testdir({ "animal.ts": TYPES, "size.ts": 'export type Size = "small" | "big";' });
  const file = join(folder, "animal.ts");
  const size = { $ref: "#/$defs/size" };
  t.strictSame(schemaOf(file, "AnimalDocument", { title: "Animals" }), {
    title: "Animals",
    description: "One animal.",
    type: "object",
    required: ["name", "weight", "size", "eaten", "seen", "marks"],
    properties: {
      name: { type: "string" },
      weight: {
        description: "In kilograms; null: unknown.",
        anyOf: [{ type: "number", minimum: 0 }, { type: "null" }],
      },
      size: { anyOf: [size, { type: "null" }] },
      legs: {
        type: "array",
        items: { type: "object", required: ["count"], properties: { count: { type: "number" } } },
      },
      eaten: {
        type: "object",
        required: ["small", "big"],
        properties: { small: { type: "boolean" }, big: { type: "boolean" } },
      },
      seen: { type: "object", additionalProperties: { type: "number" } },
      marks: { type: "object", additionalProperties: {} },
    },
    $defs: { size: { enum: ["small", "big"] } },
  });
  t.throws(() => schemaOf(file, "Odd", {}), /animal\.ts:16: no schema can be made of \[string, number\]/);
  t.throws(() => schemaOf(file, "Plant", {}), /has no type Plant/);
});
