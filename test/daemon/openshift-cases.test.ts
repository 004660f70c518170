/**
 * The end-to-end cases of the original image's suite, with the environment of each, on two hosts: what they set through
 * `oc set env` is set here, and what they look for is looked for. Addresses are those for documentation, delays shorter.
 */
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import type { Environment } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { type HostProcess, until } from "../netns/index.js";

const VIRTUAL = "192.0.2.123";
/** As the suite's template sets them for every case. */
const TEMPLATE: Environment = {
  OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
  OPENSHIFT_HA_VIRTUAL_IPS: VIRTUAL,
  OPENSHIFT_HA_VIP_GROUPS: "10",
  OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
  OPENSHIFT_HA_MONITOR_PORT: "22",
  OPENSHIFT_HA_VRRP_ID_OFFSET: "9",
  OPENSHIFT_HA_REPLICA_COUNT: "2",
  OPENSHIFT_HA_NFTABLES_RULE: "INPUT",
  OPENSHIFT_HA_PREEMPTION: "nopreempt",
  OPENSHIFT_HA_CHECK_INTERVAL: "1",
};
const NAMES = ["a", "b"] as const;
type Name = (typeof NAMES)[number];

/** A Deployment with two Pods, whose nodes run something on the monitored port. */
class Deployment {
  readonly pods = new Map<Name, HostProcess>();

  private constructor(readonly nodes: Nodes) {}

  static async create(t: Teardown, environment: Environment, port = 22): Promise<Deployment> {
    const nodes = await Nodes.create(t, { ...TEMPLATE, ...environment });
    const listen = `require("node:net").createServer().listen(${port}, () => console.log("up"))`;
    for (const name of NAMES) {
      await nodes.host(name).start([process.execPath, "-e", listen]).waitForLine(/^up$/);
    }
    const deployment = new Deployment(nodes);
    for (const name of NAMES) deployment.start(name);
    return deployment;
  }

  start(name: Name): void {
    this.pods.set(name, this.nodes.start(name));
  }

  /** As `oc delete pod`. */
  async remove(name: Name): Promise<void> {
    this.pods.get(name)!.kill("SIGTERM");
    await this.pods.get(name)!.exited;
  }

  /** Returns the master's name when one Pod says MASTER, the other BACKUP, and the first alone has the address. */
  settled(): Promise<Name> {
    return until(
      async () => {
        const held = await Promise.all(NAMES.map((name) => this.nodes.host(name).hasAddress(VIRTUAL)));
        const master = NAMES.find((_, index) => held[index] && !held[1 - index]);
        if (master === undefined || !this.#says(master, "MASTER")) return null;
        return this.#says(otherOf(master), "BACKUP") ? master : null;
      },
      { what: "one master and one backup", timeoutMs: 60_000 },
    );
  }

  /** What its log said last of a state, as `oc logs` shows it. */
  #says(name: Name, state: string): boolean {
    const entered = this.pods.get(name)!.lines.filter(({ text }) => /Entering \w+ STATE/.test(text));
    return entered.at(-1)?.text.includes(`Entering ${state} STATE`) ?? false;
  }
}

function otherOf(name: Name): Name {
  return name === "a" ? "b" : "a";
}

t.test("41025, 41027: one Pod becomes MASTER; the other takes over when that one is deleted", async (t) => {
  const deployment = await Deployment.create(t, {});
  const master = await deployment.settled();
  t.equal((await deployment.nodes.status(master)).instances[0]!.virtualRouterId, 10);
  await deployment.remove(master);
  await deployment.nodes.untilHeldBy(otherOf(master), VIRTUAL);
  deployment.start(master);
  await deployment.pods.get(master)!.waitForLine(/Entering BACKUP STATE/);
  await deployment.nodes.untilHeldBy(otherOf(master), VIRTUAL);
  t.pass("41030: with nopreempt it stays where it is");
});

