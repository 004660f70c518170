/** `vrrp_sync_group` → groups, and what they do to what their members track. */
import t from "tap";
import { plan } from "../../../src/config/index.js";
import type { Track } from "../../../src/core/config.js";
import { weightOf } from "../../../src/core/router/tracks.js";
import { FIRST_LOOK, host, planOf } from "../support.js";
import { readText } from "./support.js";

const FACTS = host({ eth0: ["192.0.2.10/24"], eth1: ["198.51.100.10/24"] });
const SCRIPTS = ["weighted", "plain", "of_group"]
  .map((name) => `vrrp_script ${name} {\nscript "/${name}.sh"\n${name === "of_group" ? "weight 7" : ""}\n}\n`)
  .join("");

function instance(name: string, id: number, lines = "", on = "eth0"): string {
  const vip = on === "eth0" ? `192.0.2.1${id}` : `198.51.100.1${id}`;
  return `vrrp_instance ${name} {\ninterface ${on}\nvirtual_router_id ${id}\nvirtual_ipaddress {\n${vip}\n}\n${lines}\n}\n`;
}

function group(lines: string, name = "G"): string {
  return `vrrp_sync_group ${name} {\n${lines}\n}\n`;
}

const A = instance("A", 1);
const B = instance("B", 2, "", "eth1");

/** Group members, tracks of A and B as words, and warnings. */
function read(text: string) {
  const intent = readText(text);
  const tracks = intent.instances.map(({ router, tracksOfGroup }) => ({
    all: router.tracks.map(wordsOf),
    ofGroup: tracksOfGroup,
  }));
  return {
    groups: intent.groups.map(({ name, members }) => `${name}: ${members.join(" ")}`),
    tracks,
    said: intent.warnings.map(({ text: said }) => said),
  };
}

function wordsOf({ on, effect, reversed }: Track): string {
  const weight = `${weightOf(effect) ?? "fault"}`;
  return `${"check" in on ? on.check : on.interface} ${weight}${reversed ? " reverse" : ""}`;
}

t.test("members in the order in which the group lists them, wherever it stands", async (t) => {
  const listed = group("group {\nB A\n}");
  t.same(read(`${listed}${A}${B}`), read(`${A}${B}${listed}`));
  t.same(read(`${listed}${A}${B}`).groups, ["G: B A"]);
  t.same(read(`${listed}${A}${B}`).said, []);
  const { core } = plan(readText(`${listed}${A}${B}`), FACTS, FIRST_LOOK);
  t.match(core.groups, [{ name: "G", members: ["eth1/ipv4/2", "eth0/ipv4/1"], notify: [] }]);
});

const LEFT_OUT: readonly (readonly [string, string, readonly string[], readonly RegExp[]])[] = [
  ["an unknown member", group("group {\nA\nX\nB\n}"), ["G: A B"], [/X in G is ignored.*no vrrp_instance/]],
  ["one alone", group("group {\nA\n}"), ["G: A"], [/one member alone/]],
  ["nobody", group("group {\nX\n}"), [], [/has no member, and is left out/, /X in G/]],
  ["no list", group("smtp_alert"), [], [/has no member/, /smtp_alert is ignored/]],
  ["a member twice", group("group {\nA A B\n}"), ["G: A B"], [/A in G .*twice/]],
  [
    "in two groups",
    group("group {\nA B\n}") + group("group {\nA B\n}", "H"),
    ["G: A B"],
    [/vrrp_sync_group H has no member/, /A in H .*in G already/, /B in H/],
  ],
  ["two lists", group("group {\nA B\n}\ngroup {\nA\n}"), ["G: A B"], [/group stands twice/]],
  [
    "two of a name",
    group("group {\nA B\n}") + group("group {\nA\n}"),
    ["G: A B"],
    [/stands twice: the first/],
  ],
  ["without a name", "vrrp_sync_group {\ngroup {\nA B\n}\n}\n", [], [/has no name/]],
  ["an unknown word", group("group {\nA B\n}\nbla 3"), ["G: A B"], [/bla is not known in vrrp_sync_group/]],
];

