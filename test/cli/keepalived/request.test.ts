/** Command lines of `keepalived`, as getopt_long(3) reads them. Exit codes beside Keepalived: test/interop/keepalived-command.test.ts. */
import t from "tap";
import { readRequest } from "../../../src/cli/keepalived/request.js";

const requestOf = (line: string) => readRequest(line.split(" ").filter(Boolean));

t.test("one way to say it is as good as another", async (t) => {
  const expected = requestOf("--use-file=/x.conf --dont-fork --log-console --vrrp");
  for (const line of [
    "-f /x.conf -n -l -P",
    "-f/x.conf -nlP",
    "-nlPf/x.conf",
    "-nlPf /x.conf",
    "--use-file /x.conf -nl --vrrp",
    "--use=/x.conf --dont-f --log-c -P",
    "-f /y.conf -nlP -f /x.conf",
  ])
    t.strictSame(requestOf(line), expected, line);
  t.match(expected, {
    type: "run",
    place: { config: "/x.conf", vrrpAlone: true, id: null, includesRequired: false },
    foreground: true,
    log: { console: true, syslog: true, facility: 3 },
    warnings: [],
  });
});

t.test("without options: in the background, with Keepalived's files", async (t) => {
  t.match(requestOf(""), {
    place: { config: "/etc/keepalived/keepalived.conf" },
    foreground: false,
    log: { console: false, syslog: true, facility: 3 },
    umask: null,
    pidFiles: ["/run/keepalived.pid", "/run/vrrp.pid"],
  });
});

t.test("values", async (t) => {
  t.match(requestOf("-p /a -r /a"), { pidFiles: ["/a"] }, "one file");
  t.match(requestOf("-p /a --vrrp_pid=/b -c /c -b /d"), { pidFiles: ["/a", "/b"], warnings: [] });
  t.match(requestOf("-u 027"), { umask: 0o027 });
  t.match(requestOf("-i lb1 -e"), { place: { id: "lb1", includesRequired: true } });
  t.match(requestOf("--config=env"), { place: { config: "env" } });
  t.match(requestOf("-t"), { type: "test", output: null });
  t.match(requestOf("-t/x -f y.conf"), {
    type: "test",
    output: "/x",
    place: { config: `${process.cwd()}/y.conf` },
  });
  t.match(requestOf("--config-test=/x"), { type: "test", output: "/x" });
  const facilities = { "0": 16, "7": 23, local3: 19, user: 1, daemon: 3 };
  for (const [text, facility] of Object.entries(facilities))
    t.match(requestOf(`-S ${text}`), { log: { facility } }, text);
});

t.test("what vrrpd does not do is named, and a run goes on where it can", async (t) => {
  for (const [line, warning] of [
    ["-V", /^-V, --dont-release-vrrp: the addresses are removed/],
    ["-x", /^-x, --snmp: there is no SNMP/],
    ["-PC", /^-C, --check: vrrpd balances no load/],
    ["-M/cores/x", /^-M, --core-dump-pattern\[=PATTERN\]: /],
    ["word", /^“word” .* passed over/],
    ["-- -n", /^“-n” .* passed over/],
  ] as const)
    t.match(requestOf(line), { type: "run", warnings: [warning] }, line);
  t.match(requestOf("-B --all -D -X -I -R -m"), { type: "run", warnings: [] }, "what makes no difference");
});

t.test("what cannot be meant is one sentence", async (t) => {
  for (const [line, problem] of [
    ["-f", "-f needs a value behind it: FILE"],
    ["-n --pid", "--pid needs a value behind it: FILE"],
    ["--bogus=1", "--bogus is no option"],
    ["-nZ", "-Z is no option"],
    ["--log", "--log may be any of --log-console, --log-detail, --log-facility"],
    ["--vrrp=3", "--vrrp takes no value"],
    ["-C", /^-C, --check is not done/],
    ["-T", /^-T, --genhash is not done/],
    ["-s blue", /^-s, --namespace=NAME is not done: start it there: ip netns exec/],
    ["-S 9", /^--log-facility=9 is not accepted/],
    ["-u 9", /^--umask=9 is not accepted/],
    ["--config=x", /^--config=x is not accepted/],
    ["--config=env -f /x", /exclude each other/],
    ["--signum=HUP", /^--signum=HUP .* STOP, RELOAD, DATA, STATS, STATS_CLEAR, JSON$/],
  ] as const)
    t.match(requestOf(line), { type: "refused", problem }, line);
});

t.test("the version comes before any mistake", async (t) => {
  t.match(requestOf("-vf"), { type: "version" });
  t.match(requestOf("-Z -v"), { type: "refused" });
});
