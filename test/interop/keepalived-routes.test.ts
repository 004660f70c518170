/** Routes, rules and what is static: vrrpd and Keepalived 2.2.7 with the same file have the same in their kernels, whatever happens. */
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan, type Host, type HostProcess, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
const PATIENCE_MILLIS = 60_000;
const TRACKED = "198.51.100.0/24";
const UNTRACKED = "198.51.101.0/24";

const FIRST = `global_defs {
 vrrp_version 3
}
static_ipaddress {
 198.18.0.1/24 dev eth1
}
static_routes {
 198.18.1.0/24 via 203.0.113.9 dev eth1
}
static_rules {
 from 198.18.1.0/24 table 7 priority 700
}
vrrp_instance A {
 interface eth0
 virtual_router_id 5
 priority 100
 advert_int 0.2
 virtual_ipaddress {
  192.0.2.100/24
 }
 virtual_routes {
  default via 192.0.2.253 dev eth0
  ${TRACKED} via 203.0.113.9 dev eth1
  ${UNTRACKED} via 203.0.113.9 dev eth1 no_track protocol static
  198.51.102.0/24 src 192.0.2.100 via 192.0.2.253 dev eth0 metric 50 mtu 1400 advmss 1200
  198.51.103.0/24 table 100 nexthop via 203.0.113.9 dev eth1 weight 2 nexthop via 192.0.2.9 dev eth0
  198.51.104.0/24 dev eth0 scope link table 1000
  blackhole 198.51.105.0/24
  2001:db8:5::/48 via 2001:db8::9 dev eth0
 }
 virtual_rules {
  from 192.0.2.100 table 100 priority 701
  iif eth1 fwmark 0x10/0xff ipproto tcp dport 80-90 table 1000 priority 702
  to 2001:db8:5::/48 table 100 priority 703 no_track
 }
}
`;
const SECOND = FIRST.replace("mtu 1400", "mtu 1300")
  .replace(" blackhole", "  198.51.106.0/24 via 203.0.113.9 dev eth1\n  blackhole")
  .replace("priority 701", "priority 711")
  .replace("198.18.1.0/24 via 203.0.113.9", "198.18.2.0/24 via 203.0.113.9");

/** Routes, rules and addresses, but for what the kernel makes by itself. */
async function kernelOf(host: Host): Promise<string[]> {
  const [four, six, rules, rules6, addresses] = await Promise.all([
    host.ok(["ip", "-4", "route", "show", "table", "all"]),
    host.ok(["ip", "-6", "route", "show", "table", "all"]),
    host.ok(["ip", "-4", "rule"]),
    host.ok(["ip", "-6", "rule"]),
    host.ok(["ip", "-o", "address", "show", "scope", "global"]),
  ]);
  const routes = `${four}${six}`.replace(/\n\s+/g, " ").split("\n");
  const placed = addresses.split("\n").map((line) => line.split(/\s+/).slice(1, 4).join(" "));
  return [
    ...routes.filter((line) => !/proto kernel|table local|^multicast|^$/.test(line)),
    ...`${rules}${rules6}`.split("\n").filter((line) => !/^(0|32766|32767):|^$/.test(line)),
    ...placed.filter((line) => line !== "" && !line.startsWith("lo")),
  ].map((line) => line.trim().replace(/\s+/g, " "));
}

function startKeepalived(host: Host): HostProcess {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const pids = ["-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"];
  return host.start([path, "--dont-fork", "--log-console", "--vrrp", "-f", FILE, ...pids], { env });
}

async function lanOf(names: readonly string[]) {
  const described = (number: number) => ({
    attached: false,
    interfaces: {
      eth0: { addresses: ["192.0.2.11/24", "2001:db8::11/64"], mac: `02:00:00:00:0${number}:10` },
      eth1: { addresses: ["203.0.113.11/24"], mac: `02:00:00:00:0${number}:11` },
    },
  });
  const lan = await createLan({
    hosts: Object.fromEntries(names.map((name, index) => [name, described(index + 1)])),
    isolated: true,
    privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
  });
  for (const name of names) {
    await lan.host(name).writeFile(FILE, FIRST);
    await lan.host(name).ok(["ip", "route", "add", "default", "via", "192.0.2.254", "dev", "eth0"]);
  }
  return lan;
}

const has = (lines: readonly string[], part: string) => lines.some((line) => line.includes(part));

