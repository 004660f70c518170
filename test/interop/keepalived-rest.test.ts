/**
 * What files say beside addresses and elections, run by Keepalived 2.2.7 and by vrrpd: where adverts go and how far, what
 * readers of FIFOs are told, and what becomes of the host.
 */
import t from "tap";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { type Capture, createLan, type Host, type HostProcess, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
const PATIENCE_MS = 60_000;

interface Instance {
  readonly name: string;
  readonly id: number;
  readonly lines: readonly string[];
}

/** Version 3, ten adverts a second. */
function textOf({ name, id, lines }: Instance): string {
  const given = lines.join("\n");
  const more = [
    /^interface /m.test(given) ? "" : "interface ens3",
    /^priority /m.test(given) ? "" : "priority 100",
    given.includes("virtual_ipaddress") ? "" : vips(`198.51.100.${id}`),
  ];
  return `vrrp_instance ${name} {\n${given}\n${more.join("\n")}\nvirtual_router_id ${id}\nversion 3\nadvert_int 0.1\n}`;
}

const vips = (...lines: string[]) => `virtual_ipaddress {\n${lines.join("\n")}\n}`;
const peers = (...lines: string[]) => `unicast_peer {\n${lines.join("\n")}\n}`;

function fileOf(globals: readonly string[], instances: readonly Instance[], more = ""): string {
  return `global_defs {\n${globals.join("\n")}\n}\n${more}\n${instances.map(textOf).join("\n")}\n`;
}

function startKeepalived(host: Host): HostProcess {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const pids = ["-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"];
  return host.start([path, "--dont-fork", "--log-console", "--vrrp", "-f", FILE, ...pids], { env });
}

const STARTS = {
  theirs: startKeepalived,
  ours: (host: Host) => startVrrpd(host, {}, VRRPD, FILE),
} as const;
type Name = keyof typeof STARTS;
const NAMES: readonly Name[] = ["theirs", "ours"];

/** As many as one needs to be master for sure. */
const ENOUGH = 5;

/** Where the adverts of each virtual router went, and with which TTL. */
function waysOf(capture: Capture, from: string): Record<string, string> {
  const ways = new Map<string, Set<string>>();
  for (const { family, destination, ttl, advert } of capture.adverts({ from })) {
    const key = `${advert.virtualRouterId} over ${family}`;
    ways.set(key, (ways.get(key) ?? new Set()).add(`${destination} with ${ttl}`));
  }
  return Object.fromEntries([...ways].map(([key, all]) => [key, [...all].sort().join(", ")] as const).sort());
}

t.test("one file on two hosts that do not hear each other", async (t) => {
  const lan = await createLan({
    interface: "ens3",
    isolated: true,
    privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
    hosts: {
      theirs: { addresses: ["192.0.2.11/24", "192.0.2.12/24", "2001:db8::11/64"] },
      ours: { addresses: ["192.0.2.11/24", "192.0.2.12/24", "2001:db8::11/64"] },
    },
  });
  t.teardown(() => lan.destroy());
  const instances: Instance[] = [
    { name: "group", id: 1, lines: [] },
    { name: "own_group", id: 2, lines: ["mcast_dst_ip 239.1.2.3"] },
    { name: "no_group", id: 3, lines: ["mcast_dst_ip 192.0.2.99"] },
    { name: "other_family", id: 4, lines: [vips("198.51.100.4"), "mcast_dst_ip ff02::44"] },
    { name: "group6", id: 5, lines: [vips("fe80::5", "2001:db8::5")] },
    { name: "own_group6", id: 6, lines: ["mcast_dst_ip ff02::99", vips("fe80::6", "2001:db8::6")] },
    { name: "far_group6", id: 7, lines: ["mcast_dst_ip ff05::99", vips("fe80::7", "2001:db8::7")] },
    { name: "ttl", id: 8, lines: ["unicast_ttl 64", peers("192.0.2.77")] },
    { name: "ttl0", id: 9, lines: ["unicast_ttl 0", peers("192.0.2.77")] },
    { name: "ttl6", id: 10, lines: ["unicast_ttl 33", peers("2001:db8::77"), vips("2001:db8::10")] },
    { name: "ttl_wrong", id: 11, lines: ["unicast_ttl 300", peers("192.0.2.77")] },
    { name: "ttl_alone", id: 12, lines: ["unicast_ttl 9"] },
    { name: "no_peer", id: 13, lines: ["unicast_fault_no_peer", "unicast_src_ip 192.0.2.11"] },
    { name: "promotes", id: 14, lines: ["promote_secondaries"] },
    { name: "tracks_source", id: 15, lines: ["mcast_src_ip 192.0.2.12", "track_src_ip"] },
    { name: "weighed", id: 16, lines: ["notify_priority_changes on", "track_interface {\nup0 weight 7\n}"] },
    { name: "untold", id: 17, lines: ["track_interface {\nup0 weight 7\n}"] },
    { name: "awaited", id: 19, lines: ["interface dyn0"] },
    { name: "elsewhere", id: 20, lines: [vips("198.51.100.20 dev dyn0")] },
    { name: "one", id: 21, lines: [] },
    { name: "two", id: 22, lines: [] },
  ];
  const globals = [
    "script_user root",
    "dynamic_interfaces allow_if_changes",
    "vrrp_mcast_group4 224.0.0.77",
    "vrrp_mcast_group6 ff02::77",
    "vrrp_min_garp",
    "notify_fifo /run/all.fifo",
    "vrrp_notify_fifo /run/states.fifo nobody nogroup",
    'vrrp_notify_fifo_script "/etc/keepalived/reader first"',
  ];
  const group = "vrrp_sync_group both {\ngroup {\none\ntwo\n}\n}";
  const capture = await lan.capture();
  const daemons = new Map<Name, HostProcess>();
  const readers = new Map<Name, HostProcess>();
  for (const name of NAMES) {
    const host = lan.host(name);
    await host.ok(["ip", "link", "add", "up0", "type", "veth", "peer", "name", "up0-far"]);
    for (const peer of ["192.0.2.77", "2001:db8::77"])
      await host.ok(["ip", "neighbour", "add", peer, "lladdr", "02:00:00:00:00:77", "dev", "ens3"]);
    for (const end of ["up0", "up0-far"]) await host.ok(["ip", "link", "set", end, "up"]);
    await host.writeFile(
      "/etc/keepalived/reader",
      '#!/bin/sh\nprintf "%s\\n" "$@" > /run/reader.args\nexec cat "$2" > /run/reader.lines\n',
      0o755,
    );
    await host.writeFile(FILE, fileOf(globals, instances, group));
    daemons.set(name, STARTS[name](host));
  }
  const both = async <T>(of: (host: Host, name: Name) => Promise<T>) => {
    const [theirs, ours] = await Promise.all(NAMES.map((name) => of(lan.host(name), name)));
    return { theirs: theirs!, ours: ours! };
  };
  await both((host) =>
    until(async () => (await host.run(["test", "-p", "/run/all.fifo"])).code === 0, {
      what: `the FIFO of ${host.name}`,
      timeoutMs: PATIENCE_MS,
    }),
  );
  for (const name of NAMES) readers.set(name, lan.host(name).start(["cat", "/run/all.fifo"]));
  /** By instance: they change beside each other. */
  const told = (name: Name): Record<string, string[]> => {
    const lines: Record<string, string[]> = {};
    for (const { text } of readers.get(name)!.lines) {
      const [, of, who, ...words] = /^(\w+) "(.*)" (\w+) (\d+)$/.exec(text) ?? [text, "?", text];
      const key = `${of} ${who}`;
      lines[key] = [...(lines[key] ?? []), words.join(" ")];
    }
    return Object.fromEntries(Object.entries(lines).sort());
  };
  const last = (name: Name, who: string) => told(name)[who]?.at(-1)?.split(" ")[0];
  const come = (who: string, state: string) =>
    until(() => NAMES.every((name) => last(name, who) === state), {
      what: `${who} to be ${state}: ${JSON.stringify(NAMES.map(told))}`,
      timeoutMs: PATIENCE_MS,
    });
  const spoken = () =>
    NAMES.every(
      (name) => Object.values(told(name)).filter((all) => all.at(-1)?.startsWith("MASTER")).length >= 19,
    );
  await until(spoken, { what: "all that can to be masters", timeoutMs: PATIENCE_MS });
  await until(() => NAMES.every((from) => capture.adverts({ from, virtualRouterId: 22 }).length > ENOUGH), {
    what: "adverts",
    timeoutMs: PATIENCE_MS,
  });

  await t.test("adverts go the same ways", async (t) => {
    // Keepalived says 0 for its TTL, and the kernel throws that away.
    const { "12 over ipv4": alone, ...ours } = waysOf(capture, "ours");
    t.same(ours, waysOf(capture, "theirs"));
    t.equal(alone, "224.0.0.77 with 255");
    t.match(waysOf(capture, "ours"), {
      "1 over ipv4": "224.0.0.77 with 255",
      "2 over ipv4": "239.1.2.3 with 255",
      "6 over ipv6": "ff02::99 with 255",
      "8 over ipv4": "192.0.2.77 with 64",
      "10 over ipv6": "2001:db8::77 with 33",
    });
  });

  await t.test("a master of vrrp_min_garp announces each address once", async (t) => {
    const counts = NAMES.map((from) => capture.arps({ from, target: "198.51.100.1" }).length);
    t.same(counts, [1, 1]);
  });

  await t.test("secondary addresses are promoted while it runs", async (t) => {
    const sysctl = ["cat", "/proc/sys/net/ipv4/conf/ens3/promote_secondaries"];
    t.same(await both((host) => host.ok(sysctl)), { theirs: "1\n", ours: "1\n" });
  });

  await t.test("FIFOs tell the same of the same events", async (t) => {
    for (const name of NAMES) await lan.host(name).ok(["ip", "link", "set", "up0", "down"]);
    await come("INSTANCE weighed", "MASTER_PRIORITY");
    for (const name of NAMES) {
      await lan.host(name).ok(["ip", "link", "add", "dyn0", "type", "veth", "peer", "name", "dyn0-far"]);
      await lan.host(name).ok(["ip", "address", "add", "192.0.2.51/24", "dev", "dyn0"]);
      for (const end of ["dyn0-far", "dyn0"]) await lan.host(name).ok(["ip", "link", "set", end, "up"]);
    }
    for (const who of ["awaited", "elsewhere"]) await come(`INSTANCE ${who}`, "MASTER");
    for (const name of NAMES) await lan.host(name).ok(["ip", "link", "delete", "dyn0"]);
    for (const who of ["awaited", "elsewhere"]) await come(`INSTANCE ${who}`, "FAULT");
    for (const name of NAMES) await daemons.get(name)!.stop();
    await Promise.all(NAMES.map((name) => readers.get(name)!.exited));
    t.same(told("ours"), told("theirs"));
    t.match(told("ours"), {
      "GROUP both": ["BACKUP 0", "MASTER 0", "STOP 0"],
      "INSTANCE no_peer": ["FAULT 100", "STOP 100"],
      "INSTANCE weighed": [
        "BACKUP_PRIORITY 107",
        "BACKUP 107",
        "MASTER 107",
        "MASTER_PRIORITY 100",
        "STOP 100",
      ],
    });
  });

  await t.test("what was made is gone again, and a script has read what the others got", async (t) => {
    const left =
      "ls /run/*.fifo 2>&1 | grep -c such; cat /run/reader.args /proc/sys/net/ipv4/conf/ens3/promote_secondaries";
    const gone = await both((host) => host.ok(["sh", "-c", left]));
    t.same(gone.ours, gone.theirs);
    t.equal(gone.ours, "1\nfirst\n/run/states.fifo\n0\n");
    // Keepalived ends its reader before the last lines.
    const lines = (await lan.host("ours").ok(["cat", "/run/reader.lines"])).trimEnd().split("\n");
    t.same(
      lines.sort(),
      readers
        .get("ours")!
        .lines.map(({ text }) => text)
        .sort(),
    );
  });
});

t.test(
  "Keepalived and vrrpd hear each other in a group of their own, and with a TTL of their own",
  async (t) => {
    const lan = await createLan({
      interface: "ens3",
      privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
      hosts: {
        theirs: { addresses: ["192.0.2.11/24", "2001:db8::11/64"] },
        ours: { addresses: ["192.0.2.12/24", "2001:db8::12/64"] },
      },
    });
    t.teardown(() => lan.destroy());
    const capture = await lan.capture();
    const WAYS = [
      [],
      ["mcast_dst_ip 239.1.2.3"],
      ["mcast_dst_ip ff02::99"],
      ["unicast_ttl 64", "PEER4"],
      ["unicast_ttl 64", "PEER6", "SOURCE6"],
    ];
    const better = WAYS.length;
    /** Each way twice: of the first half Keepalived has the higher priority, of the second half vrrpd. */
    const instancesOf = (name: Name): Instance[] =>
      [...WAYS, ...WAYS].map((way, index) => {
        const id = index + 1;
        const isTheirs = index < better;
        const other = name === "ours" ? 11 : 12;
        const own = name === "ours" ? 12 : 11;
        const replaced: Record<string, string> = {
          PEER4: peers(`192.0.2.${other}`),
          PEER6: peers(`2001:db8::${other}`),
          SOURCE6: `unicast_src_ip 2001:db8::${own}`,
        };
        const lines = way.map((line) => replaced[line] ?? line);
        const is6 = way.some((line) => line.includes("::") || line === "PEER6");
        const priority = `priority ${isTheirs === (name === "theirs") ? 200 : 100}`;
        return {
          name: `V${id}`,
          id,
          lines: [priority, ...lines, ...(is6 ? [vips(`fe80::1:${id}`, `2001:db8::1:${id}`)] : [])],
        };
      });
    /** The same id in two groups, of which either host is in both. */
    const apart = (name: Name): Instance => {
      return { name: "apart", id: 50, lines: [`mcast_dst_ip 239.1.2.${name === "ours" ? 3 : 4}`] };
    };
    const both = { name: "both", id: 51, lines: ["mcast_dst_ip 239.1.2.4"] };
    const start = async (name: Name) => {
      const host = lan.host(name);
      await host.writeFile(
        FILE,
        fileOf(["vrrp_mcast_group4 224.0.0.77"], [...instancesOf(name), apart(name), both]),
      );
      return STARTS[name](host);
    };
    /** Who speaks of each of them, since then. */
    const speakers = (afterMicros: number) => {
      const found = new Map<number, Set<string>>();
      for (const { from, advert } of capture.adverts({ afterMicros })) {
        const id = advert.virtualRouterId;
        found.set(id, (found.get(id) ?? new Set()).add(from ?? "?"));
      }
      return [...found]
        .sort(([one], [other]) => one - other)
        .map(([id, names]) => `${id}: ${[...names].sort().join(", ")}`);
    };
    const ids = Array.from({ length: 2 * better }, (_, index) => index + 1);
    const settled = (expected: (id: number) => string) => {
      const wanted = [...ids.map((id) => `${id}: ${expected(id)}`)].sort().join("; ");
      return until(
        () => {
          const said = speakers((Date.now() - 700) * 1000).filter((line) =>
            ids.includes(Number.parseInt(line, 10)),
          );
          return said.sort().join("; ") === wanted;
        },
        { what: `one master each: ${wanted}`, timeoutMs: PATIENCE_MS, intervalMs: 500 },
      );
    };
    const daemons = { theirs: await start("theirs"), ours: await start("ours") };
    await settled((id) => (id <= better ? "theirs" : "ours"));
    const all = speakers((Date.now() - 700) * 1000).join("; ");
    t.match(all, "50: ours, theirs", "who is in another group is not heard");
    t.match(all, /51: (ours|theirs)$/, "though that group is heard by another one");
    await daemons.theirs.stop();
    await settled(() => "ours");
    await start("theirs");
    await settled((id) => (id <= better ? "theirs" : "ours"));
    await daemons.ours.stop();
    await settled(() => "theirs");
    t.pass("each took over from the other, and gave back");
  },
);
