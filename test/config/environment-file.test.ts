/** A file of variables is read as systemd reads it, and a wrong line is named. */
import t from "tap";
import { parseEnvironmentText } from "../../src/config/env/environment-file.js";
import type { Lookups } from "../../src/config/index.js";
import { environmentFileSource } from "../../src/config/index.js";

const knowsEverything: Lookups = {
  whyUnknown: () => null,
  whyUnknownGroup: () => null,
  interfaceNamed: (name) => name,
  hasIpvsServices: () => false,
  routingNames: () => null,
};

/** The text, and what systemd 252 makes of V: asked by way of a file of the same format, /etc/os-release, which systemd-tmpfiles shows. */
const VALUES: readonly (readonly [string, string])[] = [
  ["V=1", "1"],
  ["V = 1", "1"],
  ["  V=1", "1"],
  ["V=  a b  ", "a b"],
  ["V=\ta\tb\t", "a\tb"],
  ["V=", ""],
  ['V=""', ""],
  ["V=a=b", "a=b"],
  ['V="a b"', "a b"],
  ["V='a b'", "a b"],
  ["V='a\"b'", 'a"b'],
  ['V="a\\"b\\\\c\\$d\\`e\\nf"', 'a"b\\c$d`e\\nf'],
  ['V="\\a\\\\a"', "\\a\\a"],
  ["V=a\\\nb", "ab"],
  ['V="a\\\nb"', "ab"],
  ['V="a\\\r\nb"', "a\\\r\nb"],
  ["V='a\\\nb'", "a\\\nb"],
  ["V='a\nb'", "a\nb"],
  ['V="a\nb"', "a\nb"],
  ["V='a' 'b'", "ab"],
  ["V='a'b", "ab"],
  ["V=a'b'", "a'b'"],
  ['V="a" b ', "ab"],
  ['V="a"\\\nb', "ab"],
  ["V=\\ a\\ ", " a "],
  ["V=a\\ \t", "a "],
  ["V=a\\\\b", "a\\b"],
  ["V=a\\", "a"],
  ["V= \\\n  b", "  b"],
  ["V=a #b", "a #b"],
  ["V='a' # c", "a# c"],
  ["V=a;b", "a;b"],
  ["V=#b", "#b"],
  ["#V=1\nV=2", "2"],
  [";V=1\nV=3", "3"],
  ["V=1\nV=2", "2"],
  ["V=1\r\nX=2", "1"],
  ["V=é “x”", "é “x”"],
  ["V=$HOME ${X} `x`", "$HOME ${X} `x`"],
];

t.test("values are what systemd makes of them", async (t) => {
  for (const [text, value] of VALUES) {
    const { variables, problems } = parseEnvironmentText("f", `${text}\n`);
    t.equal(variables.get("V")?.value, value, JSON.stringify(text));
    t.strictSame(problems, []);
  }
  t.equal(parseEnvironmentText("f", "V=1").variables.get("V")?.value, "1", "without a line feed at its end");
  t.equal(parseEnvironmentText("f", "# c\\\nV=1").variables.get("V")?.value, "1", "a comment does not go on");
});

const source = (text: string, env: Record<string, string> = {}) =>
  environmentFileSource("/etc/vrrpd.env", text, env);

function refusal(text: string): string[] {
  try {
    source(text).read(knowsEverything);
  } catch (error) {
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

t.test(
  "a wrong line is named by file and line, and nothing else is said of what it may have meant",
  async (t) => {
    t.match(refusal("# x\n\nOPENSHIFT_HA_VIRTUAL_IPS 192.0.2.4\n"), [
      /^\/etc\/vrrpd\.env:3:1: this line has no “=”; accepted: NAME=value/,
    ]);
    t.match(refusal("export OPENSHIFT_HA_VIRTUAL_IPS=192.0.2.4"), [/env:1:1: export is for a shell/]);
    t.match(refusal("A='b\nc'\n1X=2\n"), [/env:3:1: this line begins with no name/]);
    t.match(refusal('A=1\n\nV="a\nb\n'), [/env:3:1: V has a " that is not closed/]);
    t.match(refusal("OPENSHIFT_HA_VIRTUAL_IPS=192.0.2.4\n\nVRRPD_PRIORITY=300\n"), [
      /^\/etc\/vrrpd\.env:3: VRRPD_PRIORITY="300" /,
    ]);
    t.match(refusal("# nothing\n"), [/^OPENSHIFT_HA_VIRTUAL_IPS \(not set\) is required/]);
  },
);

t.test(
  "the file is the configuration; of the process's environment only what is about the daemon counts",
  async (t) => {
    const env = {
      VRRPD_LOG_LEVEL: "debug",
      VRRPD_PRIORITY: "7",
      VRRPD_SOCKET: "/run/a",
      OPENSHIFT_HA_VIP_GROUPS: "1",
    };
    const text = "OPENSHIFT_HA_VIRTUAL_IPS=192.0.2.4\nVRRPD_SOCKET=/run/b\nOPENSHIFT_HA_VIP_GROUPS=1\n";
    const { settings, instances, warnings, source: named } = source(text, env).read(knowsEverything);
    t.match(settings, { logLevel: "debug", socketPath: "/run/b" });
    t.notSame(instances[0]!.priority, { fixed: 7 });
    t.equal(named, "env:/etc/vrrpd.env");
    t.match(
      warnings.map((warning) => warning.text).join("\n"),
      /^VRRPD_PRIORITY does not count: the configuration is a file$/m,
      "nor is anything said of what is the same there",
    );
  },
);

t.test(
  "of a file that is wrong from end to end the first problems are shown, and the rest is counted",
  async (t) => {
    const text = "nothing\n".repeat(50_000);
    const { problems, moreProblems } = parseEnvironmentText("/etc/vrrpd.env", text);
    t.equal(problems.length, 100);
    t.equal(problems.length + moreProblems, 50_000);
    try {
      source(text).read(knowsEverything);
      t.fail("it was not refused");
    } catch (error) {
      const lines = (error as Error).message.split("\n");
      t.equal(lines.length, 102, "a heading, the problems, and how many more");
      t.equal(lines.at(-1), "  and 49900 problems more, which are not shown");
    }
  },
);
