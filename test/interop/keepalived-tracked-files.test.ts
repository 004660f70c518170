/** Keepalived 2.2.7 and vrrpd run one file in which files are tracked, and say the same, one after the other. */
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan, type Host, until } from "../netns/index.js";

const FOLDER = "/etc/keepalived";
const FILE = `${FOLDER}/keepalived.conf`;
const ADVERT_SECONDS = 0.2;

interface Instance {
  readonly priority: number;
  readonly tracks: readonly string[];
}

/** Two by two, from the fifth last on, they are in sync groups. */
const INSTANCES: readonly Instance[] = [
  ...["a", "a weight -2", "a weight 3 reverse", "a weight 0", "a weight 0 reverse", "a weight -127"],
  ...[
    "a weight 254",
    "a weight abc",
    "a weight 999",
    "a weight 3 odd",
    "turned",
    "turned weight 2 noreverse",
    "b weight -1",
  ],
]
  .map((track): Instance => ({ priority: 100, tracks: [track] }))
  .concat([
    { priority: 255, tracks: ["a"] },
    { priority: 255, tracks: ["a weight 5"] },
    { priority: 100, tracks: ["a weight 10", "b weight 20"] },
    ...[["a"], ["b weight 7"], ["b weight 9", "a weight 2"], [], ["b weight 3"], []].map((tracks) => ({
      priority: 90,
      tracks,
    })),
  ]);

const GROUPS = [
  "",
  "sync_group_tracking_weight\n track_file {\n  a weight 4\n }",
  "track_file {\n  a weight -1\n  b\n }",
];

function instanceText({ priority, tracks }: Instance, index: number): string {
  return `vrrp_instance V${index + 1} {
 interface ens3
 virtual_router_id ${index + 1}
 priority ${priority}
 version 3
 advert_int ${ADVERT_SECONDS}
 virtual_ipaddress {
  198.51.100.${index + 1}/32
 }
 track_file {
${tracks.map((track) => `  ${track}\n`).join("")} }
}`;
}

const TEXT = [
  `track_file a {\n file ${FOLDER}/a\n}`,
  `track_file b {\n file ${FOLDER}/folder/b\n init_file 16\n}`,
  `track_file turned {\n file ${FOLDER}/a\n weight 6 reverse\n}`,
  ...GROUPS.map((lines, index) => {
    const first = INSTANCES.length - 2 * (GROUPS.length - index) + 1;
    return `vrrp_sync_group G${index} {\n group {\n  V${first}\n  V${first + 1}\n }\n ${lines}\n}`;
  }),
  ...INSTANCES.map(instanceText),
  "",
].join("\n");

/** What is done to the files, one after the other, and what the first instance says then. */
const STEPS: readonly (readonly [command: string, first: number])[] = [
  ["echo 1 > a", 101],
  ["echo 2 > new && mv new a", 102],
  ["rm a", 100],
  ["printf ' \\t+07junk' > a", 107],
  ["printf '0x11\\0 88' > new && mv new a", 117],
  ["echo 4294967296 > a", 117],
  ["echo 5 > folder/b", 117],
  ["echo 3 > a", 103],
  ["head -c 3000000 /dev/zero > a", 100],
  ["(sleep 0.3; echo 9) > a", 109],
  ["mv a elsewhere", 100],
  ["rm folder/b", 100],
  ["echo -300 > folder/b", 100],
  ["mv elsewhere a", 109],
];

t.test("files that are written, replaced, moved and removed", async (t) => {
  const lan = await createLan({
    interface: "ens3",
    isolated: true,
    privateDirectories: [FOLDER, "/run/vrrpd"],
    hosts: { theirs: { addresses: ["192.0.2.1/24"] }, ours: { addresses: ["192.0.2.2/24"] } },
  });
  t.teardown(() => lan.destroy());
  const capture = await lan.capture();
  const hosts = [lan.host("theirs"), lan.host("ours")];
  for (const host of hosts) {
    await host.writeFile(FILE, TEXT);
    await host.ok(["mkdir", `${FOLDER}/folder`]);
  }
  startKeepalived(lan.host("theirs"));
  startVrrpd(lan.host("ours"), {}, VRRPD, FILE);
  /** What a virtual router has said, one after the other. */
  const saidBy = (from: string, id: number): number[] => {
    const said = capture.adverts({ from }).filter(({ advert }) => advert.virtualRouterId === id);
    return said
      .map(({ advert }) => advert.priority)
      .filter((priority, index, all) => priority !== all[index - 1]);
  };
  const reach = (what: string, priority: number) =>
    until(() => hosts.every(({ name }) => saidBy(name, 1).at(-1) === priority), {
      what: `priority ${priority} after ${what}`,
      timeoutMs: 60_000,
    });
  await reach("the start", 100);
  await settled();
  for (const [command, first] of STEPS) {
    await Promise.all(hosts.map((host) => host.ok(["sh", "-c", `cd ${FOLDER} && ${command}`])));
    await reach(command, first);
    await settled();
  }
  for (const [index, { tracks }] of INSTANCES.entries()) {
    const [theirs, ours] = ["theirs", "ours"].map((from) => saidBy(from, index + 1));
    t.same(ours, theirs, `V${index + 1} ${tracks.join(", ")}: ${theirs}`);
  }
});

/** An election, and an advert. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 7 * ADVERT_SECONDS * 1000));
}

function startKeepalived(host: Host): void {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const pids = ["-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"];
  host.start([path, "--dont-fork", "--log-console", "--vrrp", "-f", FILE, ...pids], { env });
}
