/** Virtual addresses of a keepalived.conf on two interfaces: on the wire, in the kernel, and in a client's tables. */
import t from "tap";
import type { StatusDocument } from "../../src/daemon/status/types.js";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { statusOf } from "../lab/status.js";
import { advert, createLan, type Host, type HostProcess, type Lan, until } from "../netns/index.js";

const PATIENCE = { timeoutMs: 120_000 };
const CONF = "/etc/keepalived/keepalived.conf";
const FRONT = "02:00:00:00:03:01";
const BACK = "02:00:00:00:04:01";
/** What the client knows of the addresses before it is told. */
const FORMER = "02:00:00:00:09:09";

function instance(vips: readonly string[], more: readonly string[] = []): string {
  return `vrrp_instance VI_1 {
  interface ens3
  version 3
  virtual_router_id 51
  priority 100
  advert_int 0.2
  virtual_ipaddress {
    ${vips.join("\n    ")}
  }
  ${more.join("\n  ")}
}
`;
}

const BOTH = ["192.0.2.101/24", "203.0.113.5/24 dev ens4 label ens4:vip"];
const EXCLUDED = ["virtual_ipaddress_excluded {", "2001:db8:4::5/64 dev ens4", "2001:db8:3::5/64", "}"];

async function lanOf(t: { teardown(handler: () => Promise<void>): void }): Promise<Lan> {
  const lan = await createLan({
    interface: "ens3",
    privateDirectories: ["/etc/keepalived", "/run/keepalived"],
    hosts: {
      node: {
        addresses: ["192.0.2.40/24", "2001:db8:3::40/64"],
        mac: FRONT,
        interfaces: { ens4: { mac: BACK, addresses: ["203.0.113.1/24", "2001:db8:4::40/64"] } },
      },
      client: { addresses: ["192.0.2.99/24", "203.0.113.99/24", "2001:db8:4::99/64", "2001:db8:3::99/64"] },
    },
  });
  t.teardown(() => lan.destroy());
  return lan;
}

async function run(host: Host, conf: string): Promise<HostProcess> {
  await host.writeFile(CONF, conf);
  return startVrrpd(host, {}, VRRPD, CONF);
}

async function untilState(host: Host, state: string): Promise<StatusDocument> {
  let document: StatusDocument | null = null;
  const isThere = async () => {
    document = await statusOf(host).catch(() => null);
    const one = document?.instances[0];
    return (
      one?.state === state && one.virtualAddresses.every(({ present, expected }) => present === expected)
    );
  };
  await until(isThere, { what: state, ...PATIENCE });
  return document!;
}

/** "ens3 192.0.2.101/24" of all that begins so. */
async function held(host: Host): Promise<string[]> {
  const all = await host.addresses();
  const virtual = all.filter(({ address }) => /\.101$|\.113\.5$|::5$/.test(address));
  return virtual.map((one) => `${one.interface} ${one.address}`).sort();
}

const ALL = ["ens3 192.0.2.101", "ens3 2001:db8:3::5", "ens4 2001:db8:4::5", "ens4 203.0.113.5"];

