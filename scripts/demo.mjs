/**
 * `npm run demo`: two hosts and a client on a LAN of their own, vrrpd on both hosts with the environment of a real
 * Deployment. One host loses power while the client keeps asking; then the other is stopped in good order.
 */
import { join } from "node:path";
import { ROOT, SetupError, setUp } from "./setup.mjs";

const VIP = "192.0.2.101";
const PORT = 30060;
const ASK_MILLIS = 100;
/** The Deployment of the OpenShift documentation, with this LAN's addresses and interface put in. */
const ENVIRONMENT = {
  OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
  OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-102",
  OPENSHIFT_HA_VIP_GROUPS: "10",
  OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
  OPENSHIFT_HA_MONITOR_PORT: String(PORT),
  OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
  OPENSHIFT_HA_REPLICA_COUNT: "2",
  OPENSHIFT_HA_USE_UNICAST: "false",
  OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT",
  OPENSHIFT_HA_CHECK_SCRIPT: "/etc/keepalive/mycheckscript.sh",
  OPENSHIFT_HA_PREEMPTION: "preempt_delay 300",
  OPENSHIFT_HA_CHECK_INTERVAL: "2",
  VRRPD_LOG_FORMAT: "json",
};

const isTerminal = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (isTerminal ? `\x1b[${code}m${text}\x1b[0m` : text);
const COLOURS = { "node-a": 36, "node-b": 33 };
const startedAt = performance.now();

async function demonstrate({ createLan, until }) {
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
    const holds = (name) => () => lan.host(name).hasAddress(VIP);
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

async function startNode(lan, name) {
  const host = lan.host(name);
  await host.writeFile("/etc/keepalive/mycheckscript.sh", "#!/bin/sh\nexit 0\n", 0o755);
  const service = host.start([process.execPath, join(ROOT, "scripts/demo-service.mjs"), name, String(PORT)]);
  await service.waitForLine(/ready/);
  return startDaemon(lan, name);
}

function startDaemon(lan, name) {
  const command = [join(ROOT, "dist/bin/vrrpd.js"), "--config", "env"];
  const daemon = lan.host(name).start(command, { env: ENVIRONMENT, name });
  const shown = new Set();
  const show = (line) => {
    if (shown.has(line)) return;
    shown.add(line);
    const entry = parse(line.text);
    if (entry?.to) tell(`${entry.msg}: ${entry.cause}`, name);
  };
  const poll = setInterval(() => daemon.lines.forEach(show), 20);
  daemon.exited.then(() => clearInterval(poll));
  return daemon;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Each answer is a mark in a strip; a gap is what an outage looks like. */
function startClient(lan) {
  const command = [
    process.execPath,
    join(ROOT, "scripts/demo-client.mjs"),
    VIP,
    String(PORT),
    String(ASK_MILLIS),
  ];
  const client = lan.host("client").start(command);
  const gaps = [];
  let count = 0;
  let gap = 0;
  const read = async (wanted) => {
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
    async untilAnswered(name) {
      await read((answer) => answer === name);
      let left = 10;
      await read(() => --left === 0);
    },
    answers: (number) => read(() => --number === 0),
    summarise() {
      endStrip();
      const outages = gaps.map((seconds) => `${seconds.toFixed(1)} s`).join(" and ");
      console.log(
        `\n  The client asked ${count} times and went without an answer for ${outages || "no time at all"}.\n`,
      );
    },
  };
}

let inStrip = false;

function mark(answer) {
  if (!inStrip) process.stdout.write(`${stamp()}  client  `);
  inStrip = true;
  process.stdout.write(
    answer === "-" ? paint(31, "·") : paint(COLOURS[answer], isTerminal ? "█" : answer.at(-1)),
  );
}

function endStrip() {
  if (inStrip) process.stdout.write("\n");
  inStrip = false;
}

function tell(text, name = null) {
  endStrip();
  console.log(
    `${stamp()}  ${name === null ? paint(1, `── ${text}`) : `${paint(COLOURS[name], name)}  ${text}`}`,
  );
}

function stamp() {
  return `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
}

try {
  setUp();
  const harness = await import("../dist/test/netns/index.js");
  harness.ensurePrivileges();
  await demonstrate(harness);
} catch (error) {
  if (!(error instanceof SetupError) && error.name !== "HarnessError") throw error;
  process.stderr.write(`${error.output ?? ""}${error.message}\n`);
  process.exitCode = 1;
}
