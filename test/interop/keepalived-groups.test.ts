/**
 * A sync group of vrrpd and one of Keepalived 2.2.7 are peers: whoever fails a check in one member, has a file that says
 * so, loses its link or falls silent gives all of them up.
 */
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan, type Host, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
const CHECK = "/etc/keepalived/check";
const ADDRESSES = ["198.51.100.1", "198.51.100.2"];

const MOOD = "/etc/keepalived/mood";

/** Only the second member has the check; the file, a fault of the first one, would be a weight in no group. */
function textOf(priority: number): string {
  const instances = ADDRESSES.map((address, index) => {
    const track = index === 1 ? "track_script {\n good\n }" : "track_file {\n mood\n }";
    return `vrrp_instance VI_${index + 1} {\n interface ens3\n virtual_router_id ${index + 1}\n version 3\n advert_int 0.3\n priority ${priority}\n virtual_ipaddress {\n ${address}/32\n }\n ${track}\n}`;
  });
  return [
    "global_defs {\n script_user root\n}",
    `vrrp_script good {\n script "${CHECK}"\n interval 1\n}`,
    `track_file mood {\n file ${MOOD}\n}`,
    "vrrp_sync_group G {\n group {\n VI_1\n VI_2\n }\n}",
    ...instances,
    "",
  ].join("\n");
}

async function prepare(host: Host, priority: number): Promise<void> {
  await host.writeFile(CHECK, "#!/bin/sh\nexit 0\n", 0o755);
  await host.writeFile(FILE, textOf(priority));
}

function startKeepalived(host: Host): void {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const pids = ["-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"];
  host.start([path, "--dont-fork", "--log-console", "--vrrp", "-f", FILE, ...pids], { env });
}

async function heldBy(host: Host): Promise<number> {
  const text = await host.ok(["ip", "-4", "address", "show", "dev", "ens3"]);
  return ADDRESSES.filter((address) => text.includes(`${address}/32`)).length;
}

for (const ours of [200, 100]) {
  t.test(`vrrpd has priority ${ours}, Keepalived ${300 - ours}`, async (t) => {
    const lan = await createLan({
      interface: "ens3",
      privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
      hosts: { v: { addresses: ["192.0.2.11/24"] }, k: { addresses: ["192.0.2.12/24"] } },
    });
    t.teardown(() => lan.destroy());
    const [v, k] = [lan.host("v"), lan.host("k")];
    await prepare(v, ours);
    await prepare(k, 300 - ours);
    startVrrpd(v, {}, VRRPD, FILE);
    startKeepalived(k);
    const [better, worse] = ours === 200 ? [v, k] : [k, v];
    const all = async (host: Host, other: Host) => (await heldBy(host)) === 2 && (await heldBy(other)) === 0;
    const patience = { what: "the group whole on one host", timeoutMs: 60_000 };
    await until(() => all(better, worse), patience);
    await better.writeFile(CHECK, "#!/bin/sh\nexit 1\n", 0o755);
    await until(() => all(worse, better), patience);
    await better.writeFile(CHECK, "#!/bin/sh\nexit 0\n", 0o755);
    await until(() => all(better, worse), patience);
    await better.writeFile(MOOD, "1\n");
    await until(() => all(worse, better), patience);
    await better.writeFile(MOOD, "0\n");
    await until(() => all(better, worse), patience);
    await better.cut();
    await until(() => all(worse, better), patience);
    await better.heal();
    await until(() => all(better, worse), patience);
    // As one that is dead: nobody hears it any more, and it hears nobody.
    await better.isolate();
    await until(async () => (await heldBy(worse)) === 2, patience);
    await better.rejoin();
    await until(() => all(better, worse), patience);
    t.pass("it went whole, there and back");
  });
}
