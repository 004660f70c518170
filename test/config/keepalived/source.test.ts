/** What single lines mean, and what is said of those that mean something else than they seem to. Asked of Keepalived 2.2.7. */
import t from "tap";
import { formatWithPrefix } from "../../../src/base/address.js";
import type { InstanceIntent } from "../../../src/config/intent.js";
import { instance, type ReadOptions, readText } from "./support.js";

function read(lines: string, more = "", options: ReadOptions = {}) {
  const { instances, warnings, ...rest } = readText(instance(lines, more), options);
  return { ...rest, only: instances[0]!, said: warnings.map(({ text }) => text) };
}

const priorityOf = ({ priority }: InstanceIntent) => ("fixed" in priority ? priority.fixed : null);
const addressesOf = ({ router }: InstanceIntent) => router.virtualAddresses.map(formatWithPrefix);

interface Row {
  readonly title: string;
  readonly lines: string;
  readonly more?: string;
  readonly is: (only: InstanceIntent) => unknown;
  readonly expected: unknown;
  /** Parts of the warnings, in their order; left out: there is none. */
  readonly said?: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    title: "an id that is none beside one that is",
    lines: "virtual_router_id 300",
    is: ({ router }) => router.virtualRouterId,
    expected: 7,
    said: ["300 is no id: 7 counts"],
  },
  { title: "a sign", lines: "priority +120", is: priorityOf, expected: 120 },
  {
    title: "a priority that is none",
    lines: "priority 300",
    is: priorityOf,
    expected: 100,
    said: ["100, counts"],
  },
  {
    title: "with extra words",
    lines: "priority 90 91",
    is: priorityOf,
    expected: 90,
    said: ["“91” does not count"],
  },
  { title: "a semicolon", lines: "priority 90;", is: priorityOf, expected: 100, said: ["100, counts"] },
  { title: "MASTER without priority", lines: "state MASTER", is: priorityOf, expected: 255 },
  {
    title: "MASTER with a bad priority",
    lines: "state MASTER\npriority 0",
    is: priorityOf,
    expected: 100,
    said: ["100, counts"],
  },
  {
    title: "BACKUP is lower",
    lines: "state backup",
    is: priorityOf,
    expected: 100,
    said: ["neither MASTER nor BACKUP"],
  },
  {
    title: "MASTER sticks",
    lines: "state MASTER\nstate BACKUP",
    is: priorityOf,
    expected: 255,
  },
  {
    title: "an owner that is a backup waits",
    lines: "state BACKUP\npriority 255",
    is: ({ router }) => router.ownerWaits,
    expected: true,
  },
  {
    title: "one that is a master does not",
    lines: "state MASTER",
    is: ({ router }) => router.ownerWaits,
    expected: false,
  },
  {
    title: "strict mode and MASTER at 100",
    lines: "state MASTER\npriority 150\nnopreempt",
    more: "global_defs {\nvrrp_strict\n}",
    is: ({ router }) => router.preempt.mode,
    expected: "never",
    said: ["counts as BACKUP"],
  },
  {
    title: "strict mode takes the delay",
    lines: "preempt_delay 5",
    more: "global_defs {\nvrrp_strict\n}",
    is: ({ router }) => router.preempt,
    expected: { mode: "immediate", delaySeconds: 0 },
    said: ["does not count in strict mode"],
  },
  {
    title: "strict mode of all but this one",
    lines: "preempt_delay 5\nstrict_mode off",
    more: "global_defs {\nvrrp_strict\n}",
    is: ({ router }) => router.preempt.mode,
    expected: "delay",
  },
  {
    title: "a second version",
    lines: "version 3\nversion 2",
    is: ({ router }) => router.version,
    expected: 3,
    said: ["version 3 stands before it"],
  },
  {
    title: "nopreempt and its value",
    lines: "nopreempt false",
    is: ({ router }) => router.preempt.mode,
    expected: "never",
    said: ["“false” does not count"],
  },
  {
    title: "the last of preempt and nopreempt",
    lines: "nopreempt\npreempt",
    is: ({ router }) => router.preempt.mode,
    expected: "immediate",
  },
  {
    title: "a source without peers",
    lines: "unicast_src_ip 192.0.2.1",
    is: ({ sources, unicastPeers }) => [sources.value[0]?.text, unicastPeers.value.length],
    expected: ["192.0.2.1", 0],
    said: ["go by multicast"],
  },
  {
    title: "a peer with a mask",
    lines: "unicast_peer {\n192.0.2.2/24 min_ttl 250\n2001:db8::1\nx\n}",
    is: ({ unicastPeers, unicastMinTtl }) => [
      unicastPeers.value.map(({ text }) => text),
      unicastMinTtl.value,
    ],
    expected: [["192.0.2.2"], 250],
    said: ["/24 is cut off", "2001:db8::1 is left out", "is no address"],
  },
  {
    title: "addresses of the other family",
    lines:
      "virtual_ipaddress {\n192.0.2.9/24\n2001:db8::9\n}\nvirtual_ipaddress_excluded {\n2001:db8::8/64\n}",
    is: addressesOf,
    expected: ["192.0.2.9/24", "2001:db8::8/64"],
    said: ["2001:db8::9 is left out"],
  },
  {
    title: "two blocks of addresses",
    lines: "virtual_ipaddress {\n192.0.2.9\n}\nvirtual_ipaddress {\n192.0.2.8\n192.0.2.9\n}",
    is: addressesOf,
    expected: ["192.0.2.9/32", "192.0.2.8/32"],
    said: ["stands twice"],
  },
  {
    title: "prefix lengths that are none",
    lines: "virtual_ipaddress {\n192.0.2.1/33\n192.0.2.2/255.255.255.0\n192.0.2.3/abc\n192.0.2.4-9\n[::1]\n}",
    is: addressesOf,
    expected: ["192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32"],
    said: ["/33", "/255.255.255.0", "/abc", "“192.0.2.4-9” is no address", "“[::1]” is no address"],
  },
  {
    title: "options that make an address unusable",
    lines:
      "virtual_ipaddress {\n192.0.2.1\n192.0.2.2 dev\n192.0.2.3 dev a dev b\n192.0.2.4 label eth1:averyverylonglabel\n192.0.2.5 brd +\n192.0.2.6 scope 300\n}",
    is: addressesOf,
    expected: ["192.0.2.1/32"],
    said: [
      "dev has no value",
      "dev stands twice",
      "is longer than 15",
      "prefix length of at most 30",
      "scope 300",
    ],
  },
  {
    title: "options that count",
    lines: "virtual_ipaddress {\n192.0.2.215/24 dev eth1 brd + label x scope link no_track peer 192.0.2.1\n}",
    is: ({ router: { virtualAddresses } }) =>
      virtualAddresses.map((one) => [
        one.interface,
        one.broadcast?.text,
        one.label,
        one.scope,
        one.tracked,
        one.peer?.text,
      ]),
    expected: [["eth1", "192.0.2.255", "x", 253, false, "192.0.2.1"]],
  },
  {
    title: "an unknown word of an address",
    lines: "virtual_ipaddress {\n192.0.2.218 metric 5\n}",
    is: addressesOf,
    expected: ["192.0.2.218/32"],
    said: ["metric: the word", "5: the word"],
  },
  {
    title: "notify with a user",
    lines: "notify_master /x.sh nobody nogroup",
    is: ({ router }) => router.notify.map(({ on, command, user }) => [on, command, user]),
    expected: [["MASTER", ["/x.sh"], { user: "nobody", group: "nogroup" }]],
    said: ["is the user that runs it"],
  },
  {
    title: "notify with an unknown user",
    lines: "notify_master /x.sh master",
    is: ({ router }) => router.notify,
    expected: [],
    said: ["is the user that runs it", "never runs"],
  },
  {
    title: "notify in quotes",
    lines: 'notify "/x.sh \'a b\' c"\nnotify /y.sh\nnotify_fault ""',
    is: ({ router }) => router.notify.map(({ on, command }) => [on, ...command]),
    expected: [["any", "/x.sh", "a b", "c"]],
    said: ["stands twice", "is ignored"],
  },
  {
    title: "the line is split into words first, and then its first word: escapes count twice",
    lines: [
      String.raw`notify "/x.sh 'a b' \\042 \\\\ \\047x\\047 \x41"`,
      String.raw`notify_master "/x.sh \'i t\' a"b`,
      String.raw`notify_stop "/x.sh \"c \\\\ d\""`,
      String.raw`notify_fault '/x.sh a' nobody`,
      String.raw`notify_backup "/x.sh c\"d"`,
    ].join("\n"),
    is: ({ router }) => router.notify.map(({ on, command }) => [on, ...command]),
    expected: [
      ["any", "/x.sh", "a b", '"', "\\", "'x'", "A"],
      ["MASTER", "/x.sh", "i t", "ab"],
      ["STOP", "/x.sh", "c \\ d"],
      ["FAULT", "/x.sh", "a"],
    ],
    said: ['has no closing "'],
  },
  {
    title: "announcements of all and of one",
    lines: "garp_master_repeat 0\ngarp_master_refresh 30",
    more: "global_defs {\nvrrp_garp_master_delay 2\nvrrp_garp_master_repeat 4\nvrrp_garp_interval 0.001\n}",
    is: ({ router: { announcements } }) => announcements,
    expected: {
      claimed: { times: 1, spacingMicros: 0, againAfterMicros: 2_000_000 },
      contested: { times: 4, spacingMicros: 0, againAfterMicros: 2_000_000 },
      refresh: { everyMicros: 30_000_000, times: 1 },
      pauseMicros: { ipv4: 1_000, ipv6: 0 },
    },
  },
  {
    title: "of numbers of announcements the digits before anything else count, as Keepalived reads them",
    lines: "garp_master_delay 1.5\ngarp_master_repeat 2.9\ngarp_lower_prio_delay 7s\ngarp_master_refresh -1",
    is: ({ router: { announcements } }) => announcements,
    expected: {
      claimed: { times: 2, spacingMicros: 0, againAfterMicros: 1_000_000 },
      contested: { times: 5, spacingMicros: 0, againAfterMicros: 7_000_000 },
      refresh: null,
      pauseMicros: { ipv4: 0, ipv6: 0 },
    },
    said: [
      `"1.5" is no whole number: 1 counts`,
      `"2.9" is no whole number: 2 counts`,
      `"7s" is no whole number: 7 counts`,
      "the default counts",
    ],
  },
  {
    title: "a weight leaves the script's reverse as it is, and words behind it do not count",
    lines: "track_script {\na weight -3\nb weight 0\nc weight 5 noreverse\nd weight 5 bogus\n}",
    more: ["a", "b", "c", "d"].map((n) => `vrrp_script ${n} {\nscript "/x"\nweight 20 reverse\n}`).join("\n"),
    is: ({ router }) => router.tracks.map(({ effect, reversed }) => [effect, reversed]),
    expected: [
      [{ weight: -3 }, true],
      ["fault", true],
      [{ weight: 5 }, false],
      [{ weight: 5 }, true],
    ],
    said: ["“bogus” does not count"],
  },
  {
    title: "a script above, one below, one of another weight",
    lines:
      "track_script {\nup\ndown\nnone\nup weight 9\n}\ntrack_interface {\neth0\neth1 weight -20 reverse\neth2 wait 3\n}",
    more: 'vrrp_script up {\nscript "/up.sh"\nweight 300\n}',
    is: ({ router }) => router.tracks,
    expected: [
      { on: { check: "up" }, effect: { weight: 300 }, reversed: false },
      { on: { interface: "eth1" }, effect: { weight: -20 }, reversed: true },
    ],
    said: [
      "beyond -253 to 253",
      "down is defined nowhere",
      "none is defined nowhere",
      "up stands twice",
      "eth0 is ignored",
      "eth2 wait 3: not understood",
    ],
  },
];