t.test("an address on another interface, and excluded ones of either family, are served", async (t) => {
  const lan = await lanOf(t);
  const [node, client] = [lan.host("node"), lan.host("client")];
  const addresses = ALL.map((one) => one.split(" ")[1]!);
  for (const address of addresses)
    await client.ok(["ip", "neigh", "add", address, "lladdr", FORMER, "dev", "ens3", "nud", "stale"]);
  const capture = await lan.capture();
  const daemon = await run(node, instance(BOTH, EXCLUDED));
  const serving = await untilState(node, "MASTER");

  await t.test("each is where it belongs, and announced with that interface's MAC address", async (t) => {
    t.same(await held(node), ALL);
    const shown = await node.ok(["ip", "address", "show", "dev", "ens4"]);
    t.match(shown, /203\.0\.113\.5\/24 scope global secondary (dynamic )?ens4:vip/);
    const macs = async () => {
      const known = await client.neighbors();
      return addresses.map((address) => known.find((one) => one.address === address)?.mac);
    };
    await until(async () => !(await macs()).includes(FORMER), {
      what: "a client that has heard",
      ...PATIENCE,
    });
    t.same(await macs(), [FRONT, FRONT, BACK, BACK]);
    for (const address of addresses) t.ok(await client.reaches(address), address);
  });

  await t.test("adverts list the advertised ones alone, and leave the instance's interface", async (t) => {
    const { advert: said } = await capture.waitFor(advert({ virtualRouterId: 51 }), PATIENCE);
    t.same(
      said.addresses.map(({ text }) => text),
      ["192.0.2.101", "203.0.113.5"],
    );
    t.same(new Set(capture.adverts().map(({ source }) => source)), new Set(["192.0.2.40"]));
    t.same(
      serving.instances[0]!.virtualAddresses.map((one) => [one.interface, one.advertised]),
      [
        ["ens3", true],
        ["ens4", true],
        ["ens4", false],
        ["ens3", false],
      ],
    );
    t.same(serving.problems, []);
    t.match(await node.ok([...VRRPD, "status"]), /203\.0\.113\.5\/24 dev ens4 here/);
  });

  await t.test("what is taken away there is put back", async (t) => {
    await node.ok(["ip", "address", "del", "203.0.113.5/24", "dev", "ens4"]);
    await node.ok(["ip", "address", "del", "2001:db8:4::5/64", "dev", "ens4"]);
    await daemon.waitForLine(/2001:db8:4::5\/64 dev ens4: somebody removed it/, PATIENCE);
    await until(async () => (await held(node)).join() === ALL.join(), { what: "all of them", ...PATIENCE });
    t.equal((await statusOf(node)).instances[0]!.state, "MASTER");
  });

  await t.test("a host that has it there as well is heard", async (t) => {
    await client.ok(["ip", "address", "add", "203.0.113.5/24", "dev", "ens3"]);
    // It asks for somebody in the name of the address.
    await client.run([process.execPath, "-e", ASK_SCRIPT]);
    const claimant = async () => {
      const { instances } = await statusOf(node);
      return instances[0]!.virtualAddresses.find(({ address }) => address === "203.0.113.5/24")!
        .alsoAnsweredBy;
    };
    await until(async () => (await claimant()) === client.mac, { what: "the claim", ...PATIENCE });
    await client.ok(["ip", "address", "del", "203.0.113.5/24", "dev", "ens3"]);
    t.pass();
  });

  await t.test("its interface down is a fault; when it is up again all are served again", async (t) => {
    await node.ok(["ip", "link", "set", "ens4", "down"]);
    const fault = await untilState(node, "FAULT");
    t.equal(fault.instances[0]!.code, "tracked-interface");
    t.same(await held(node), []);
    await node.ok(["ip", "link", "set", "ens4", "up"]);
    await untilState(node, "MASTER");
    t.same(await held(node), ALL);
  });

  await t.test("cleanup finds what a killed daemon has left, on either interface", async (t) => {
    daemon.kill("SIGKILL");
    await daemon.exited;
    t.same(await held(node), ALL);
    const said = await node.ok([...VRRPD, "cleanup", "--config", CONF]);
    t.match(said, /203\.0\.113\.5\/24 was removed from ens4/);
    t.same(await held(node), []);
  });
});

t.test("an interface that is not tracked may go and come back: its address is put back", async (t) => {
  const lan = await lanOf(t);
  const node = lan.host("node");
  await run(node, instance(["192.0.2.101/24", "203.0.113.5/24 dev veth4 no_track"]).replace(/^/, GLOBAL));
  const appear = ["ip", "link", "add", "veth4", "type", "veth", "peer", "name", "veth5"];
  const up = async () => {
    await node.ok(appear);
    for (const end of ["veth4", "veth5"]) await node.ok(["ip", "link", "set", end, "up"]);
  };
  const both = ["ens3 192.0.2.101", "veth4 203.0.113.5"];
  const untilHeld = (wanted: readonly string[]) =>
    until(async () => (await held(node)).join() === wanted.join(), { what: wanted.join(), ...PATIENCE });
  await untilHeld(both.slice(0, 1));
  await up();
  await untilHeld(both);
  await node.ok(["ip", "link", "del", "veth4"]);
  await untilHeld(both.slice(0, 1));
  await up();
  await untilHeld(both);
  const { instances } = await statusOf(node);
  t.equal(instances[0]!.counters.becomeMaster, 1, "one mastership all the time");
});

/** Whoever connects from an address asks for the other one in its name. */
const ASK_SCRIPT = `
const socket = require("node:net").connect({ host: "203.0.113.77", port: 9, localAddress: "203.0.113.5" });
socket.on("error", () => process.exit());
setTimeout(() => process.exit(), 500);
`;

const GLOBAL = "global_defs {\n  dynamic_interfaces\n}\n";

t.test("what a killed Keepalived left goes at the start, on either interface", async (t) => {
  const lan = await lanOf(t);
  const node = lan.host("node");
  await node.ok(["ip", "address", "add", "203.0.113.5/24", "dev", "ens4"]);
  await node.ok(["ip", "address", "add", "192.0.2.101/24", "dev", "ens3"]);
  const daemon = await run(node, instance(BOTH).replace("advert_int 0.2", "advert_int 5"));
  await daemon.waitForLine(
    /203\.0\.113\.5\/24 was removed from ens4: left there by an earlier run/,
    PATIENCE,
  );
  t.same(await held(node), []);
  const { instances } = await statusOf(node);
  t.match(instances[0], { state: "BACKUP", source: "192.0.2.40" });
});

