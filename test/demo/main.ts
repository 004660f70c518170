/**
 * The demo (scripts/demo.mjs): two hosts and a client on a LAN of their own, vrrpd on both hosts with the environment of a real
 * Deployment. One host loses power while the client keeps asking; then the other is stopped in good order.
 */
import { ROOT, startVrrpd } from "../lab/daemons/vrrpd.js";
import { COMMON_ENVIRONMENT, type Environment, VIP } from "../lab/environment.js";
import {
  createLan,
  ensurePrivileges,
  HarnessError,
  type HostProcess,
  type Lan,
  until,
} from "../netns/index.js";

const PROGRAMS = `${ROOT}/test/demo`;
const PORT = 30060;
const ASK_MILLIS = 100;
/** The Deployment of the OpenShift documentation, with this LAN's addresses and interface put in. */
const ENVIRONMENT: Environment = {
  ...COMMON_ENVIRONMENT,
  OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-102",
  OPENSHIFT_HA_VIP_GROUPS: "10",
  OPENSHIFT_HA_MONITOR_PORT: String(PORT),
  OPENSHIFT_HA_REPLICA_COUNT: "2",
  OPENSHIFT_HA_USE_UNICAST: "false",
  OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT",
  OPENSHIFT_HA_CHECK_SCRIPT: "/etc/keepalive/mycheckscript.sh",
  OPENSHIFT_HA_PREEMPTION: "preempt_delay 300",
  OPENSHIFT_HA_CHECK_INTERVAL: "2",
  VRRPD_LOG_FORMAT: "json",
};

const isTerminal = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string) => (isTerminal ? `\x1b[${code}m${text}\x1b[0m` : text);
const COLOURS: Readonly<Record<string, number>> = { "node-a": 36, "node-b": 33 };
const startedAt = performance.now();

async function demonstrate(): Promise<void> {
  const lan = await createLan({
    interface: "ens3",
    hosts: {
      "node-a": { addresses: ["192.0.2.40/24"] },
      "node-b": { addresses: ["192.0.2.41/24"] },
      client: { addresses: ["192.0.2.99/24"] },
    },
  });
  try {
    console.log(PICTURE);
    const daemons = { "node-a": await startNode(lan, "node-a"), "node-b": await startNode(lan, "node-b") };
    const holds = (name: string) => () => lan.host(name).hasAddress(VIP);
    await until(holds("node-a"), { what: `${VIP} on node-a`, timeoutMs: 30_000 });
    const client = startClient(lan);
    await client.untilAnswered("node-a");

    tell("node-a loses its power: process killed, cable dead");
    daemons["node-a"].kill("SIGKILL");
    await lan.host("node-a").cut();
    await client.untilAnswered("node-b");

    tell("node-a is back, and does not take the address away from node-b (preempt_delay 300)");
    await lan.host("node-a").heal();
    daemons["node-a"] = startDaemon(lan, "node-a");
    await daemons["node-a"].waitForLine(/Entering BACKUP STATE/);
    await client.answers(20);

    tell("node-b is stopped in good order (SIGTERM, as a rolling update does)");
    daemons["node-b"].kill("SIGTERM");
    await client.untilAnswered("node-a");
    await client.answers(10);
    client.summarise();
  } finally {
    await lan.destroy();
  }
}

const PICTURE = `
  client 192.0.2.99 ──┐
                      ├─ LAN        “who answers at ${VIP}?”, ten times a second
  node-a 192.0.2.40 ──┤
  node-b 192.0.2.41 ──┘
`;

async function startNode(lan: Lan, name: string): Promise<HostProcess> {
  const host = lan.host(name);
  await host.writeFile("/etc/keepalive/mycheckscript.sh", "#!/bin/sh\nexit 0\n", 0o755);
  const service = host.start([process.execPath, `${PROGRAMS}/service.mjs`, name, String(PORT)]);
  await service.waitForLine(/ready/);
  return startDaemon(lan, name);
}

function startDaemon(lan: Lan, name: string): HostProcess {
  const daemon = startVrrpd(lan.host(name), ENVIRONMENT);
  let shown = 0;
  const show = () => {
    for (; shown < daemon.lines.length; shown += 1) tellEntry(daemon.lines[shown]!.text, name);
  };
  const poll = setInterval(show, 20);
  daemon.exited.then(() => clearInterval(poll));
  return daemon;
}

/** What a line of the log says of a transition; of all else nothing. */
function tellEntry(line: string, name: string): void {
  if (!line.startsWith("{")) return;
  const { to, msg, cause } = JSON.parse(line) as { to?: string; msg: string; cause: string };
  if (to) tell(`${msg}: ${cause}`, name);
}

/** Each answer is a mark in a strip; a gap is what an outage looks like. */
function startClient(lan: Lan) {
  const command = [process.execPath, `${PROGRAMS}/client.mjs`, VIP, String(PORT), String(ASK_MILLIS)];
  const client = lan.host("client").start(command);
  const gaps: number[] = [];
  let count = 0;
  let gap = 0;
  const read = async (wanted: (answer: string) => boolean) => {
    for (;;) {
      const line = client.lines[count];
      if (line === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      else {
        count += 1;
        mark(line.text);
        if (line.text === "-") gap += 1;
        else {
          if (gap > 0) gaps.push((gap * ASK_MILLIS) / 1000);
          gap = 0;
        }
        if (wanted(line.text)) return;
      }
    }
  };
  return {
    async untilAnswered(name: string): Promise<void> {
      await read((answer) => answer === name);
      let left = 10;
      await read(() => --left === 0);
    },
    async answers(number: number): Promise<void> {
      let left = number;
      await read(() => --left === 0);
    },
    summarise(): void {
      endStrip();
      const outages = gaps.map((seconds) => `${seconds.toFixed(1)} s`).join(" and ");
      console.log(
        `\n  The client asked ${count} times and went without an answer for ${outages || "no time at all"}.\n`,
      );
    },
  };
}

let inStrip = false;

function mark(answer: string): void {
  if (!inStrip) process.stdout.write(`${stamp()}  client  `);
  inStrip = true;
  process.stdout.write(
    answer === "-" ? paint(31, "·") : paint(COLOURS[answer]!, isTerminal ? "█" : answer.at(-1)!),
  );
}

function endStrip(): void {
  if (inStrip) process.stdout.write("\n");
  inStrip = false;
}

function tell(text: string, name: string | null = null): void {
  endStrip();
  console.log(
    `${stamp()}  ${name === null ? paint(1, `── ${text}`) : `${paint(COLOURS[name]!, name)}  ${text}`}`,
  );
}

function stamp(): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
}

ensurePrivileges();
try {
  await demonstrate();
} catch (error) {
  if (!(error instanceof HarnessError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
