/** The daemon and its host: groups, locks, leftovers, signals, what is refused at the door. */
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT, VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { createLan, until } from "../netns/index.js";
import { noStrangers, stranger } from "./stranger.js";

t.test("ten addresses in three groups are spread over two nodes as the contract says", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-110",
    OPENSHIFT_HA_VIP_GROUPS: "3",
  });
  nodes.start("a");
  nodes.start("b");
  const held = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, position) => `192.0.2.${first + position}`);
  // Node a (s = 40, idx 1) owns every group: 215, 41, 215; node b (s = 41, idx 2) owns the second: 214.
  const expected = { a: [...held(101, 104), ...held(108, 110)], b: held(105, 107) };
  for (const name of ["a", "b"] as const) {
    await until(
      async () => {
        const addresses = await nodes.host(name).addresses();
        const virtual = addresses.filter(
          ({ address, prefixLength }) => prefixLength === 32 && address !== "127.0.0.1",
        );
        return (
          JSON.stringify(virtual.map(({ address }) => address).sort()) === JSON.stringify(expected[name])
        );
      },
      { what: `the addresses of ${name}`, timeoutMs: 30_000 },
    );
  }
  const { instances } = await nodes.status("a");
  t.match(instances, [
    { name: "ipfailover_VIP_1", virtualRouterId: 1, priority: 215, state: "MASTER" },
    { name: "ipfailover_VIP_2", virtualRouterId: 2, priority: 41, state: "BACKUP" },
    { name: "ipfailover_VIP_3", virtualRouterId: 3, priority: 215, state: "MASTER" },
  ]);
});

t.test(
  "two daemons for one id on one host do not fight: the second waits, and takes over the lock",
  async (t) => {
    const nodes = await Nodes.create(t);
    const first = nodes.start("a");
    await nodes.untilHeldBy("a");
    const second = nodes.start("a", { VRRPD_SOCKET: "/run/vrrpd/second.sock" });
    const line = await second.waitForLine(/another daemon on this host runs this virtual router/);
    t.match(line.text, `process ${first.pid}`, "the holder is named");
    t.ok(await nodes.host("a").hasAddress(VIP), "nothing was touched");
    first.kill("SIGTERM");
    await second.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
    t.ok(await nodes.host("a").hasAddress(VIP));
  },
);

t.test(
  "local users who flood and squat the lock delay neither the start nor the adverts",
  { skip: noStrangers },
  async (t) => {
    const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: "0.1" });
    const user = (...parameters: Parameters<typeof stranger>) =>
      nodes.host("a").start(stranger(...parameters));
    const name = "vrrpd/ens3/ipv4/1";
    const squatter = user("listening", [name]);
    await squatter.waitForLine(/held/);
    const daemon = nodes.start("a");
    await daemon.waitForLine(/of user 65534 holds the lock vrrpd\/ens3\/ipv4\/1 without a right to it/);
    await nodes.untilHeldBy("a");
    const { problems } = await nodes.status("a");
    t.match(problems, [{ code: "lock-squatted", severity: "warning" }]);
    const flooders = [user("flooding", [`${name}/2`]), user("flooding", [`${name}/2`])];
    await Promise.all(flooders.map((one) => one.waitForLine(/floods/)));
    const before = nodes.capture.adverts({ from: "a" }).length;
    await until(() => nodes.capture.adverts({ from: "a" }).length > before + 30, { what: "adverts" });
    t.equal((await nodes.status("a")).instances[0]!.state, "MASTER");
    for (const one of flooders) one.kill("SIGKILL");
    const second = nodes.start("a", { VRRPD_SOCKET: "/run/vrrpd/second.sock" });
    const line = await second.waitForLine(/another daemon on this host runs this virtual router/);
    t.match(line.text, `process ${daemon.pid}`, "the lock holds, on its second name");
  },
);

