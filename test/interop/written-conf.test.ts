/** The keepalived.conf that vrrpd writes of what it runs: Keepalived itself accepts it, and makes of it what vrrpd runs. */
import { existsSync, readFileSync } from "node:fs";
import t, { type Test } from "tap";
import { formatWithPrefix } from "../../src/base/address.js";
import { type HostFacts, type Plan, parseEnvironment, plan } from "../../src/config/index.js";
import { FIRST_LOOK, host as factsOf, writtenOf } from "../config/support.js";
import { findProgram } from "../lab/daemons/programs.js";
import type { Environment } from "../lab/environment.js";
import { createLan, type Host, type HostProcess, until } from "../netns/index.js";

const FOLDER = "/etc/keepalive";
const CONF = `${FOLDER}/keepalived.conf`;
const DUMP = `${FOLDER}/keepalived.data`;
/** Each run is one line, its words between brackets. */
const TELL = `#!/bin/bash\nprintf '%s\\n' "$(printf '[%s]' "$@")" >> ${FOLDER}/told\n`;
/** What no file says: that scripts may be others', and what an address that is advertised first should be. */
const SAID_OF_ANY =
  /SECURITY VIOLATION|first IPv6 VIP address should be link local|Unable to (set|load)|max_auto_priority/;
/** What makes fe80::ff:fe00:10. */
const MAC = "02:00:00:00:00:10";
const ODD_INTERFACE = "a#b'{\\é";
const HASH = `$${"{_HASH}"}`;
const ODD_WORDS = `'two words' 'quote"' "it's" '#!' '{ }' '\\\\' '$' '${HASH}' '' 'ü' 'a\tb' 'a\nvrrp_instance X {' '@x'`;

interface Case {
  readonly title: string;
  readonly on: string;
  readonly env: Environment;
}

const CASES: readonly Case[] = [
  {
    title: "version 3, both families, a probe, a check, a notify script, more than one virtual router",
    on: "ens3",
    env: {
      OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100-102,192.0.2.103/24,2001:db8::100/64",
      OPENSHIFT_HA_VIP_GROUPS: "2",
      OPENSHIFT_HA_MONITOR_PORT: "8080",
      OPENSHIFT_HA_CHECK_SCRIPT: `${FOLDER}/tell check ${ODD_WORDS}`,
      OPENSHIFT_HA_NOTIFY_SCRIPT: `${FOLDER}/tell notify ${ODD_WORDS}`,
      OPENSHIFT_HA_PREEMPTION: "preempt_delay 0.5",
      VRRPD_CHECKS: "both",
      VRRPD_CHECK_RISE: "2",
      VRRPD_CHECK_FALL: "3",
      VRRPD_ADVERT_INTERVAL: "0.25",
      VRRPD_ANNOUNCE_REFRESH: "600",
    },
  },
  {
    title: "version 2 with an odd password, unicast, on an interface with an odd name",
    on: ODD_INTERFACE,
    env: {
      OPENSHIFT_HA_CONFIG_NAME: "a# {!$é",
      OPENSHIFT_HA_VIRTUAL_IPS: "198.51.100.100",
      OPENSHIFT_HA_UNICAST_PEERS: "198.51.100.10,198.51.100.11 198.51.100.12",
      OPENSHIFT_HA_MONITOR_PORT: "0",
      OPENSHIFT_HA_PREEMPTION: "nopreempt",
      VRRPD_UNICAST_STRICT: "on",
      VRRPD_VERSION: "2",
      VRRPD_VIP_LABEL: "v",
      VRRPD_ADVERT_INTERVAL: "2",
    },
  },
];

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  ens3: ["192.0.2.10/24", "fe80::ff:fe00:10/64"],
  [ODD_INTERFACE]: ["198.51.100.10/24"],
};

/** What its own dump says of an instance, by the words before the equal sign, and the lines of its lists. */
interface Dumped {
  readonly values: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

function dumpedInstances(dump: string): Map<string, Dumped> {
  const topology = dump.split("VRRP Topology >------")[1]!.split("------<")[0]!;
  const parts = topology.split(/^ VRRP Instance = /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [name, ...lines] = part.split("\n").map((line) => line.trim());
      const pairs = lines.flatMap((line) =>
        [/^([^=]+) = (.*)$/.exec(line)?.slice(1, 3) ?? []].filter((pair) => pair.length > 0),
      );
      return [name!, { values: new Map(pairs as [string, string][]), lines }] as const;
    }),
  );
}

t.test("each on a host of its own", async (t) => {
  const hosts = CASES.map((_, index) => [`n-${index}`, { attached: false, interfaces: {} }] as const);
  const lan = await createLan({
    hosts: Object.fromEntries(hosts),
    isolated: true,
    privateDirectories: [FOLDER, "/run/vrrpd"],
  });
  t.teardown(() => lan.destroy());
  for (const [index, one] of CASES.entries())
    await t.test(one.title, (t) => testCase(t, one, lan.host(`n-${index}`)));
});