t.test("the same file, the same kernel", async (t) => {
  const lan = await lanOf(["v", "k"]);
  t.teardown(() => lan.destroy());
  const both = [lan.host("v"), lan.host("k")] as const;
  const [v, k] = both;
  const before = await kernelOf(v);
  const vrrpd = startVrrpd(v, {}, VRRPD, FILE);
  const keepalived = startKeepalived(k);
  /** Both come to the same, of which this holds. */
  const agree = async (what: string, holds: (lines: readonly string[]) => boolean) => {
    let [ours, theirs]: string[][] = [[], []];
    const same = async () => {
      [ours, theirs] = await Promise.all([kernelOf(v), kernelOf(k)]);
      return holds(theirs!) && JSON.stringify(ours) === JSON.stringify(theirs);
    };
    await until(same, { what, timeoutMs: PATIENCE_MILLIS }).catch(() => {});
    t.same(ours, theirs, what);
    t.ok(holds(theirs!), `${what}: it is so`);
  };
  const onBoth = (...words: string[]) => Promise.all(both.map((host) => host.ok(["ip", ...words])));
  const isMaster = (lines: readonly string[]) => has(lines, "192.0.2.100/24") && has(lines, TRACKED);

  await agree("a master", (lines) => isMaster(lines) && has(lines, "198.18.0.1/24") && has(lines, "700:"));
  t.ok(has(await kernelOf(v), "default via 192.0.2.254"), "the default route that was there is left alone");

  await onBoth("route", "del", "198.18.1.0/24");
  await onBoth("rule", "del", "priority", "700");
  await onBoth("address", "del", "198.18.0.1/24", "dev", "eth1");
  await onBoth("rule", "del", "priority", "701");
  // Keepalived is a backup by now, or a master again.
  await Promise.all(both.map((host) => host.run(["ip", "route", "del", TRACKED])));
  const all = ["192.0.2.100/24", TRACKED, "701:", "700:", "198.18.0.1/24", "198.18.1.0/24"];
  await agree("what somebody removes is back", (lines) => all.every((part) => has(lines, part)));

  await onBoth("route", "del", UNTRACKED);
  await v.ok(["ip", "route", "del", TRACKED]);
  await agree("what is not tracked is left alone", (lines) => isMaster(lines) && !has(lines, UNTRACKED));

  await onBoth("link", "set", "eth1", "down");
  await agree("a tracked interface is down", (lines) => !has(lines, "192.0.2.100/24") && !has(lines, "701:"));
  await onBoth("link", "set", "eth1", "up");
  await agree(
    "it is up again",
    (lines) => isMaster(lines) && has(lines, UNTRACKED) && has(lines, "198.18.1.0/24"),
  );

  await Promise.all(both.map((host) => host.writeFile(FILE, SECOND)));
  for (const daemon of [vrrpd, keepalived]) daemon.kill("SIGHUP");
  const changed = ["mtu 1300", "198.51.106.0/24", "711:", "198.18.2.0/24"];
  await agree("another configuration", (lines) => {
    return (
      changed.every((part) => has(lines, part)) && !has(lines, "701:") && !has(lines, "198.18.1.0/24 via")
    );
  });

  t.equal((await vrrpd.stop(10_000)).code, 0);
  await keepalived.stop(10_000);
  await agree("the end", (lines) => !has(lines, "keepalived"));
  t.same(await kernelOf(v), before, "nothing is left behind");
});

t.test("what a killed vrrpd leaves is removed by the next one, as a backup, and by cleanup", async (t) => {
  const lan = await lanOf(["v"]);
  t.teardown(() => lan.destroy());
  const v = lan.host("v");
  const before = await kernelOf(v);
  const isThere = async () => has(await kernelOf(v), TRACKED);
  const killed = async () => {
    const daemon = startVrrpd(v, {}, VRRPD, FILE);
    await until(isThere, { what: "a master", timeoutMs: PATIENCE_MILLIS });
    daemon.kill("SIGKILL");
    await daemon.exited;
  };
  await killed();
  await v.writeFile(FILE, FIRST.replace("advert_int 0.2", "advert_int 30"));
  const next = startVrrpd(v, {}, VRRPD, FILE);
  await until(async () => !(await isThere()), { what: "a backup", timeoutMs: PATIENCE_MILLIS });
  t.notOk(has(await kernelOf(v), "701:"), "nor is the rule there");
  await next.stop(10_000);
  await v.writeFile(FILE, FIRST);
  await killed();
  const { code, stdout } = await v.run([...VRRPD, "cleanup", "--config", FILE]);
  t.equal(code, 0);
  t.match(stdout, `route ${TRACKED} via 203.0.113.9 dev eth1 was removed`);
  t.match(stdout, "rule from 192.0.2.100/32 priority 701 table 100 was removed");
  // A route of another protocol and a rule without one have no mark, and may be anybody's.
  const left = (await kernelOf(v)).filter((line) => !line.includes(UNTRACKED) && !line.startsWith("703:"));
  t.same(left, before);
});
