/** What a changed keepalived.conf changes on this host: the two texts, and the change in words. */
import t from "tap";
import {
  arrivals,
  changeOf,
  compare,
  departures,
  isEmpty,
  type Plan,
  type PlanChange,
  plan,
} from "../../src/config/index.js";
import { readText } from "./keepalived/support.js";
import { FIRST_LOOK, host } from "./support.js";

const FACTS = host({ eth0: ["192.0.2.10/24", "2001:db8::10/64", "fe80::10/64"], eth1: ["198.51.100.10/24"] });

const A = instance("A", 1, "192.0.2.100");
const B = instance("B", 2, "192.0.2.101 192.0.2.102");
const CHECKED = instance("A", 1, "192.0.2.100", "track_script { web }");

/** What it is, the file before, the file after, and what changes: a line each. */
const PAIRS: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["nothing", `${A} ${B}`, `${A} ${B}`, []],
  ["another order, other white space, comments", `${A} ${B}`, `# reordered\n\n${B}\n! and moved\n${A}`, []],
  ["an instance more", A, `${B} ${A}`, ["B is added"]],
  ["one less", `${A} ${B}`, B, ["A is removed"]],
  [
    "another id, or another interface, is another virtual router",
    `${A} ${B}`,
    `${instance("A", 3, "192.0.2.100")} ${instance("B", 2, "192.0.2.101 192.0.2.102", "", "eth1")}`,
    ["A is added", "B is added", "A is removed", "B is removed"],
  ],
  ["what it was, written out", A, instance("A", 1, "192.0.2.100/32", "priority 100; advert_int 1"), []],
  ["a priority", A, instance("A", 1, "192.0.2.100", "priority 150"), ["A, live: priority"]],
  ["preemption", A, instance("A", 1, "192.0.2.100", "preempt_delay 30"), ["A, live: preempt"]],
  [
    "several settings of one, none of the other",
    `${A} ${B}`,
    `${A} ${instance("B", 2, "192.0.2.101 192.0.2.102", "priority 7; advert_int 2")}`,
    ["B, live: advertIntervalMicros, priority"],
  ],
  [
    "an address goes from one to the other",
    `${A} ${B}`,
    `${instance("A", 1, "192.0.2.100 192.0.2.102")} ${instance("B", 2, "192.0.2.101")}`,
    ["A, live: advertisedCount, virtualAddresses", "B, live: advertisedCount, virtualAddresses"],
  ],
  ["an address in place of another", A, instance("A", 1, "192.0.2.103"), ["A, live: virtualAddresses"]],
  [
    "a sync group, which its members outlive",
    `${A} ${B}`,
    `${A} ${B} ${group("G", "A B")}`,
    ["group G is added"],
  ],
  [
    "members and scripts of groups, and one that goes",
    `${A} ${B} ${group("G", "A B")} ${group("H", "C")} ${instance("C", 3, "192.0.2.107")}`,
    `${A} ${B} ${group("G", "A", "notify /n.sh")} ${instance("C", 3, "192.0.2.107")}`,
    ["group H is removed", "group G is changed"],
  ],
  ["a name", A, instance("Z", 1, "192.0.2.100"), ["Z, restart: name"]],
  [
    "a version, and a priority with it",
    A,
    instance("A", 1, "192.0.2.100", "version 3; priority 7"),
    ["A, restart: priority, version"],
  ],
  [
    "a password",
    instance("A", 1, "192.0.2.100", "authentication {; auth_type PASS; auth_pass one; }"),
    instance("A", 1, "192.0.2.100", "authentication {; auth_type PASS; auth_pass two; }"),
    ["A, restart: password"],
  ],
  [
    "a password that says the same",
    instance("A", 1, "192.0.2.100", "authentication {; auth_type PASS; auth_pass one; }"),
    instance("A", 1, "192.0.2.100", "authentication {; auth_pass one; auth_type PASS; }"),
    [],
  ],
  [
    "names that are exchanged",
    `${A} ${B}`,
    `${A} ${B}`.replace(/ ([AB]) \{/g, (_, one) => ` ${one === "A" ? "B" : "A"} {`),
    ["B, restart: name", "A, restart: name"],
  ],
  [
    "a check that somebody tracks",
    A,
    `${script("web", "/web.sh")} ${CHECKED}`,
    ["A, live: tracks", "check web is added"],
  ],
  [
    "a check that nobody tracks any more",
    `${script("web", "/web.sh")} ${CHECKED}`,
    A,
    ["A, live: tracks", "check web is removed"],
  ],
  [
    "how often a check runs, what it runs, how often it has to fail",
    `${script("web", "/web.sh")} ${CHECKED}`,
    `${script("web", "/other.sh", "interval 7; fall 3")} ${CHECKED}`,
    ["check web is changed"],
  ],
  [
    "a weight",
    `${script("web", "/web.sh")} ${CHECKED}`,
    `${script("web", "/web.sh", "weight -10")} ${CHECKED}`,
    ["A, live: tracks"],
  ],
  [
    "who runs scripts",
    `global_defs { script_user nobody } ${script("web", "/web.sh")} ${CHECKED}`,
    `global_defs { script_user root } ${script("web", "/web.sh")} ${CHECKED}`,
    ["scripts run otherwise"],
  ],
];

