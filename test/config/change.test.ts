/** What a changed keepalived.conf changes on this host: the two texts, and the change in words. */
import t from "tap";
import { changeOf, isEmpty, type PlanChange, plan, remainder } from "../../src/config/index.js";
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
  ["an instance more", A, `${B} ${A}`, ["eth0/ipv4/2 is added"]],
  ["one less", `${A} ${B}`, B, ["eth0/ipv4/1 is removed"]],
  [
    "another id, or another interface, is another virtual router",
    `${A} ${B}`,
    `${instance("A", 3, "192.0.2.100")} ${instance("B", 2, "192.0.2.101 192.0.2.102", "", "eth1")}`,
    ["eth0/ipv4/3 is added", "eth1/ipv4/2 is added", "eth0/ipv4/1 is removed", "eth0/ipv4/2 is removed"],
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
    t.same(sorted(back.added), sorted(there.removed), what);
    t.same(sorted(back.removed), sorted(there.added), what);
    t.same(idsOf(back), idsOf(there), what);
    t.same(sorted(back.checks.added), sorted(there.checks.removed), what);
    t.same(sorted(back.checks.changed), sorted(there.checks.changed), what);
  }
});

t.test(
  "what stays on the way: no virtual router that goes or begins anew, and no address that goes",
  async (t) => {
    const before = planned(`${A} ${B} ${instance("C", 3, "192.0.2.103")}`);
    const after = planned(
      `${instance("B", 2, "192.0.2.101 192.0.2.104")} ${instance("Z", 3, "192.0.2.103")}`,
    );
    const rest = remainder(before, after, changeOf(before, after))!;
    t.same(wordsOf(changeOf(before, rest)), ["eth0/ipv4/1 is removed", "eth0/ipv4/3 is removed"]);
    t.same(
      rest.core.routers.map(({ name, virtualAddresses }) => [
        name,
        ...virtualAddresses.map(({ address }) => address.text),
      ]),
      [["B", "192.0.2.101"]],
    );
    const more = planned(
      `${A} ${B} ${instance("C", 3, "192.0.2.103 192.0.2.105")} ${instance("D", 4, "192.0.2.106")}`,
    );
    t.equal(remainder(before, more, changeOf(before, more)), null, "what comes leaves nothing out");
    t.equal(remainder(before, before, changeOf(before, before)), null);
  },
);

/** @param more further lines, with semicolons between them */
function instance(name: string, id: number, addresses: string, more = "", on = "eth0"): string {
  const vips = addresses.split(" ").join("\n");
  return `vrrp_instance ${name} {\ninterface ${on}\nvirtual_router_id ${id}\n${linesOf(more)}\nvirtual_ipaddress {\n${vips}\n}\n}\n`;
}

function script(name: string, path: string, more = ""): string {
  return `vrrp_script ${name} {\nscript "${path}"\n${linesOf(more)}\n}\n`;
}

function linesOf(text: string): string {
  return text.replaceAll("; ", "\n");
}

function planned(text: string) {
  return plan(readText(text), FACTS, FIRST_LOOK);
}

function wordsOf({ added, removed, updated, checks, scripts }: PlanChange): string[] {
  return [
    ...added.map((id) => `${id} is added`),
    ...removed.map((id) => `${id} is removed`),
    ...updated.map(({ name, how, what }) => `${name}, ${how}: ${[...what].sort().join(", ")}`),
    ...checks.added.map((name) => `check ${name} is added`),
    ...checks.removed.map((name) => `check ${name} is removed`),
    ...checks.changed.map((name) => `check ${name} is changed`),
    ...(scripts ? ["scripts run otherwise"] : []),
  ];
}

function idsOf({ updated }: PlanChange): string[] {
  return sorted(updated.map(({ id }) => id));
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort();
}
