/** The table of options and docs/keepalived-command.md say the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { OPTIONS, spellingOf } from "../../src/cli/keepalived/options.js";
import { ROOT } from "./tree.js";

t.test("each option is documented with its class and meaning, and no other", async (t) => {
  const document = readFileSync(join(ROOT, "docs/keepalived-command.md"), "utf8");
  const rows = document.split("\n").filter((line) => /^\| `-/.test(line));
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const known = OPTIONS.map(
    (option) => `| \`${cell(spellingOf(option))}\` | ${option.ours} | ${cell(option.text)} |`,
  );
  t.strictSame(rows, known);
});