t.test("adverts may leave from an address of the loopback interface", async (t) => {
  const lan = await lanOf(t);
  const node = lan.host("node");
  await node.ok(["ip", "address", "add", "198.51.100.7/32", "dev", "lo"]);
  const capture = await lan.capture();
  await run(node, instance(["192.0.2.101/24"], ["mcast_src_ip 198.51.100.7"]));
  await untilState(node, "MASTER");
  await capture.waitFor(advert({ source: "198.51.100.7", virtualRouterId: 51 }), PATIENCE);
  await node.ok(["ip", "address", "del", "198.51.100.7/32", "dev", "lo"]);
  const lost = await untilState(node, "FAULT");
  t.match(lost.instances[0]!.reason, /198\.51\.100\.7, which this host does not have yet/);
});

/** Every kind of line, and what the kernel makes of it. */
const LINES = [
  "198.51.100.1",
  "198.51.100.2/24",
  "198.51.100.3/28 dev ens4 scope link label ens4:vip",
  "198.51.100.4/24 brd 198.51.100.255",
  "203.0.113.65/26 brd +",
  "198.51.100.6/32 peer 198.51.100.7",
  "198.51.100.8/24 noprefixroute",
  "198.51.100.9/24 preferred_lft 77",
  "198.51.100.10/24 label foo",
  "198.51.100.18 scope site",
  "233.252.0.1/32 autojoin",
];
const LINES6 = [
  "2001:db8:1::1",
  "2001:db8:1::2/64",
  "2001:db8:1::3/64 home",
  "2001:db8:1::4/64 -nodad",
  "2001:db8:1::5/64 noprefixroute",
  "2001:db8:1::8/128 preferred_lft forever",
  "2001:db8:1::a/64 dev ens4",
  "2001:db8:1::b peer 2001:db8:1::c",
  "2001:db8:1::d/64 preferred_lft 0",
  "ff0e::db8:1/128 autojoin",
];

/** Of every address its interface, and all that `ip` says of it but what comes of the lease, and the mark of vrrpd. */
async function shownBy(host: Host): Promise<string[]> {
  const links = JSON.parse(await host.ok(["ip", "-j", "address"])) as {
    ifname: string;
    addr_info: object[];
  }[];
  return links
    .flatMap(({ ifname, addr_info }) =>
      addr_info.map((entry) => {
        const {
          valid_life_time: _valid,
          protocol: _mark,
          dynamic: _lease,
          preferred_life_time: _preferred,
          ...rest
        } = entry as Record<string, unknown>;
        return `${ifname} ${JSON.stringify(rest)}`;
      }),
    )
    .filter((line) => !line.includes("fe80:"))
    .sort();
}

t.test("the kernel shows each kind of address as it shows Keepalived's", async (t) => {
  const interfaces = { ens4: { mac: BACK, addresses: ["203.0.113.1/26"] } };
  const lan = await createLan({
    interface: "ens3",
    isolated: true,
    privateDirectories: ["/etc/keepalived", "/run/keepalived"],
    hosts: {
      ours: { addresses: ["192.0.2.40/24"], interfaces },
      theirs: { addresses: ["192.0.2.40/24"], interfaces: { ens4: { ...interfaces.ens4, mac: FORMER } } },
    },
  });
  t.teardown(() => lan.destroy());
  const [ours, theirs] = [lan.host("ours"), lan.host("theirs")];
  const conf = instance(LINES, ["virtual_ipaddress_excluded {", ...LINES6, "}"]);
  await run(ours, conf);
  await theirs.writeFile(CONF, conf);
  const { path, env } = findProgram("usr/sbin/keepalived");
  const files = ["-f", CONF, "-p", "/run/keepalived/a.pid", "-r", "/run/keepalived/b.pid"];
  theirs.start([path, "--dont-fork", "--log-console", "--vrrp", ...files], { env, name: "keepalived" });
  const count = LINES.length + LINES6.length;
  const all = async (host: Host) =>
    (await shownBy(host)).filter((line) => /198\.51|203\.0\.113\.65|233|2001|ff0e/.test(line));
  await until(async () => (await all(theirs)).length === count, {
    what: "Keepalived's addresses",
    ...PATIENCE,
  });
  await until(async () => (await all(ours)).length === count, { what: "ours", ...PATIENCE });
  t.same(await shownBy(ours), await shownBy(theirs));
});
