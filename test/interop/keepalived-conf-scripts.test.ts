/** Scripts and announcements of one keepalived.conf: what Keepalived does with it, and what vrrpd does. */
import t, { type Test } from "tap";
import { startSpeaker } from "../hostile/support.js";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { statusOf } from "../lab/status.js";
import { createLan, type Host, type HostProcess, type Lan, until } from "../netns/index.js";

/** A namespace of users knows one, so that nobody can be another there. */
const otherUsers = process.getuid!() === 0 ? {} : { skip: "takes root: no other user is to be had" };
const FOLDER = "/etc/keepalive";
const CONF = `${FOLDER}/keepalived.conf`;
const TOLD = `${FOLDER}/out/told`;
const SECOND = 1_000_000;
const LOWER = { source: "192.0.2.99", virtualRouterId: 51, priority: 50, intervalSeconds: 40 };

const TEXT = `global_defs {
  vrrp_version 3
  script_user root
}
vrrp_script chk_haproxy {
  script "${FOLDER}/tell check-1 'two words'"
  interval 1
  user nobody daemon
}
vrrp_script interface {
  script "${FOLDER}/tell check-2"
  interval 1
}
vrrp_instance VI_1 {
  interface ens3
  virtual_router_id 51
  priority 100
  virtual_ipaddress {
    192.0.2.101
    192.0.2.102
  }
  garp_master_delay 1
  garp_master_repeat 3
  garp_lower_prio_delay 1
  garp_lower_prio_repeat 2
  track_script {
    chk_haproxy
    interface
  }
  notify ${FOLDER}/tell
  notify_master "${FOLDER}/tell master 'two words'" nobody
  notify_backup ${FOLDER}/tell nobody daemon
  notify_stop "${FOLDER}/tell stop"
  notify_master_rx_lower_pri "${FOLDER}/tell lower"
}
vrrp_instance VI_2 {
  interface ens3
  virtual_router_id 52
  priority 100
  virtual_ipaddress {
    192.0.2.103
  }
  garp_master_delay 0
  garp_master_repeat 1
  garp_master_refresh 2
  garp_master_refresh_repeat 3
}
`;
const GET_METRICS = `use IO::Socket::INET; my $s = IO::Socket::INET->new("127.0.0.1:9000") or die $!;
print $s "GET /metrics HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n"; print while <$s>;`;
/** A line for each run: its words, who runs it. Lines this short are written whole. */
const TELL = `#!/bin/sh\necho "$(id -u):$(id -g) $#: $*" >> ${TOLD}\n`;

function startKeepalived(host: Host): HostProcess {
  const { path, env } = findProgram("usr/sbin/keepalived");
  const files = ["-f", CONF, "-p", "/run/vrrpd/keepalived.pid", "-r", "/run/vrrpd/vrrp.pid"];
  return host.start([path, "--dont-fork", "--log-console", "--vrrp", ...files], { env, name: "keepalived" });
}

interface Seen {
  /** The lines of all runs but repetitions of a check, sorted: what starts together has no order. */
  readonly told: readonly string[];
  /** By instance and in order: last parts of the addresses announced without a pause between. */
  readonly bursts: Readonly<Record<string, readonly string[]>>;
}

