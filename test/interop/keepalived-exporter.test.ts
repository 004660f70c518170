/**
 * The dumps of Keepalived 2.2.7 and of our `keepalived` command, of one file on one host, with a master, a backup that
 * hears one, and a fault: what the exporter reads of them is the same.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { ROOT, startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan, type Host, type HostProcess, until } from "../netns/index.js";
import {
  exportedAddress,
  exportedInstances,
  exportedJson,
  exportedScripts,
  exportedStats,
} from "./keepalived-dumps/exporter.js";

const FOLDER = "/etc/keepalived";
const FILE = `${FOLDER}/keepalived.conf`;
/** By --signum: DATA, STATS, JSON, STATS_CLEAR. */
const SIGNALS = { data: 10, stats: 12, json: 36, cleared: 63 } as const;
const PATIENCE_MILLIS = 60_000;
/** The dumps are written to a folder that each host has for itself. */
const env = { TMPDIR: "/run", VRRPD_PARTIAL: "on" };

const instance = (name: string, id: number, lines: string) => `vrrp_instance ${name} {
  interface ens3
  virtual_router_id ${id}
  ${lines}
}
`;

/** Heard by the backup. */
const PEER = instance(
  "BACK",
  52,
  "version 3\nstate MASTER\npriority 255\nvirtual_ipaddress {\n192.0.2.52\n}",
);

const CONF = `global_defs {
  router_id node
  script_user root
}
vrrp_script good {
  script "${FOLDER}/good 'two words'"
  interval 1
  weight 7
}
vrrp_script bad {
  script ${FOLDER}/bad
  interval 1
}
${instance(
  "MAIN",
  51,
  `state MASTER
  priority 255
  garp_master_delay 3
  authentication {
    auth_type PASS
    auth_pass secret
  }
  virtual_ipaddress {
    192.0.2.51/24 label ens3:vip
    192.0.2.50
  }
  virtual_ipaddress_excluded {
    2001:db8::51/64
  }
  notify_master "${FOLDER}/good 'now master'"
  notify ${FOLDER}/good`,
)}
${instance(
  "BACK",
  52,
  `version 3
  priority 90
  nopreempt
  advert_int 0.5
  virtual_ipaddress {
    192.0.2.52
  }
  track_script {
    good
  }`,
)}
${instance(
  "FAULTY",
  53,
  `priority 100
  preempt_delay 2.5
  virtual_ipaddress {
    192.0.2.53 dev ens4 no_track
  }
  track_script {
    bad
  }
  track_interface {
    ens4 weight 5 reverse
  }`,
)}
`;

const COUNTED = /Priority Zero:\n {4}Received: \d+\n {4}Sent: \d+\n$/;

type Dumps = Readonly<Record<keyof typeof SIGNALS, string>>;

/** What two daemons and two moments may differ in. */
const TRANSIENT = ["last_transition"];

async function prepare(host: Host): Promise<void> {
  await host.writeFile(`${FOLDER}/good`, "#!/bin/sh\nexit 0\n", 0o755);
  await host.writeFile(`${FOLDER}/bad`, "#!/bin/sh\nexit 1\n", 0o755);
  await host.writeFile(FILE, CONF);
}

async function dump(host: Host, daemon: HostProcess, kind: keyof Dumps, end: RegExp): Promise<string> {
  const path = host.pathOf(`/run/keepalived.${kind === "cleared" ? "stats" : kind}`);
  rmSync(path, { force: true });
  process.kill(daemon.pid, SIGNALS[kind]);
  const isWhole = () => existsSync(path) && end.test(readFileSync(path, "utf8"));
  await until(isWhole, { what: `${kind} of ${daemon.name}`, timeoutMs: PATIENCE_MILLIS });
  return readFileSync(path, "utf8");
}

/** Once each instance has the state that it stays in. */
async function dumpsOf(host: Host, daemon: HostProcess): Promise<Dumps> {
  const data = () => dump(host, daemon, "data", /< Interfaces >[\s\S]*\n$/);
  const settled = async () => {
    const text = await data();
    const states = [...exportedInstances(text).values()].map(({ state }) => state).join();
    return states === "2,1,3" && /Master router = 192\.0\.2\.2\n/.test(text) ? text : null;
  };
  const text = await until(settled, { what: `states of ${daemon.name}`, timeoutMs: PATIENCE_MILLIS });
  return {
    data: text,
    stats: await dump(host, daemon, "stats", COUNTED),
    json: await dump(host, daemon, "json", /\]\n$/),
    cleared: await dump(host, daemon, "cleared", COUNTED),
  };
}