async function testCase(t: Test, { on, env }: Case, host: Host): Promise<void> {
  const { intent } = parseEnvironment({ ...env, OPENSHIFT_HA_NETWORK_INTERFACE: on });
  const facts: HostFacts = factsOf({ [on]: ADDRESSES[on]! });
  const made = plan(intent!, facts, FIRST_LOOK);
  // A name that the harness does not give.
  await host.ok(["ip", "link", "add", on, "address", MAC, "type", "veth", "peer", "name", "end"]);
  for (const name of ["end", on]) await host.ok(["ip", "link", "set", name, "up"]);
  for (const address of ADDRESSES[on]!.filter((one) => !one.startsWith("fe80")))
    await host.ok(["ip", "address", "add", address, "dev", on]);
  await host.writeFile(`${FOLDER}/tell`, TELL, 0o755);
  await host.writeFile(CONF, writtenOf(made));
  const daemon = startKeepalived(host);
  await daemon.waitForLine(/Startup complete/, { timeoutMs: 60_000 });
  const instances = dumpedInstances(await dumpOf(host, daemon));
  const said = daemon.lines
    .map(({ text }) => text)
    .filter((line) => /\(.*Line \d+\)|ignor|invalid|unknown|WARN/i.test(line));
  t.same(
    said.filter((line) => !SAID_OF_ANY.test(line)),
    [],
    "it finds nothing wrong",
  );
  t.same([...instances.keys()].sort(), made.core.routers.map(({ name }) => name).sort());
  for (const router of made.core.routers) compare(t, router, instances.get(router.name)!);
  if (env.OPENSHIFT_HA_NOTIFY_SCRIPT !== undefined) await compareWords(t, host, made);
  daemon.kill("SIGTERM");
  t.match(await daemon.exited, { code: 0 });
}

function startKeepalived(host: Host): HostProcess {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const files = ["-f", CONF, "-p", "/run/vrrpd/keepalived.pid", "-r", "/run/vrrpd/vrrp.pid"];
  return host.start([path, "--dont-fork", "--log-console", "--vrrp", ...files], {
    env: { ...env, TMPDIR: FOLDER },
    name: "keepalived",
  });
}

function dumpOf(host: Host, daemon: HostProcess): Promise<string> {
  daemon.kill("SIGUSR1");
  const read = () => {
    try {
      return readFileSync(host.pathOf(DUMP), "utf8");
    } catch {
      return "";
    }
  };
  return until(() => (/VRRP Topology[\s\S]*------< Interfaces/.test(read()) ? read() : null), {
    what: "the dump",
  });
}

function compare(t: Test, router: Plan["core"]["routers"][number], { values, lines }: Dumped): void {
  const { name, version, family, preempt, password, unicastPeers, announcements } = router;
  const is = (key: string, expected: string | undefined) =>
    t.equal(values.get(key), expected, `${name}: ${key}`);
  is("Interface", router.interface);
  is("VRRP Version", String(version));
  is("Virtual Router ID", String(router.virtualRouterId));
  is("Priority", String(router.priority));
  t.equal(
    Number(values.get("Advert interval")!.replace(/ (milli-)?sec$/, "")) *
      (/milli/.test(values.get("Advert interval")!) ? 1000 : 1_000_000),
    router.advertIntervalMicros,
  );
  is("Preempt", preempt.mode === "never" ? "disabled" : "enabled");
  if (preempt.delaySeconds > 0)
    t.equal(Number.parseFloat(values.get("Preempt delay")!), preempt.delaySeconds);
  if (version === 2) {
    is("Authentication type", password === null ? "none" : "SIMPLE_PASSWORD");
    is("Password", password === null ? undefined : Buffer.from(password).toString().replace(/\0+$/, ""));
  }
  is("Gratuitous ARP refresh", String((announcements.refresh?.everyMicros ?? 0) / 1_000_000));
  is("Wantstate", "BACKUP");
  const listed = lines.filter((line) => / dev .* scope /.test(line)).map((line) => line.split(" ")[0]!);
  const bare = (entry: (typeof router.virtualAddresses)[number]) =>
    formatWithPrefix(entry).replace(family === "ipv4" ? "/32" : "/128", "");
  t.same(listed, router.virtualAddresses.map(bare), `${name}: addresses`);
  for (const { address } of unicastPeers)
    t.ok(
      lines.some((line) => line.startsWith(address.text)),
      `${name}: peer ${address.text}`,
    );
  t.equal(
    lines.some((line) => /Tracked scripts/.test(line)),
    router.tracks.length > 0,
  );
}

/** The words that programs get, in a file of theirs. */
async function compareWords(t: Test, host: Host, { checks, core }: Plan): Promise<void> {
  const path = host.pathOf(`${FOLDER}/told`);
  const told = () => (existsSync(path) ? readFileSync(path, "utf8") : "");
  const check = checks.get("script")!;
  const shown = (words: readonly string[]) => words.map((one) => `[${one}]`).join("");
  await until(() => told().includes(shown(check.command!.slice(1))), {
    what: "the check, with its words",
  });
  const [first] = core.routers;
  const notify = first!.notify[0]!.command.slice(1);
  // Nobody listens on the port.
  await until(
    () => told().includes(shown([...notify, "INSTANCE", first!.name, "FAULT", String(first!.priority)])),
    { what: "the notify script, with its words" },
  );
  t.pass("each word comes as it is");
}