t.test(
  "41028: everything customised at once, unicast without peers and scripts that are not there",
  async (t) => {
    const deployment = await Deployment.create(
      t,
      {
        OPENSHIFT_HA_VIP_GROUPS: "4",
        OPENSHIFT_HA_MONITOR_PORT: "30061",
        OPENSHIFT_HA_VRRP_ID_OFFSET: "2",
        OPENSHIFT_HA_REPLICA_COUNT: "3",
        OPENSHIFT_HA_USE_UNICAST: "true",
        OPENSHIFT_HA_IPTABLES_CHAIN: "OUTPUT",
        OPENSHIFT_HA_NOTIFY_SCRIPT: "/etc/keepalive/mynotifyscript.sh",
        OPENSHIFT_HA_CHECK_SCRIPT: "/etc/keepalive/mycheckscript.sh",
        OPENSHIFT_HA_PREEMPTION: "preempt_delay 600",
      },
      30061,
    );
    const master = await deployment.settled();
    const { instances, problems, warnings } = await deployment.nodes.status(master);
    t.match(instances, [{ virtualRouterId: 3, unicastPeers: [], preempt: { delaySeconds: 600 } }]);
    t.match(
      problems.filter(({ code }) => code === "unicast-without-peers"),
      [{ severity: "warning", text: /OPENSHIFT_HA_UNICAST_PEERS is not set, so adverts go by multicast/ }],
    );
    t.match(
      problems.filter(({ code }) => code === "check-disabled"),
      [{ text: /mycheckscript/ }],
    );
    t.notOk(
      warnings.some((warning) => /USE_UNICAST/.test(warning)),
      "said once, as a problem",
    );
  },
);

t.test("41029: 255 addresses over 238 virtual routers", async (t) => {
  const deployment = await Deployment.create(t, {
    OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
    OPENSHIFT_HA_VIP_GROUPS: "238",
    OPENSHIFT_HA_VIRTUAL_IPS: "198.51.100.1-255",
  });
  const { nodes } = deployment;
  await Promise.all(
    NAMES.map((name) => deployment.pods.get(name)!.waitForLine(/VIP_238\) Entering (MASTER|BACKUP)/)),
  );
  const { instances } = await nodes.status("a");
  t.equal(instances.length, 238);
  t.same(
    instances.map(({ virtualRouterId }) => virtualRouterId),
    Array.from({ length: 238 }, (_, index) => index + 1),
  );
  await nodes.untilHeldBy(await holderOf(nodes, "198.51.100.1"), "198.51.100.1");
  await nodes.untilHeldBy(await holderOf(nodes, "198.51.100.255"), "198.51.100.255");
});

async function holderOf(nodes: Nodes, address: string): Promise<Name> {
  for (;;) for (const name of NAMES) if (await nodes.host(name).hasAddress(address)) return name;
}

t.test("41030: with a preempt_delay the Pod that comes back takes the address after the delay", async (t) => {
  const deployment = await Deployment.create(t, {
    OPENSHIFT_HA_PREEMPTION: "preempt_delay 3",
  });
  const { nodes } = deployment;
  await nodes.untilHeldBy("a", VIRTUAL, 60_000);
  await deployment.remove("a");
  await nodes.untilHeldBy("b", VIRTUAL);
  deployment.start("a");
  await deployment.pods.get("a")!.waitForLine(/Entering BACKUP STATE/);
  await nodes.untilHeldBy("b", VIRTUAL);
  await nodes.untilHeldBy("a", VIRTUAL);
  const transitions = (await nodes.status("a")).instances[0]!.transitions;
  const [backup, master] = transitions.map(({ at }) => Date.parse(at));
  t.ok(master! - backup! >= 3_000, "not before the delay has ended");
});

t.test("49214: an id that is excluded is used by no instance", async (t) => {
  const nodes = await Nodes.create(t);
  const env = {
    ...TEMPLATE,
    OPENSHIFT_HA_VIRTUAL_IPS: "198.51.100.1-254",
    OPENSHIFT_HA_VRRP_ID_OFFSET: "5",
    HA_EXCLUDED_VRRP_IDS: "9",
  };
  const { instances } = JSON.parse(
    await nodes.host("a").ok([...VRRPD, "check", "--config", "env", "--json"], { env }),
  );
  const ids = (instances as { virtualRouterId: number }[]).map(({ virtualRouterId }) => virtualRouterId);
  t.equal(ids.length, 10);
  t.notOk(ids.includes(9));
  // The case itself looks for them in the file that the image leads /etc/keepalived/keepalived.conf to.
  const path = "/run/vrrpd/keepalived.conf";
  nodes.start("a", { ...env, VRRPD_KEEPALIVED_CONF: path });
  const look = ["sh", "-c", `cat ${path} | grep virtual_router_id`];
  const found = await until(async () => (await nodes.host("a").run(look)).stdout || null, {
    what: "the written file",
    timeoutMs: 60_000,
  });
  t.same(found.match(/\d+/g)!.map(Number), ids);
});
