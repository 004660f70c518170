/** Virtual MAC addresses on a host that others touch: what is put back, what is left alone, what is left behind. */
import t from "tap";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT, VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { type Host, until } from "../netns/index.js";

const NAME = "vrrp.51";
const MAC = "00:00:5e:00:01:33";
const ENVIRONMENT = {
  VRRPD_VMAC: "on",
  OPENSHIFT_HA_VRRP_ID_OFFSET: "50",
  OPENSHIFT_HA_VIRTUAL_IPS: VIP,
};

interface Link {
  readonly index: number;
  readonly mac: string;
  readonly up: boolean;
}

async function linkOf(host: Host, name = NAME): Promise<Link | null> {
  const links = JSON.parse(await host.ok(["ip", "-j", "-d", "link"])) as {
    readonly ifindex: number;
    readonly ifname: string;
    readonly address: string;
    readonly flags: readonly string[];
  }[];
  const found = links.find(({ ifname }) => ifname === name);
  return found === undefined
    ? null
    : { index: found.ifindex, mac: found.address, up: found.flags.includes("UP") };
}

/** Of the interface below. */
async function settings(host: Host): Promise<string> {
  const read = ["arp_ignore", "arp_announce"].map((key) => `/proc/sys/net/ipv4/conf/ens3/${key}`);
  return (await host.ok(["cat", ...read])).trim().replace("\n", " ");
}

async function isThere(host: Host): Promise<boolean> {
  const all = await host.addresses();
  return all.some((one) => one.address === VIP && one.interface === NAME);
}

const patience = (what: string) => ({ what, timeoutMs: 60_000 });

t.test("one that goes, goes down, or goes with its interface is there again", async (t) => {
  const nodes = await Nodes.create(t, ENVIRONMENT);
  const a = nodes.host("a");
  nodes.start("a");
  await nodes.untilState("a", "MASTER");
  const first = (await linkOf(a))!;
  t.match(first, { mac: MAC, up: true });
  t.equal(await settings(a), "1 2", "the interface below neither answers nor asks for it");
  await a.ok(["ip", "link", "delete", NAME]);
  await until(async () => (await isThere(a)) && (await linkOf(a))?.up === true, patience("another one"));
  t.not((await linkOf(a))!.index, first.index);
  const { transitions } = (await nodes.status("a")).instances[0]!;
  t.strictSame(
    transitions.map(({ to, cause }) => `${to}: ${cause}`).slice(2),
    [],
    "it was master all the time",
  );
  await a.ok(["ip", "link", "set", NAME, "down"]);
  await until(async () => (await linkOf(a))?.up === true, patience("it up again"));
  await a.detach();
  await nodes.untilState("a", "FAULT");
  t.equal(await linkOf(a), null, "it went with the interface");
  await a.attach();
  await nodes.untilState("a", "MASTER");
  await until(() => isThere(a), patience("the address on it"));
  t.ok(await nodes.host("client").reaches(VIP));
});

t.test("two masters that hear each other again become one, and a backup's is down", async (t) => {
  const nodes = await Nodes.create(t, ENVIRONMENT);
  const b = nodes.host("b");
  nodes.start("a");
  nodes.start("b");
  await nodes.untilHeldBy("a");
  t.match(await linkOf(b), { mac: MAC, up: false });
  await b.isolate();
  await nodes.untilState("b", "MASTER");
  await b.rejoin();
  await nodes.untilHeldBy("a");
  await nodes.untilState("b", "BACKUP");
  await until(async () => (await linkOf(b))?.up === false, patience("it down"));
  const seen = nodes.capture.adverts().filter(({ sourceMac }) => sourceMac !== MAC);
  t.strictSame(seen, [], "every advert came from the virtual MAC address");
});

t.test("what a killed daemon leaves is taken over, or cleaned up; what others made stays", async (t) => {
  const nodes = await Nodes.create(t, ENVIRONMENT);
  const a = nodes.host("a");
  const killed = nodes.start("a");
  await nodes.untilState("a", "MASTER");
  killed.kill("SIGKILL");
  await killed.exited;
  const left = (await linkOf(a))!;
  t.match(left, { mac: MAC, up: true });
  const again = nodes.start("a");
  await nodes.untilState("a", "MASTER");
  t.equal((await linkOf(a))!.index, left.index, "it is the same one");
  again.kill("SIGKILL");
  await again.exited;
  const env = { ...BASE_ENVIRONMENT, ...ENVIRONMENT };
  t.match(await a.ok([...VRRPD, "cleanup", "--config", "env"], { env }), new RegExp(`${NAME} was removed`));
  t.equal(await linkOf(a), null);
  t.equal(await settings(a), "0 0", "the interface below is as it was");
  await a.ok(["ip", "link", "add", NAME, "link", "ens3", "type", "macvlan", "mode", "bridge"]);
  nodes.start("a");
  const { instances } = await nodes.untilState("a", "INIT");
  t.match(instances[0], { code: "no-vmac", reason: /vrrp\.51 is there already/ });
  await a.ok(["ip", "link", "delete", NAME]);
  await nodes.untilState("a", "MASTER");
});

t.test("one that somebody else has made and uses is neither taken down nor removed", async (t) => {
  const nodes = await Nodes.create(t, ENVIRONMENT);
  const a = nodes.host("a");
  const kind = ["type", "macvlan", "mode", "private"];
  await a.ok(["ip", "link", "add", NAME, "link", "ens3", "address", MAC, ...kind]);
  await a.ok(["ip", "link", "set", NAME, "up"]);
  const daemon = nodes.start("a");
  const { instances } = await nodes.untilState("a", "INIT");
  t.match(instances[0], { code: "no-vmac", reason: /vrrp\.51 is there already, and somebody else uses it/ });
  await daemon.stop();
  t.match(await linkOf(a), { mac: MAC, up: true });
});

t.test("a reload takes the addresses off it", async (t) => {
  const nodes = await Nodes.create(t, ENVIRONMENT, { privateDirectories: ["/etc/keepalived", "/run/vrrpd"] });
  const a = nodes.host("a");
  const textOf = (more: string) =>
    `vrrp_instance VI {\n interface ens3\n virtual_router_id 51\n ${more}\n virtual_ipaddress {\n ${VIP}\n }\n}\n`;
  await a.writeFile("/etc/keepalived/keepalived.conf", textOf("use_vmac"));
  const daemon = startVrrpd(a, {}, VRRPD, "/etc/keepalived/keepalived.conf");
  await until(() => isThere(a), patience("the address on it"));
  await a.writeFile("/etc/keepalived/keepalived.conf", textOf("use_vmac other"));
  daemon.kill("SIGHUP");
  await until(async () => (await linkOf(a, "other"))?.up === true, patience("another name"));
  t.equal(await linkOf(a), null);
  await a.writeFile("/etc/keepalived/keepalived.conf", textOf(""));
  daemon.kill("SIGHUP");
  await until(
    async () => (await a.addresses()).some((one) => one.address === VIP && one.interface === "ens3"),
    patience("the address on the interface itself"),
  );
  t.equal(await linkOf(a, "other"), null);
  t.equal(await settings(a), "0 0");
  await daemon.stop();
});