/** From the start until the end, with one advert of lower priority for VI_1. */
async function watch(
  t: Test,
  start: (host: Host) => HostProcess,
  look: (host: Host) => Promise<void> = async () => {},
): Promise<Seen> {
  const lan = await createLan({
    interface: "ens3",
    hosts: { a: { addresses: ["192.0.2.11/24"] }, client: { addresses: ["192.0.2.99/24"] } },
  });
  t.teardown(() => lan.destroy());
  const host = lan.host("a");
  const capture = await lan.capture();
  await host.ok(["mkdir", "-p", `${FOLDER}/out`]);
  await host.writeFile(`${FOLDER}/tell`, TELL, 0o755);
  await host.writeFile(TOLD, "");
  await host.ok(["chmod", "0666", TOLD]);
  await host.writeFile(CONF, TEXT);
  await host.ok(["chmod", "0644", CONF]);
  const daemon = start(host);
  const announced = (last: number) =>
    capture.arps({ from: "a", sender: `192.0.2.${last}`, gratuitous: true });
  const untilAnnounced = (last: number, count: number) =>
    until(() => announced(last).length >= count, { what: `${count} of .${last}`, timeoutMs: 60_000 });
  await untilAnnounced(102, 6);
  await until(() => Date.now() * 1000 - announced(102).at(-1)!.atMicros > SECOND, { what: "a pause" });
  const speaker = startSpeaker(lan.host("client"), { ...LOWER, addresses: ["192.0.2.101", "192.0.2.102"] });
  await untilAnnounced(102, 10);
  speaker.kill("SIGKILL");
  await untilAnnounced(103, 7);
  const told = () => host.ok(["cat", TOLD]);
  await until(async () => /lower/.test(await told()), { what: "the script of lower adverts" });
  await look(host);
  daemon.kill("SIGTERM");
  await daemon.exited;
  await until(async () => /stop/.test(await told()) && /STOP/.test(await told()), { what: "STOP" });
  return {
    told: [...new Set((await told()).trim().split("\n"))].sort(),
    bursts: { VI_1: burstsOf(capture, [101, 102]).slice(0, 4), VI_2: burstsOf(capture, [103]).slice(0, 3) },
  };
}

/** Whatever a file calls them. */
async function checksAreNamed(t: Test, host: Host): Promise<void> {
  const { instances } = await statusOf(host);
  t.match(instances[0]!.checks, [
    { name: "chk_haproxy", state: "passing" },
    { name: "interface", state: "passing" },
  ]);
  const metrics = await host.ok(["perl", "-e", GET_METRICS]);
  t.match(metrics, /^keepalived_script_status\{name="chk_haproxy"\} 1$/m);
  t.match(metrics, /^keepalived_script_status\{name="interface"\} 1$/m);
  const made = JSON.parse(await host.ok([...VRRPD, "check", "--json", "--config", CONF]));
  t.match(made, { interface: "ens3", checks: { chk_haproxy: {}, interface: {} } });
}

function burstsOf(capture: Awaited<ReturnType<Lan["capture"]>>, lasts: readonly number[]): string[] {
  const of = lasts.flatMap((last) =>
    capture
      .arps({ from: "a", sender: `192.0.2.${last}`, gratuitous: true })
      .map(({ atMicros }) => ({ atMicros, last })),
  );
  const bursts: string[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { atMicros, last } of of.sort((one, other) => one.atMicros - other.atMicros)) {
    if (atMicros - before > SECOND / 2) bursts.push([]);
    bursts.at(-1)!.push(String(last));
    before = atMicros;
  }
  return bursts.map((burst) => burst.join(" "));
}

t.test("scripts with their users and arguments, and bursts of announcements", otherUsers, async (t) => {
  const theirs = await watch(t, startKeepalived);
  t.same(theirs.bursts, {
    VI_1: [..."33", ..."22"].map((times) => Array(Number(times)).fill("101 102").join(" ")),
    VI_2: ["103", "103 103 103", "103 103 103"],
  });
  t.same(theirs.told, [
    "0:0 1: check-2",
    "0:0 1: lower",
    "0:0 1: stop",
    "0:0 4: INSTANCE VI_1 BACKUP 100",
    "0:0 4: INSTANCE VI_1 MASTER 100",
    "0:0 4: INSTANCE VI_1 STOP 100",
    "65534:1 0: ",
    "65534:1 2: check-1 two words",
    "65534:65534 2: master two words",
  ]);
  const environment = { VRRPD_METRICS_LISTEN: "127.0.0.1:9000" };
  const ours = await watch(
    t,
    (host) => startVrrpd(host, environment, undefined, CONF),
    (host) => checksAreNamed(t, host),
  );
  t.same(ours, theirs);
});