for (const [title, text, groups, said] of LEFT_OUT) {
  t.test(`${title}: as Keepalived has it, with a warning`, async (t) => {
    const found = read(`${A}${B}${text}`);
    t.same(found.groups, groups);
    t.equal(found.said.length, said.length, found.said.join("\n"));
    for (const [index, pattern] of said.entries()) t.match(found.said[index], pattern);
  });
}

const TRACKING = instance(
  "A",
  1,
  "track_script {\nweighted weight 10\nplain\n}\ntrack_interface {\neth2 weight 5\neth3\n}",
);
const GROUP_TRACKS = "track_script {\nof_group\nplain\n}\ntrack_interface {\neth1\neth4 weight 3\n}";

t.test("weights of members do not count, but those of their group", async (t) => {
  const found = read(`${SCRIPTS}${TRACKING}${B}${group(`group {\nA\nB\n}\n${GROUP_TRACKS}`)}`);
  t.same(found.tracks, [
    { all: ["plain fault", "eth2 5", "eth3 fault", "of_group 7", "eth1 fault", "eth4 3"], ofGroup: 3 },
    { all: ["of_group 7", "plain fault", "eth4 3"], ofGroup: 3 },
  ]);
  t.match(found.said, [
    /vrrp_script weighted|track_script weighted of A is not tracked/,
    /the weight of track_interface eth2 of A counts, as in Keepalived/,
    /G tracks track_script plain, and so does its member A/,
  ]);
});

t.test("unless the group says so, in either word", async (t) => {
  for (const word of ["sync_group_tracking_weight", "global_tracking"]) {
    const found = read(`${SCRIPTS}${TRACKING}${B}${group(`group {\nA\nB\n}\n${word}`)}`);
    t.same(found.tracks[0], { all: ["weighted 10", "plain fault", "eth2 5", "eth3 fault"], ofGroup: 0 });
    t.equal(
      found.said.some((text) => text.includes("deprecated")),
      word === "global_tracking",
    );
  }
});

t.test("a script that the group alone tracks runs, and one below it is not found", async (t) => {
  const tracked = group("group {\nA\nB\n}\ntrack_script {\nplain\n}");
  t.same(
    readText(`${SCRIPTS}${A}${B}${tracked}`).checks.map(({ name }) => name),
    ["plain"],
  );
  const { tracks, said } = read(`${tracked}${SCRIPTS}${A}${B}`);
  t.same(tracks[0], { all: [], ofGroup: 0 });
  t.match(said[0], /track_script plain is defined below G/);
});

t.test("scripts of the group, those with an unknown user left out", async (t) => {
  const lines = 'group {\nA B\n}\nnotify "/n.sh x"\nnotify_master /m.sh\nnotify_fault /f.sh stranger';
  const { groups } = readText(`${A}${B}${group(lines)}`);
  t.match(
    groups[0]!.notify.map(({ on, command }) => `${on} ${command.join(" ")}`),
    ["any /n.sh x", "MASTER /m.sh"],
  );
  const { notify } = plan(readText(`${A}${B}${group(lines)}`), FACTS, FIRST_LOOK);
  t.equal(notify.length, 2, "they are examined at the start");
});

t.test("all instances of the environment are one group, with one priority, if that is wanted", async (t) => {
  const env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100-102", OPENSHIFT_HA_VIP_GROUPS: "3" };
  const apart = planOf(env, FACTS).core;
  t.same(apart.groups, []);
  t.equal(new Set(apart.routers.map(({ priority }) => priority)).size > 1, true);
  const { groups, routers } = planOf({ ...env, VRRPD_SYNC_GROUP: "on" }, FACTS).core;
  t.same(
    groups?.map(({ members }) => members),
    [routers.map(({ id }) => id)],
  );
  t.equal(new Set(routers.map(({ priority }) => priority)).size, 1);
  const one = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100", VRRPD_SYNC_GROUP: "on" };
  t.same(planOf(one, FACTS).core.groups, []);
});