t.test("what a killed daemon left behind is removed at start; the node's own address never", async (t) => {
  const nodes = await Nodes.create(t, { OPENSHIFT_HA_VIRTUAL_IPS: `${VIP} 192.0.2.40` });
  nodes.start("b", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("b", "MASTER");
  await nodes.host("a").ok(["ip", "address", "add", `${VIP}/32`, "dev", "ens3"]);
  const a = nodes.start("a", { VRRPD_PRIORITY: "100" });
  await a.waitForLine(/Entering BACKUP STATE/);
  await until(async () => !(await nodes.host("a").hasAddress(VIP)), { what: "the leftover's removal" });
  t.ok(await nodes.host("a").hasAddress("192.0.2.40"));
  t.match((await nodes.status("a")).warnings.join(), "192.0.2.40 is this node's own address");
});

t.test("HUP, USR1 and USR2 do no harm, TERM during start-up is not lost", async (t) => {
  const nodes = await Nodes.create(t);
  const daemon = nodes.start("a");
  await daemon.waitForLine(/Entering BACKUP STATE/);
  for (const signal of ["SIGHUP", "SIGUSR1", "SIGUSR2"] as const) {
    daemon.kill(signal);
    await daemon.waitForLine(new RegExp(signal));
  }
  await nodes.untilState("a", "MASTER");
  const sockets = await nodes.host("a").ok(["cat", "/proc/net/tcp"]);
  t.equal(sockets.trim().split("\n").length, 1, "no inspector listens");
  daemon.kill("SIGINT");
  t.strictSame(await daemon.exited, { code: 0, signal: null });
});

t.test("a configuration that cannot be meant exits 2 and names every problem", async (t) => {
  const nodes = await Nodes.create(t);
  const env = {
    ...BASE_ENVIRONMENT,
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.300",
    OPENSHIFT_HA_MONITOR_PORT: "70000",
  };
  const result = await nodes.host("a").run([...VRRPD, "--config", "env"], { env });
  t.equal(result.code, 2);
  t.match(result.stderr, /OPENSHIFT_HA_VIRTUAL_IPS.*192\.0\.2\.300/);
  t.match(result.stderr, /OPENSHIFT_HA_MONITOR_PORT.*70000/);
  t.strictSame(
    nodes.capture.frames.filter((frame) => frame.kind !== "neighbor-advertisement"),
    [],
  );
});

t.test("without a capability it exits 4 and names the one", async (t) => {
  const lan = await createLan({ interface: "ens3", hosts: { a: { addresses: ["192.0.2.40/24"] } } });
  t.teardown(() => lan.destroy());
  for (const [dropped, named] of [
    ["-net_raw", "CAP_NET_RAW"],
    ["-net_admin", "CAP_NET_ADMIN"],
  ] as const) {
    const command = [
      "setpriv",
      `--bounding-set=${dropped}`,
      `--inh-caps=${dropped}`,
      ...VRRPD,
      "--config",
      "env",
    ];
    const result = await lan.host("a").run(command, { env: BASE_ENVIRONMENT });
    t.equal(result.code, 4);
    t.match(result.stderr, new RegExp(`vrrpd: ${named} is missing`));
  }
});

t.test("check prints the plan as JSON and touches nothing; status without a daemon says so", async (t) => {
  const nodes = await Nodes.create(t);
  const plan = JSON.parse(
    await nodes.host("a").ok([...VRRPD, "check", "--config", "env", "--json"], {
      env: { ...BASE_ENVIRONMENT, OPENSHIFT_HA_PREEMPTION: "preempt_delay 300" },
    }),
  );
  t.match(plan, {
    source: "env",
    interface: "ens3",
    nodeAddress: "192.0.2.40",
    probe: null,
    script: null,
    instances: [
      {
        name: "ipfailover_VIP_1",
        interface: "ens3",
        family: "ipv4",
        version: 3,
        virtualRouterId: 1,
        priority: 215,
        preempt: { mode: "delay", delaySeconds: 300 },
        advertIntervalSeconds: 1,
        virtualAddresses: [`${VIP}/32`],
        unicastPeers: [],
        notifyScript: null,
      },
    ],
  });
  const asked = await nodes.host("a").run([...VRRPD, "status"]);
  t.equal(asked.code, 3);
  t.match(asked.stderr, "no vrrpd runs here");
});