for (const [what, before, after, expected] of PAIRS) {
  t.test(what, async (t) => {
    const change = changeOf(planned(before), planned(after));
    t.same(wordsOf(change), expected);
    t.equal(isEmpty(change), expected.length === 0);
  });
}

t.test("back again is the same change with what comes and goes exchanged", async (t) => {
  for (const [what, before, after] of PAIRS) {
    const there = changeOf(planned(before), planned(after));
    const back = changeOf(planned(after), planned(before));
    t.same(idsOf(back.added), idsOf(there.removed), what);
    t.same(idsOf(back.removed), idsOf(there.added), what);
    t.same(idsOf(back.updated), idsOf(there.updated), what);
    t.same(sorted(back.checks.added), sorted(there.checks.removed), what);
    t.same(sorted(back.checks.changed), sorted(there.checks.changed), what);
  }
});

/** Every plan on the way, one virtual router at a time, and the one before. */
function way(
  before: Plan,
  after: Plan,
): { readonly going: readonly Plan[]; readonly coming: readonly Plan[] } {
  const { change, plan: wanted } = compare(before, after);
  const going = [...departures(before, wanted, change, () => 1)];
  return { going, coming: [...arrivals(going.at(-1) ?? before, wanted, change, () => 1)] };
}

function addressesOf({ core }: Plan): string[] {
  return core.routers.map(({ name, virtualAddresses }) =>
    [name, ...virtualAddresses.map(({ address }) => address.text.replace("192.0.2.", "."))].join(" "),
  );
}

const C = instance("C", 3, "192.0.2.103");

t.test("on the way what goes goes first, and then what comes comes, one after the other", async (t) => {
  const before = planned(`${A} ${B} ${C}`);
  const after = planned(
    `${instance("D", 4, "192.0.2.102")} ${instance("B", 2, "192.0.2.101 192.0.2.104")} ${instance("Z", 3, "192.0.2.103")}`,
  );
  const { going, coming } = way(before, after);
  t.strictSame(going.map(addressesOf), [["B .101 .102", "C .103"], ["B .101 .102"], ["B .101"]]);
  t.strictSame(coming.map(addressesOf), [
    ["D .102", "B .101"],
    ["D .102", "B .101 .104"],
    ["D .102", "B .101 .104", "Z .103"],
  ]);
  t.same(
    changeOf(coming.at(-1)!, after),
    changeOf(after, after),
    "the last one is the one that was asked for",
  );
  for (const { routers, core } of [...going, ...coming])
    t.strictSame(
      [...routers.keys()],
      core.routers.map(({ id }) => id),
      "each is whole",
    );
});

