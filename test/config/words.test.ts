/** Commands split as Keepalived splits them, without a shell. */
import t from "tap";
import { splitWords } from "../../src/config/words.js";
import { anyCommand, wordsSurvive } from "../properties/environment.js";
import { holds } from "../properties/property.js";

const SPLIT: readonly (readonly [string, readonly string[]])[] = [
  ["/check", ["/check"]],
  ["/check a  b\tc", ["/check", "a", "b", "c"]],
  [`/check "a b" 'c d'`, ["/check", "a b", "c d"]],
  [`/check a"b c"d`, ["/check", "ab cd"]],
  [`/check '"' "'"`, ["/check", '"', "'"]],
  [`/check "" ''`, ["/check", "", ""]],
  ["/check a\\ b", ["/check", "a b"]],
  [`/check "a\\"b" 'a\\'b'`, ["/check", 'a"b', "a'b"]],
  ["/check \\\\ \\z", ["/check", "\\", "z"]],
  ["/check \\t\\n\\r\\a\\b\\E\\f\\v", ["/check", "\t\n\r\x07\b\x1b\f\v"]],
  ["/check \\x41 \\101 \\cA \\x", ["/check", "A", "A", "\x01", "x"]],
  ["/check $HOME ; | > *", ["/check", "$HOME", ";", "|", ">", "*"]],
];

for (const [line, words] of SPLIT) {
  t.test(JSON.stringify(line), (t) => {
    t.same(splitWords(line), { words });
    t.end();
  });
}

t.test("what has no end or no meaning says why", (t) => {
  t.same(splitWords('/check "a'), { reason: 'has no closing "' });
  t.same(splitWords("/check 'a\""), { reason: "has no closing '" });
  t.same(splitWords("/check \\"), { reason: "ends with a lone backslash" });
  t.same(splitWords("/check \\0"), { reason: "has an escape that is no ASCII character" });
  t.same(splitWords("/check \\xff"), { reason: "has an escape that is no ASCII character" });
  t.end();
});

for (const property of [wordsSurvive, anyCommand]) {
  t.test(property.name, async (t) => holds(t, property));
}
