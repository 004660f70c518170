/** The runbook page, made of docs/operating.md: every problem has a row there, and the words by which it is found. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ROWS, runbookPage } from "../../src/daemon/http/runbook.js";
import { PROBLEM_KINDS } from "../../src/daemon/metrics/definitions/problem-kinds.js";
import { ROOT } from "./tree.js";

const page = runbookPage(readFileSync(join(ROOT, "docs/operating.md"), "utf8"));
const anchors = new Set([...page.matchAll(/ id="([a-z0-9-]+)"/g)].map(([, id]) => id!));

t.test("every problem has a row, to which the live page's link leads", async (t) => {
  const codes = PROBLEM_KINDS.map(({ code }) => code.replace(/^(refused|attempt)-.*/, "$1"));
  t.strictSame(
    [...new Set(codes)].filter((code) => !anchors.has(code)),
    [],
  );
});

t.test("the words of each row stand in the document", async (t) => {
  t.strictSame(
    ROWS.filter(([code]) => !anchors.has(code)),
    [],
  );
});

t.test("what a document says is text", async (t) => {
  const html = runbookPage(
    "\n## Causes\n\n| Code | Meaning |\n|---|---|\n| `x-y` | <script>a</script> & [b](c.md) `d` |\n",
  );
  t.match(html, '<td><span id="x-y"></span><code>x-y</code></td>');
  t.match(html, "&lt;script&gt;a&lt;/script&gt; &amp; b <code>d</code>");
});