for (const { title, lines, more, is, expected, said = [] } of ROWS) {
  t.test(title, async (t) => {
    const { only, said: warnings } = read(lines, more);
    t.same(is(only), expected);
    t.equal(warnings.length, said.length, warnings.join("\n"));
    for (const [index, part] of said.entries()) t.match(warnings[index], part);
  });
}

t.test("global_defs count wherever they stand, and the last of each value", async (t) => {
  const more = "global_defs {\nvrrp_version 2\n}\nglobal_defs {\nvrrp_version 3\n}";
  t.equal(readText(`${instance("")}\n${more}`).instances[0]!.router.version, 3);
});

t.test(
  "what global_defs says is named where it stands there, what it does not by its variable",
  async (t) => {
    const globals = "global_defs {\nenable_script_security\nvrrp_startup_delay 5\n}";
    const { origins } = read("", globals).only.router;
    t.match(
      [origins.scriptSecurity, origins.startGrace, origins.scriptUser],
      [
        { keyword: "enable_script_security", line: 2 },
        { keyword: "vrrp_startup_delay", line: 3 },
        { variable: "VRRPD_SCRIPT_USER" },
      ],
    );
  },
);

t.test("users of scripts", async (t) => {
  const script = 'vrrp_script s {\nscript "/s.sh"\n}\n';
  const lines = "track_script {\ns\n}\nnotify /n.sh";
  t.equal(read(lines, script).settings.scripts.user, null);
  t.same(
    read(lines, script, { users: ["keepalived_script"] }).settings.scripts.user?.user,
    "keepalived_script",
  );
  t.same(
    read(lines, `global_defs {\nscript_user nobody\n}\n${script}`).settings.scripts.user?.user,
    "nobody",
  );
  const { only, checks, said } = read(lines, `global_defs {\nscript_user gone\n}\n${script}`);
  t.same([checks.length, only.router.notify.length, only.router.tracks.length, said.length], [0, 0, 0, 2]);
});

t.test("no password and no argument of an unknown line is repeated", async (t) => {
  const { said } = read('auth_passs hush\nauthentication {\nauth_type PASS\nauth_pass hush hush "hush\n}');
  t.ok(said.length > 1);
  t.notMatch(said.join(), "hush");
});

t.test("what is said is bounded", async (t) => {
  const { said } = read("nonsense\n".repeat(5_000));
  t.equal(said.length, 501);
  t.match(said.at(-1), "and 4500 warnings more");
});