t.test("a check is there before whoever tracks it, and as long", async (t) => {
  const [bare, checked] = [planned(`${A} ${B}`), planned(`${script("web", "/web.sh")} ${CHECKED} ${B}`)];
  for (const [before, after] of [
    [bare, checked],
    [checked, bare],
  ] as const)
    for (const { core } of way(before, after).coming) {
      const known = core.checks.map(({ name }) => name);
      for (const { tracks } of core.routers)
        for (const { on } of tracks) t.ok(!("check" in on) || known.includes(on.check));
    }
});

t.test("a group comes and goes as a whole, and never has a member that is not there", async (t) => {
  const whole = planned(`${A} ${B} ${C}`);
  const members = [whole.core.routers[0]!.id, whole.core.routers[2]!.id];
  const grouped = { ...whole, core: { ...whole.core, groups: [{ name: "G", members, notify: [] }] } };
  const other = planned(instance("D", 4, "192.0.2.104"));
  const lists = (plans: readonly Plan[]) =>
    plans.map(({ core }) => [
      core.routers.map(({ name }) => name).join(""),
      core.groups?.map((one) => one.members),
    ]);
  const { coming } = way(other, grouped);
  t.strictSame(lists(coming), [
    ["AC", [members]],
    ["ABC", [members]],
  ]);
  t.strictSame(lists(way(grouped, other).going), [
    ["B", []],
    ["", []],
  ]);
});

t.test("what is the same stays the same object; what only moved in the file is no change", async (t) => {
  const before = planned(`${A} ${B} ${C}`);
  const { going, coming } = way(before, planned(`${A} ${B.replace("}\n}", "}\n\n}")} ${C}`));
  t.strictSame(going, []);
  const last = coming.at(-1)!.core.routers;
  t.equal(last[0], before.core.routers[0], "where nothing moved");
  t.equal(last[2]!.virtualAddresses, before.core.routers[2]!.virtualAddresses);
  t.not(last[2]!.origins, before.core.routers[2]!.origins, "messages name the new line");
  const same = way(before, before);
  t.strictSame([same.going.length, same.coming.length], [0, 1]);
});

/** @param more further lines, with semicolons between them */
function instance(name: string, id: number, addresses: string, more = "", on = "eth0"): string {
  const vips = addresses.split(" ").join("\n");
  return `vrrp_instance ${name} {\ninterface ${on}\nvirtual_router_id ${id}\n${linesOf(more)}\nvirtual_ipaddress {\n${vips}\n}\n}\n`;
}

function script(name: string, path: string, more = ""): string {
  return `vrrp_script ${name} {\nscript "${path}"\n${linesOf(more)}\n}\n`;
}

function group(name: string, members: string, more = ""): string {
  return `vrrp_sync_group ${name} {\ngroup {\n${members}\n}\n${linesOf(more)}\n}\n`;
}

function linesOf(text: string): string {
  return text.replaceAll("; ", "\n");
}

function planned(text: string) {
  return plan(readText(text), FACTS, FIRST_LOOK);
}

function wordsOf({ added, removed, updated, checks, groups, scripts }: PlanChange): string[] {
  return [
    ...added.map(({ name }) => `${name} is added`),
    ...removed.map(({ name }) => `${name} is removed`),
    ...updated.map(({ name, how, what }) => `${name}, ${how}: ${[...what].sort().join(", ")}`),
    ...checks.added.map((name) => `check ${name} is added`),
    ...checks.removed.map((name) => `check ${name} is removed`),
    ...checks.changed.map((name) => `check ${name} is changed`),
    ...groups.added.map((name) => `group ${name} is added`),
    ...groups.removed.map((name) => `group ${name} is removed`),
    ...groups.changed.map((name) => `group ${name} is changed`),
    ...(scripts ? ["scripts run otherwise"] : []),
  ];
}

function idsOf(changed: readonly { readonly id: string }[]): string[] {
  return sorted(changed.map(({ id }) => id));
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort();
}
