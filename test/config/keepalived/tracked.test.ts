/** Files and processes that instances and groups track: what counts, as Keepalived 2.2.7 was seen to count it. */
import t from "tap";
import type { Track } from "../../../src/core/config.js";
import { weightOf } from "../../../src/core/router/tracks.js";
import { readText } from "./support.js";

const instance = (name: string, id: number, lines: string) =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${id}\nvirtual_ipaddress { 192.0.2.${id} }\n${lines}\n}\n`;
const group = (name: string, members: string, lines: string) =>
  `vrrp_sync_group ${name} {\ngroup { ${members} }\n${lines}\n}\n`;
const INTERFACES = { interfaces: ["eth0", "eth1"] };

const FILES = `vrrp_script s {\nscript "/s.sh"\n}
track_file five {\nfile /five\n}
vrrp_track_file sixteen {\nfile /sixteen\nweight 2\n}
track_file one {\nfile /one\nweight 7\n}
vrrp_track_process p {\nprocess p\nweight 4 reverse\n}
`;

function read(text: string) {
  const { instances, warnings, checks } = readText(FILES + text, INTERFACES);
  const tracks = Object.fromEntries(instances.map(({ router }) => [router.name, router.tracks.map(wordsOf)]));
  return { tracks, said: warnings.map((one) => one.text), checks: checks.map(({ name }) => name) };
}

function wordsOf({ on, effect, reversed }: Track): string {
  const sign = effect !== "fault" && "factor" in effect ? "×" : "";
  const weight = `${sign}${weightOf(effect) ?? "fault"}${reversed ? " reverse" : ""}`;
  return `${"check" in on ? on.check : on.interface} ${weight}`;
}

t.test(
  "what a group and its member both track has the group's weight, but where the member's has none",
  async (t) => {
    const found = read(
      group(
        "G",
        "A B",
        "sync_group_tracking_weight\ntrack_script { s weight 10 }\ntrack_interface { eth1 weight 11 }\ntrack_file { five weight 3\n one }\ntrack_process { p weight 8 }",
      ) +
        instance(
          "A",
          1,
          "track_script { s weight 30 }\ntrack_interface { eth1 weight 40 }\ntrack_file { five weight 9 reverse\n sixteen weight 1 }\ntrack_process { p weight 2 }",
        ) +
        instance("B", 2, "track_file { one weight 0 }"),
    );
    t.same(found.tracks.A, [
      "s 10",
      "eth1 11",
      "file five ×3",
      "file sixteen ×1",
      "process p 8 reverse",
      "file one ×7",
    ]);
    t.same(found.tracks.B, ["file one fault", "s 10", "eth1 11", "file five ×3", "process p 8 reverse"]);
    t.equal(found.said.filter((text) => /the group's weight counts there/.test(text)).length, 4);
    t.equal(found.said.filter((text) => /the member's own counts there/.test(text)).length, 1);
  },
);

t.test("in a group without weights a file's is a fault or nothing, a process's counts", async (t) => {
  const { tracks, said } = read(
    group("H", "C D", "track_file { sixteen }") +
      instance("C", 3, "track_file { five\n one }\ntrack_process { p weight 6 noreverse }") +
      instance("D", 4, "track_interface { eth1 weight 20 }"),
  );
  t.same(tracks.C, ["file five fault", "process p 6", "file sixteen ×2"]);
  t.same(tracks.D, ["eth1 20", "file sixteen ×2"]);
  t.match(said.join("\n"), /track_file one of C is not tracked, as in Keepalived/);
});

t.test(
  "with an owner among its members a group has no weights; an owner's file is a fault or nothing",
  async (t) => {
    const { tracks } = read(
      group("G", "A B", "sync_group_tracking_weight\ntrack_file { five weight 3\n one }") +
        instance("A", 1, "priority 255\ntrack_file { sixteen }") +
        instance("B", 2, "") +
        instance("E", 5, "priority 255\ntrack_file { sixteen weight 1 }"),
    );
    t.same(tracks.A, ["file five fault", "file one fault"]);
    t.same(tracks.B, ["file five fault", "file one fault"]);
    t.same(tracks.E, ["file sixteen fault"]);
  },
);

t.test("odd weights, entries that stand twice, and what is not there", async (t) => {
  const { tracks, said, checks } = read(
    `track_file left_out {\nweight 3\n}\n${instance(
      "A",
      1,
      "track_file { five weight 300\n one weight -5 foo\n sixteen weight -16 noreverse extra\n sixteen\n left_out\n below\n nowhere }\ntrack_process { p weight 12x odd }",
    )}track_file below {\nfile /below\n}\n${instance("B", 2, "track_file { five weight abc }")}`,
  );
  t.same(tracks.A, ["file five ×1", "file sixteen ×-16", "process p 12 reverse"]);
  t.same(tracks.B, ["file five fault"]);
  t.same(checks, ["file five", "file sixteen", "process p"]);
  for (const text of [
    /“300” is no whole number from -254 to 254, and does not count/,
    /one weight -5 foo: not understood/,
    /sixteen stands twice/,
    /track_file left_out is left out/,
    /left_out has no file/,
    /track_file below is defined below A \(move it up\)/,
    /track_file nowhere is defined nowhere/,
    /“abc” is no whole number .*; 0 counts/,
    /track_file one is tracked by no instance/,
    /track_file below is tracked by no instance/,
    /vrrp_track_file is deprecated/,
  ])
    t.ok(
      said.some((one) => text.test(one)),
      String(text),
    );
});

t.test("bounds and delays of a process", async (t) => {
  const quorumOf = (lines: string) => {
    const text = `vrrp_track_process p {\nprocess long-name-of-a-process x\n${lines}\n}\n${instance("A", 1, "track_process { p }")}`;
    const { checks } = readText(text, INTERFACES);
    const check = checks[0]!;
    return check.kind === "process" ? { ...check.quorum, ...check.process } : null;
  };
  t.match(quorumOf(""), { least: 1, most: null, match: "exact", whole: true });
  t.match(quorumOf("quorum 3\nquorum_max 2"), { least: 3, most: null });
  t.match(quorumOf("quorum_max 2\nquorum 3"), { least: 1, most: 2 });
  t.match(quorumOf("quorum_max 0"), { least: 0, most: 0 });
  t.match(quorumOf("quorum_max 0\nquorum_max 5"), { least: 1, most: 5 });
  t.match(quorumOf("quorum 0\nquorum_max 70000"), { least: 1, most: null });
  t.match(quorumOf("delay 1.5\nfork_delay 0.25"), {
    forkDelayMicros: 250_000,
    terminateDelayMicros: 1_500_000,
  });
  t.match(quorumOf("delay 0\nterminate_delay 4000"), { forkDelayMicros: 0, terminateDelayMicros: 0 });
  t.match(quorumOf("param_match exact"), { match: "exact" });
  t.match(quorumOf("param_match partial"), { match: "partial" });
  const long = `vrrp_track_process p {\nprocess sixteen-letters-\n}\n${instance("A", 1, "track_process { p }")}`;
  t.match(
    readText(long, INTERFACES).warnings[0]!.text,
    /never matches, as in Keepalived: without full_command/,
  );
});
