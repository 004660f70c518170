import t from "tap";
import { printable } from "../../src/cli/printable.js";
import { HOME_AND_CLEAR, paintFor } from "../../src/cli/view/paint.js";

const paint = paintFor(true, {});

t.test("colours and lines are kept, what else a terminal would obey is shown", async (t) => {
  const own = `STATE  ${paint("green", "MASTER")}\n${paint("bold", "Problems")}\t1`;
  t.equal(printable(own), own);
  t.equal(printable(`${HOME_AND_CLEAR}${own}`), `${HOME_AND_CLEAR}${own}`);
  t.equal(
    printable(`${own}${HOME_AND_CLEAR}\u001b]0;title\u0007\u001b[8m\u202e`),
    `${own}\\u001b[H\\u001b[J\\u001b]0;title\\u0007\\u001b[8m\\u202e`,
  );
});

t.test("JSON stays JSON of the same value", async (t) => {
  const value = { detail: 'a\u202e"\\b\u2028\u0085', list: ["\u001b[31m"] };
  const text = printable(JSON.stringify(value, null, 2));
  t.same(JSON.parse(text), value);
  t.notMatch(text, /[\u0085\u2028\u202e]/);
});
