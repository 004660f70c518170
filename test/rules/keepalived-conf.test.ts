/** The tables of keywords and docs/keepalived-conf.md say the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { KEYWORDS } from "../../src/config/keepalived/table.js";
import { ROOT } from "./tree.js";

const document = readFileSync(join(ROOT, "docs/keepalived-conf.md"), "utf8");

/** "block keyword: class" of each row, which may have several keywords. */
function documented(text: string): string[] {
  return [...text.matchAll(/^\| (–|`\w+`) \| (`.*?`) \| (\w+) \| .+ \|$/gm)].flatMap(
    ([, block, names, kind]) =>
      [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => `${block!.replace(/[`–]/g, "")} ${name}: ${kind}`),
  );
}

t.test("each keyword is documented with its class, and no other", async (t) => {
  const known = Object.entries(KEYWORDS).flatMap(([block, keywords]) =>
    Object.entries(keywords).map(([name, kind]) => `${block} ${name}: ${kind}`),
  );
  t.ok(known.length > 200);
  t.strictSame(documented(document).sort(), known.sort());
});

t.test("a row of several keywords is several", async (t) => {
  const rows = "| `a` | `b`, `c` | works | text |\n| – | `d` | refused | text, `e` |\n| x | y | z |";
  t.strictSame(documented(rows), ["a b: works", "a c: works", " d: refused"]);
});
