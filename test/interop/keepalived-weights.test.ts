/** Keepalived 2.2.7 and vrrpd run one file in which everything is tracked that can be, and say the same priorities. */
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan, type Host, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
/** Results of scripts are there long before: an election takes more than three seconds. */
const ADVERTS_AWAITED = 3;
const TRACKED = ["script good", "script bad", "interface up0", "interface down0"];
const WEIGHTS = ["weight 20", "weight -20", "weight 20 reverse", "weight -20 reverse"];

/** Of the instances: a fault of five is what they track without a weight. */
const SPEAKING = 24;

interface Instance {
  readonly priority: number;
  readonly tracks: readonly string[];
}

const INSTANCES: readonly Instance[] = [
  ...TRACKED.flatMap((on) => WEIGHTS.map((weight) => ({ priority: 100, tracks: [`${on} ${weight}`] }))),
  ...TRACKED.flatMap((on) =>
    ["weight 0", "weight 0 reverse"].map((weight) => ({ priority: 100, tracks: [`${on} ${weight}`] })),
  ),
  { priority: 250, tracks: ["script good weight 100"] },
  { priority: 10, tracks: ["interface down0 weight -100"] },
  { priority: 255, tracks: ["script bad weight -20", "interface down0 weight -20"] },
  { priority: 255, tracks: ["script bad weight 0"] },
  { priority: 100, tracks: ["script good weight 200", "script bad weight -90", "interface up0 weight 7"] },
];

/** @param index the virtual router id is one more */
function instanceText({ priority, tracks }: Instance, index: number): string {
  const lines = tracks.map((track) => {
    const [kind, ...words] = track.split(" ");
    return `  track_${kind} {\n    ${words.join(" ")}\n  }`;
  });
  return `vrrp_instance VI_${index + 1} {
  state ${priority === 255 ? "MASTER" : "BACKUP"}
  interface ens3
  virtual_router_id ${index + 1}
  priority ${priority}
  version 3
  virtual_ipaddress {
    198.51.100.${index + 1}/32
  }
${lines.join("\n")}
}`;
}

function scriptText(name: string): string {
  return `vrrp_script ${name} {\n  script "/etc/keepalived/${name}"\n  interval 1\n}`;
}

const TEXT = [
  "global_defs {\n  script_user root\n}",
  ...["good", "bad"].map(scriptText),
  ...INSTANCES.map(instanceText),
].join("\n");

async function prepare(host: Host): Promise<void> {
  await host.writeFile("/etc/keepalived/good", "#!/bin/sh\nexit 0\n", 0o755);
  await host.writeFile("/etc/keepalived/bad", "#!/bin/sh\nexit 1\n", 0o755);
  await host.writeFile(FILE, TEXT);
  for (const name of ["up0", "down0"])
    await host.ok(["ip", "link", "add", name, "type", "veth", "peer", "name", `${name}-far`]);
  for (const name of ["up0", "up0-far"]) await host.ok(["ip", "link", "set", name, "up"]);
}

function startKeepalived(host: Host): void {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const pids = ["-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"];
  host.start([path, "--dont-fork", "--log-console", "--vrrp", "-f", FILE, ...pids], { env });
}

t.test(
  "weights of scripts and interfaces, reversed and not, beyond the bounds, and an owner's",
  async (t) => {
    const lan = await createLan({
      interface: "ens3",
      isolated: true,
      privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
      hosts: { theirs: { addresses: ["192.0.2.1/24"] }, ours: { addresses: ["192.0.2.2/24"] } },
    });
    t.teardown(() => lan.destroy());
    const capture = await lan.capture();
    for (const name of ["theirs", "ours"]) await prepare(lan.host(name));
    startKeepalived(lan.host("theirs"));
    startVrrpd(lan.host("ours"), {}, VRRPD, FILE);
    /** The last priority of each virtual router that has spoken; null: one of them has not said enough. */
    const prioritiesOf = (from: string): Record<string, number> | null => {
      const said = new Map<number, number[]>();
      for (const { advert } of capture.adverts({ from })) {
        const { virtualRouterId, priority } = advert;
        said.set(virtualRouterId, [...(said.get(virtualRouterId) ?? []), priority]);
      }
      if (said.size < SPEAKING || [...said.values()].some((all) => all.length < ADVERTS_AWAITED)) return null;
      return Object.fromEntries(
        [...said].map(([id, all]) => [`${id}: ${INSTANCES[id - 1]!.tracks.join(", ")}`, all.at(-1)!]),
      );
    };
    const speaking = { what: "adverts of all masters", timeoutMs: 120_000 };
    await until(() => prioritiesOf("theirs") !== null && prioritiesOf("ours") !== null, speaking);
    t.same(prioritiesOf("ours"), prioritiesOf("theirs"));
    t.match(prioritiesOf("theirs"), {
      "1: script good weight 20": 120,
      "8: script bad weight -20 reverse": 120,
    });
  },
);
