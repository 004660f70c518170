import t from "tap";
import { shellSyntaxOf } from "../../src/config/shell-syntax.js";

const FOUND: readonly (readonly [line: string, found: readonly string[]])[] = [
  ["/usr/bin/curl -sf http://192.0.2.1/ || exit 1", ["||"]],
  ["/bin/ps ax | /bin/grep x", ["|"]],
  ["/a > /dev/null", [">"]],
  ["/a >/dev/null 2>&1", [">", "2>&"]],
  ["/a 2>>/var/log/x", ["2>>"]],
  ["/a < /etc/x", ["<"]],
  ["/a && /b", ["&&"]],
  ["/a &", ["&"]],
  ["/a; /b", [";"]],
  ["/a ; /b ;", [";"]],
  ["/a $(hostname)", ["$("]],
  ['/a "$(hostname)"', ["$("]],
  ["/a `hostname`", ["`"]],
  ["/a $HOME", ["$"]],
  ["/a $".concat("{HOME}/x"), ["$"]],
  ["LANG=C /a", ["="]],
  ["/bin/sh -c '/a' || /b", ["||"]],
];

const SILENT: readonly string[] = [
  "/bin/sh -c '/a || /b > /dev/null; x=$(date) && `y`'",
  '/bin/bash -ec "/a | /b $(hostname)"',
  "/bin/sh -c a||b",
  "/usr/bin/curl http://192.0.2.1/?a=1&b=2;c=3",
  "/a '||' \"|\" \\| \\> \\; '$(x)'",
  "/a --match=a|b --greater=a>b pa$$word 5$ '`'",
  "/a {print $1}",
];

t.test("what only a shell understands is found", (t) => {
  for (const [line, found] of FOUND) t.same(shellSyntaxOf(line), found, line);
  t.end();
});

t.test("what a program may well be given, and what goes to a shell, is not", (t) => {
  for (const line of SILENT) t.same(shellSyntaxOf(line), [], line);
  t.end();
});

t.test("never a whole word: it may be a secret", (t) => {
  t.same(shellSyntaxOf("/a >secret $(secret) $secret secret; `secret`"), [">", "$(", "$", ";", "`"]);
  t.end();
});