async function runOf(
  host: Host,
  command: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<Dumps> {
  const pids = ["-p", "/run/parent.pid", "-r", "/run/child.pid"];
  const daemon = host.start([...command, "-n", "-l", "-P", "-f", FILE, ...pids], {
    env: { ...env, ...more },
  });
  await until(() => existsSync(host.pathOf("/run/child.pid")), {
    what: "its pid",
    timeoutMs: PATIENCE_MILLIS,
  });
  const dumps = await dumpsOf(host, daemon);
  await daemon.stop(10_000);
  return dumps;
}

let theirs: Dumps;
let ours: Dumps;

t.before(async () => {
  const lan = await createLan({
    interface: "ens3",
    privateDirectories: [FOLDER, "/run/vrrpd"],
    hosts: {
      node: {
        addresses: ["192.0.2.1/24"],
        interfaces: { ens4: { addresses: [], mac: "02:00:00:00:04:01", up: false } },
      },
      peer: { addresses: ["192.0.2.2/24"] },
    },
  });
  t.teardown(() => lan.destroy());
  await lan.host("peer").writeFile(FILE, PEER);
  startVrrpd(lan.host("peer"), {}, VRRPD, FILE);
  await until(() => lan.host("peer").answersFor("192.0.2.52"), {
    what: "the master",
    timeoutMs: PATIENCE_MILLIS,
  });
  const node = lan.host("node");
  await prepare(node);
  const { path, env } = findProgram("usr/sbin/keepalived");
  theirs = await runOf(node, [path], env);
  ours = await runOf(node, [`${ROOT}/dist/bin/keepalived.js`], {});
});

t.test("instances in keepalived.data", async (t) => {
  t.same(exportedInstances(ours.data), exportedInstances(theirs.data));
  const addresses = [...exportedInstances(ours.data).values()].flatMap((one) => one.addresses);
  t.same(addresses.map(exportedAddress), [
    ["192.0.2.51/24", "ens3"],
    ["192.0.2.50", "ens3"],
    ["192.0.2.52", "ens3"],
    ["192.0.2.53", "ens4"],
  ]);
});

t.test("scripts in keepalived.data", async (t) => {
  t.same(
    exportedScripts(ours.data).map(({ name, status }) => [name, status]),
    [
      ["good", 1],
      ["bad", 0],
    ],
  );
  t.same(
    exportedScripts(ours.data).map((one) => ({ ...one, state: null })),
    exportedScripts(theirs.data).map((one) => ({ ...one, state: null })),
  );
});

// Keepalived leaves "Flags:" without any where it has flags that it does not show.
t.test("each line of an instance is one of Keepalived's, in its order", async (t) => {
  const keysOf = (text: string) =>
    [...text.matchAll(/^ VRRP (?:Instance|Script) = \w+\n(?: {3}.*\n)+/gm)].map(([block]) =>
      block
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => (line.startsWith("     ") ? line : line.replace(/ = .*| : .*|: none$|:$/, ""))),
    );
  const [mine, its] = [keysOf(ours.data), keysOf(theirs.data)];
  t.equal(mine.length, 5);
  t.equal(its.length, 5);
  for (const [index, lines] of mine.entries())
    t.same(
      lines,
      its[index]!.filter((line) => lines.includes(line)),
      lines[0]!,
    );
});

t.test("keepalived.stats", async (t) => {
  const [mine, its] = [exportedStats(ours.stats), exportedStats(theirs.stats)];
  t.same([...mine.keys()], [...its.keys()]);
  for (const [name, counters] of mine) {
    t.same(Object.keys(counters), Object.keys(its.get(name)!), name);
    const isCounted = (one: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(one).map(([key, value]) => [key, value > 0]));
    t.same(isCounted(counters), isCounted(its.get(name)!), name);
  }
});

t.test("asked to clear the counters, it writes them, and counts on", async (t) => {
  const [before, after] = [exportedStats(ours.stats), exportedStats(ours.cleared)];
  for (const [name, counters] of before)
    for (const [key, value] of Object.entries(counters))
      t.ok(after.get(name)![key]! >= value, `${name} ${key}`);
});

t.test("keepalived.json: all fields with their types, and the same values", async (t) => {
  const [mine, its] = [exportedJson(ours.json), exportedJson(theirs.json)];
  t.equal(mine.length, 3);
  for (const [index, { data, stats }] of its.entries()) {
    const own = mine[index]!;
    t.same(Object.keys(own.stats), Object.keys(stats), data.iname);
    t.same(Object.keys(own.data).sort(), Object.keys(data).sort(), data.iname);
    const steady = (one: object) =>
      Object.fromEntries(Object.entries(one).filter(([key]) => !TRANSIENT.includes(key)));
    t.same(steady(own.data), steady(data), data.iname);
  }
});
