/**
 * Virtual MAC addresses beside Keepalived 2.2.7 with the same file: the same interfaces with the same MAC addresses, the
 * same addresses on them, and a client whose neighbour entry is never looked up again.
 */
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { type Capture, createLan, type Host, type HostProcess, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
const MAC = "00:00:5e:00:01:33";
const MAC6 = "00:00:5e:00:02:33";
const PATIENCE_MS = 60_000;

function textOf(priority: number): string {
  const instance = (name: string, lines: readonly string[]) =>
    `vrrp_instance ${name} {\n interface ens3\n priority ${priority}\n${lines.join("\n")}\n}`;
  return [
    "global_defs {\n script_user root\n vrrp_version 3\n}",
    instance("V4", [
      "virtual_router_id 51",
      "use_vmac",
      "virtual_ipaddress {\n 192.0.2.101\n 198.51.100.1/24\n}",
    ]),
    instance("V6", [
      "virtual_router_id 51",
      "use_vmac",
      "virtual_ipaddress {\n fe80::101\n 2001:db8::101/64\n}",
    ]),
    instance("BASE", [
      "virtual_router_id 53",
      "use_vmac vip53 02:00:5e:10:00",
      "vmac_xmit_base",
      "virtual_ipaddress {\n 192.0.2.103\n}",
    ]),
    instance("ONE", ["virtual_router_id 54", "virtual_ipaddress {\n 192.0.2.104 use_vmac\n 192.0.2.105\n}"]),
    "",
  ].join("\n");
}

function startKeepalived(host: Host): HostProcess {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const pids = ["-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"];
  return host.start([path, "--dont-fork", "--log-console", "--vrrp", "-f", FILE, ...pids], { env });
}

interface Link {
  readonly name: string;
  readonly mac: string;
  readonly on: string;
  readonly kind: string;
  readonly mode: string;
}

/** Those that were made. */
async function made(host: Host): Promise<Link[]> {
  const links = JSON.parse(await host.ok(["ip", "-j", "-d", "link"])) as {
    readonly ifname: string;
    readonly address: string;
    readonly link?: string;
    readonly linkinfo?: { readonly info_kind: string; readonly info_data?: { readonly mode?: string } };
  }[];
  return links
    .filter(({ linkinfo }) => linkinfo?.info_kind === "macvlan")
    .map(({ ifname, address, link = "", linkinfo }) => ({
      name: ifname,
      mac: address,
      on: link,
      kind: linkinfo!.info_kind,
      mode: linkinfo!.info_data?.mode ?? "",
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What is on them and on the interface, without what Keepalived needs to speak from its own. */
async function held(host: Host): Promise<string[]> {
  const all = await host.addresses();
  return all
    .filter(({ address }) => /\.10[1-5]$|^198\.51|::101$/.test(address))
    .map((one) => `${one.address}/${one.prefixLength} ${one.interface}`)
    .sort();
}

const HELD = [
  "192.0.2.101/32 vrrp.51",
  "192.0.2.103/32 vip53",
  "192.0.2.104/32 vrrp.54",
  "192.0.2.105/32 ens3",
  "198.51.100.1/24 vrrp.51",
  "2001:db8::101/64 vrrp6.51",
  "fe80::101/128 vrrp6.51",
];

async function serves(host: Host, other: Host): Promise<boolean> {
  return (await held(host)).join() === HELD.join() && (await held(other)).length === 0;
}

/** How often the client has asked who has a virtual address, and how often vrrpd has said another MAC address for it. */
function lookups(capture: Capture): { readonly asked: number; readonly misled: number } {
  const asked = capture
    .arps({ from: "client" })
    .filter(({ operation, target }) => operation === "request" && target === "192.0.2.101");
  const misled = capture.arps({ from: "v" }).filter(({ sender }) => sender === "192.0.2.101");
  return { asked: asked.length, misled: misled.length };
}

for (const ours of [200, 100]) {
  t.test(`vrrpd has priority ${ours}, Keepalived ${300 - ours}`, async (t) => {
    const lan = await createLan({
      interface: "ens3",
      privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
      hosts: {
        v: { addresses: ["192.0.2.11/24"] },
        k: { addresses: ["192.0.2.12/24"] },
        client: { addresses: ["192.0.2.99/24", "2001:db8::99/64"] },
      },
    });
    t.teardown(() => lan.destroy());
    const [v, k, client] = [lan.host("v"), lan.host("k"), lan.host("client")];
    await v.writeFile(FILE, textOf(ours));
    await k.writeFile(FILE, textOf(300 - ours));
    const entry = (address: string, mac: string) => ["ip", "neighbor", "add", address, "lladdr", mac];
    await client.ok([...entry("192.0.2.101", MAC), "nud", "permanent", "dev", "ens3"]);
    await client.ok([...entry("2001:db8::101", MAC6), "nud", "permanent", "dev", "ens3"]);
    const capture = await lan.capture();
    const start = {
      v: () => startVrrpd(v, {}, VRRPD, FILE),
      k: () => startKeepalived(k),
    };
    const running = { v: start.v(), k: start.k() };
    const [better, worse] = ours === 200 ? (["v", "k"] as const) : (["k", "v"] as const);
    const hosts = { v, k };
    const served = (by: "v" | "k") =>
      until(() => serves(hosts[by], hosts[by === "v" ? "k" : "v"]), {
        what: `all addresses on ${by} alone`,
        timeoutMs: PATIENCE_MS,
      });
    const reached = async (by: "v" | "k") => {
      await served(by);
      t.ok(await client.reaches("192.0.2.101"), `192.0.2.101 answers on ${by}`);
      t.ok(await client.reaches("2001:db8::101"), `2001:db8::101 answers on ${by}`);
    };
    await reached(better);
    t.strictSame(await made(v), await made(k), "the same interfaces");
    if (better === "v") t.notMatch(running.v.output, /send-failed/, "every advert has left");
    await running[better].stop();
    await reached(worse);
    t.strictSame(await made(hosts[better]), [], `${better} leaves nothing behind`);
    running[better] = start[better]();
    await reached(better);
    t.strictSame(lookups(capture), { asked: 0, misled: 0 }, "the client knows where it is all the time");
    const virtual = capture.adverts().filter(({ advert }) => advert.virtualRouterId === 51);
    t.strictSame(
      [...new Set(virtual.map(({ sourceMac }) => sourceMac))].sort(),
      [MAC, MAC6],
      "adverts come from the virtual MAC addresses",
    );
  });
}
