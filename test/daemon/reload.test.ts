/** A running daemon takes another keepalived.conf over: what changes changes in place, and nothing else notices. */
import { readdirSync } from "node:fs";
import t from "tap";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { statusOf } from "../lab/status.js";
import {
  advert,
  type Capture,
  createLan,
  type Host,
  type HostProcess,
  type Lan,
  until,
} from "../netns/index.js";

const PATH = "/etc/keepalived/keepalived.conf";
const PATIENCE = { timeoutMs: 60_000 };

interface Instance {
  readonly name: string;
  readonly id: number;
  readonly addresses: readonly string[];
  readonly lines?: readonly string[];
}

const VI_1: Instance = { name: "VI_1", id: 51, addresses: ["192.0.2.100", "192.0.2.101"] };
const VI_2: Instance = { name: "VI_2", id: 52, addresses: ["192.0.2.110"] };
const VI_3: Instance = { name: "VI_3", id: 53, addresses: ["192.0.2.120"] };
const VI_6: Instance = { name: "VI_6", id: 51, addresses: ["2001:db8::100"] };

let lan: Lan;
let host: Host;
let peer: Host;
let capture: Capture;
let daemon: HostProcess;

function textOf(instances: readonly Instance[], before = ""): string {
  const blocks = instances.map(
    ({ name, id, addresses, lines = [] }) => `vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${id}
  version 3
  advert_int 0.1
${lines.map((line) => `  ${line}\n`).join("")}  virtual_ipaddress {
${addresses.map((address) => `    ${address}\n`).join("")}  }
}
`,
  );
  return `${before}${blocks.join("")}`;
}

/** Writes the file and waits for what the daemon says about it. */
async function reload(text: string): Promise<string> {
  await host.writeFile(PATH, text);
  const after = daemon.lines.length;
  daemon.kill("SIGHUP");
  const line = await daemon.waitForLine(/SIGHUP: (nothing was )?reloaded/, { after, ...PATIENCE });
  return line.text;
}

/** How often it came into its state: a time would do, were it not made anew of another clock for each status. */
async function history(): Promise<string[]> {
  const { instances } = await statusOf(host);
  return instances.map(({ name, state, transitions }) => `${name} ${state} ${transitions.length}`).sort();
}

async function states(): Promise<string> {
  const { instances } = await statusOf(host);
  return instances.map(({ name, state }) => `${name} ${state}`).join(", ");
}

async function untilStates(wanted: string): Promise<void> {
  await until(async () => (await states()) === wanted, { what: wanted, ...PATIENCE });
}

async function untilAddresses(wanted: string): Promise<void> {
  await until(async () => (await addresses()) === wanted, { what: wanted, ...PATIENCE });
}

async function addresses(): Promise<string> {
  const found = await host.ok(["ip", "-o", "address", "show", "dev", "eth0"]);
  const ours = [...found.matchAll(/inet6? ((?:192\.0\.2\.1[0-9]+|2001:db8::100)\/\d+)/g)].map(
    ([, text]) => text!,
  );
  return ours.sort().join(" ");
}

t.before(async () => {
  lan = await createLan({
    hosts: {
      a: { addresses: ["192.0.2.1/24", "2001:db8::1/64"] },
      b: { addresses: ["192.0.2.2/24", "2001:db8::2/64"] },
    },
    privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
  });
  host = lan.host("a");
  peer = lan.host("b");
  capture = await lan.capture();
  await host.writeFile(PATH, textOf([VI_1, VI_2]));
  // Metrics see all that happens, what happens to instances that leave included.
  const environment = { VRRPD_LOG_FORMAT: "text", VRRPD_METRICS_LISTEN: "127.0.0.1:9650" };
  daemon = startVrrpd(host, environment, undefined, PATH);
  await untilStates("VI_1 MASTER, VI_2 MASTER");
});
t.teardown(() => lan.destroy());

const TWO = "192.0.2.100/32 192.0.2.101/32 192.0.2.110/32";

t.test("a file that says the same, in another order and on other lines, changes nothing", async (t) => {
  const before = await history();
  t.match(await reload(`! a comment\n\n${textOf([VI_2, VI_1])}`), /reloaded: nothing has changed/);
  t.equal(await states(), "VI_2 MASTER, VI_1 MASTER", "the order is the file's");
  t.strictSame(await history(), before);
  t.equal(await addresses(), TWO);
});

t.test("what is tracked changes in place: files, processes, weights", async (t) => {
  const before = await history();
  const priority = async (wanted: number, what: string) => {
    const found = async () => (await statusOf(host)).instances.find(({ name }) => name === "VI_1")!.priority;
    await until(async () => (await found()) === wanted, { what: `${wanted}: ${what}`, ...PATIENCE });
    t.pass(what);
  };
  const tracking = (blocks: string, ...lines: string[]) => reload(textOf([{ ...VI_1, lines }, VI_2], blocks));
  const file = (name: string) => `track_file f {\n file /etc/keepalived/${name}\n}\n`;
  // Its own name is what surely runs.
  const runs = (quorum: number) =>
    `vrrp_track_process p {\n process ${VRRPD[0]!}\n full_command\n quorum ${quorum}\n}\n`;
  await host.writeFile("/etc/keepalived/two", "2\n");
  await host.writeFile("/etc/keepalived/three", "3\n");
  t.match(await tracking(file("two"), "track_file { f weight 5 }"), /reloaded/);
  await priority(110, "a file and a weight");
  await tracking(file("two"), "track_file { f weight -7 }");
  await priority(86, "another weight");
  await tracking(file("three"), "track_file { f weight -7 }");
  await priority(79, "another file");
  await tracking(runs(0xffff), "track_process { p weight -30 }");
  await priority(70, "a process in its place");
  await tracking(runs(0xffff), "track_process { p weight -40 reverse }");
  await priority(140, "another weight of it");
  await reload(textOf([VI_1, VI_2]));
  await priority(100, "nothing any more");
  t.same(await history(), before, "both stay master");
});

t.test("an instance comes, and goes again", async (t) => {
  t.match(await reload(textOf([VI_1, VI_2, VI_3, VI_6])), /VI_3 is new; VI_6 is new/);
  await untilStates("VI_1 MASTER, VI_2 MASTER, VI_3 MASTER, VI_6 MASTER");
  t.equal(await addresses(), `${TWO.replace(/$/, " 192.0.2.120/32 2001:db8::100/128")}`);
  t.ok(await peer.reaches("2001:db8::100"));
  t.match(await reload(textOf([VI_1, VI_2])), /VI_3 is gone; VI_6 is gone/);
  t.equal(await states(), "VI_1 MASTER, VI_2 MASTER");
  t.equal(await addresses(), TWO, "in the same moment");
});

t.test("addresses come and go, and the mastership stays", async (t) => {
  const before = await history();
  const other = { ...VI_1, addresses: ["192.0.2.100", "192.0.2.105"] };
  t.match(await reload(textOf([other, VI_2])), /VI_1 has other settings: virtual addresses$/m);
  await untilAddresses("192.0.2.100/32 192.0.2.105/32 192.0.2.110/32");
  t.ok(await peer.reaches("192.0.2.105"));
  await reload(textOf([VI_1, VI_2]));
  await untilAddresses(TWO);
  t.strictSame(await history(), before);
});

t.test("an address goes from one to the other with another prefix length", async (t) => {
  const after = daemon.lines.length;
  const taking = { ...VI_2, addresses: ["192.0.2.110", "192.0.2.101/24"] };
  await reload(textOf([{ ...VI_1, addresses: ["192.0.2.100"] }, taking]));
  await untilAddresses("192.0.2.100/32 192.0.2.101/24 192.0.2.110/32");
  await reload(textOf([VI_1, VI_3]));
  await untilAddresses("192.0.2.100/32 192.0.2.101/32 192.0.2.120/32");
  await reload(textOf([{ ...VI_2, addresses: ["192.0.2.100/24", "192.0.2.101/24"] }]));
  await untilAddresses("192.0.2.100/24 192.0.2.101/24");
  await reload(textOf([{ ...VI_2, addresses: ["192.0.2.100"] }]));
  await untilAddresses("192.0.2.100/32");
  t.equal(await states(), "VI_2 MASTER", "with none of its addresses left it goes on");
  await reload(textOf([VI_1, VI_2]));
  await untilStates("VI_1 MASTER, VI_2 MASTER");
  await untilAddresses(TWO);
  const wrong = daemon.lines.slice(after).filter(({ text }) => /own address|earlier run/.test(text));
  t.strictSame(wrong, [], "what another one has just given up is not the node's own, and no leftover");
});

t.test("priority and interval change in place; a name and a version by beginning anew", async (t) => {
  t.match(
    await reload(textOf([{ ...VI_1, lines: ["priority 150", "nopreempt"] }, VI_2])),
    /VI_1 has other settings: (priority, preemption|preemption, priority)/,
  );
  t.equal(await states(), "VI_1 MASTER, VI_2 MASTER");
  const { instances } = await statusOf(host);
  t.equal(instances[0]!.priority, 150);
  t.match(
    await reload(textOf([VI_1, { ...VI_2, name: "VI_two" }])),
    /VI_two begins anew, with other settings: name/,
  );
  await untilStates("VI_1 MASTER, VI_two MASTER");
  t.equal(await addresses(), TWO);
  await reload(textOf([VI_1, VI_2]));
  await untilStates("VI_1 MASTER, VI_2 MASTER");
});

t.test("a file that is refused changes nothing, and every problem is said", async (t) => {
  const before = await history();
  t.match(await reload(textOf([VI_1, { ...VI_3, lines: ["interface nope"] }])), /nothing was reloaded/);
  await daemon.waitForLine(/interface "nope" does not exist/, PATIENCE);
  t.strictSame(await history(), before);
});

t.test("vrrpd reload and check --against-running: the same, with an exit code", async (t) => {
  const vrrpd = (...words: string[]) => host.run([...VRRPD, ...words]);
  await host.writeFile(PATH, textOf([VI_1, VI_2]));
  t.match(await vrrpd("check", "--against-running"), { code: 0, stdout: "nothing has changed\n" });
  await host.writeFile(PATH, textOf([VI_1, { ...VI_2, lines: ["priority 120"] }]));
  const before = await history();
  t.match(await vrrpd("check", "--against-running"), {
    code: 10,
    stdout: "VI_2 has other settings: priority\n",
  });
  const { stdout } = await vrrpd("check", "--against-running", "--json");
  t.match(JSON.parse(stdout), { updated: [{ name: "VI_2", how: "live", what: ["priority"] }] });
  t.equal((await statusOf(host)).instances[1]!.priority, 100, "it only looks");
  t.match(await vrrpd("reload"), { code: 0, stdout: "VI_2 has other settings: priority\n" });
  t.equal((await statusOf(host)).instances[1]!.priority, 120);
  t.strictSame(await history(), before);

  await host.writeFile(PATH, textOf([{ ...VI_1, lines: ["interface nope"] }, VI_2]));
  for (const words of [["reload"], ["check", "--against-running"]]) {
    const refused = await vrrpd(...words);
    t.equal(refused.code, 2, words.join(" "));
    t.match(refused.stderr, 'interface "nope" does not exist');
  }
  t.strictSame(await history(), before);
  t.equal((await vrrpd("reload", "--socket", "/run/vrrpd/none.sock")).code, 3);
  await reload(textOf([VI_1, VI_2]));
});

t.test("a daemon that runs from the environment says that there is nothing to read again", async (t) => {
  const env = {
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.150",
    OPENSHIFT_HA_MONITOR_PORT: "0",
    VRRPD_SOCKET: "/run/vrrpd/env",
  };
  const other = startVrrpd(peer, env);
  await other.waitForLine(/Entering BACKUP STATE/, PATIENCE);
  const refused = await peer.run([...VRRPD, "reload", "--socket", env.VRRPD_SOCKET]);
  t.equal(refused.code, 2);
  t.match(refused.stderr, /environment, which cannot change while it runs/);
  other.kill("SIGHUP");
  await other.waitForLine(/SIGHUP: nothing was reloaded/, PATIENCE);
  const { configuration, problems } = await statusOf(peer, env.VRRPD_SOCKET);
  t.match(configuration, { source: "env", refused: null }, "nothing is wrong with it");
  t.notMatch(problems, [{ code: "reload-refused" }]);
  t.match(await other.stop(), { code: 0 });
});

t.test("a file of variables is read again, and a wrong line is named", async (t) => {
  const file = "/etc/keepalived/vrrpd.env";
  const write = (more: string) =>
    peer.writeFile(
      file,
      `# The addresses\nOPENSHIFT_HA_VIRTUAL_IPS="192.0.2.150, 192.0.2.151"\nOPENSHIFT_HA_MONITOR_PORT=0\n${more}`,
    );
  await write("VRRPD_PRIORITY=90\n");
  const socket = "/run/vrrpd/env-file";
  const reloads = () => peer.run([...VRRPD, "reload", "--socket", socket]);
  const other = startVrrpd(peer, { VRRPD_SOCKET: socket, VRRPD_PRIORITY: "7" }, undefined, `env:${file}`);
  await other.waitForLine(/Entering BACKUP STATE/, PATIENCE);
  const priorities = async () => (await statusOf(peer, socket)).instances.map(({ priority }) => priority);
  t.strictSame(await priorities(), [90, 90], "the file is the configuration");
  t.match(await peer.run([...VRRPD, "check", "--config", `env:${file}`]), { code: 0 });

  await write("VRRPD_PRIORITY=95\nVRRPD_LOG_LEVEL=debug\n");
  const { stdout } = await reloads();
  t.match(stdout, /VIP_1 has other settings: priority; .*only a restart changes the log level/s);
  t.strictSame(await priorities(), [95, 95]);

  await write("VRRPD_PRIORITY 96\n");
  const refused = await reloads();
  t.equal(refused.code, 2);
  t.match(refused.stderr, `${file}:4:1: this line has no “=”`);
  t.strictSame(await priorities(), [95, 95]);
  const { configuration, problems } = await statusOf(peer, socket);
  t.match(configuration, { source: `env:${file}`, refused: { problem: /:4:1: this line has no/ } });
  t.match(problems, [{ code: "reload-refused", text: /has been refused by each reload since 20/ }]);
  const before = Date.now();
  await reloads();
  const again = (await statusOf(peer, socket)).configuration.refused!;
  t.ok(Date.parse(again.since) < before, "it is the first of them that counts");
  await write("VRRPD_PRIORITY=96\n");
  t.equal((await reloads()).code, 0);
  t.equal((await statusOf(peer, socket)).configuration.refused, null);
  t.match(await other.stop(), { code: 0 });
});

const CHECK = (script: string) => `vrrp_script chk {\n  script "${script}"\n  interval 1\n}\n`;

t.test("a check comes, changes, and goes", async (t) => {
  const tracked = { ...VI_2, lines: ["track_script {", "  chk", "}"] };
  t.match(
    await reload(textOf([VI_1, tracked], CHECK("/bin/true"))),
    /VI_2 has other settings: what it tracks; check chk is new/,
  );
  await until(async () => (await statusOf(host)).instances[1]!.checks[0]?.state === "passing", {
    what: "a result",
    ...PATIENCE,
  });
  t.equal(await states(), "VI_1 MASTER, VI_2 MASTER", "a check without a result is no fault");
  t.match(await reload(textOf([VI_1, tracked], CHECK("/bin/false"))), /check chk has changed/);
  await untilStates("VI_1 MASTER, VI_2 FAULT");
  t.match(await reload(textOf([VI_1, VI_2])), /check chk is gone/);
  await untilStates("VI_1 MASTER, VI_2 MASTER");
});

t.test("several reloads in a row: who does not change goes on, and nothing stays behind", async (t) => {
  const descriptors = () => readdirSync(`/proc/${daemon.pid}/fd`).length;
  await reload(textOf([VI_1, VI_2]));
  const [before, [of1]] = [descriptors(), await history()];
  const from = Date.now() * 1000;
  for (let round = 0; round < 6; round++) {
    const last = round % 2 === 1 ? [VI_2] : [{ ...VI_2, addresses: ["192.0.2.111"] }, VI_3, VI_6];
    await reload(textOf([VI_1, ...last]));
  }
  await untilStates("VI_1 MASTER, VI_2 MASTER");
  t.equal((await history())[0], of1);
  await untilAddresses(TWO);
  await until(() => descriptors() === before, { what: "the descriptors of before", ...PATIENCE });
  const ofVi1 = () =>
    capture
      .select(advert({ from: "a", family: "ipv4" }))
      .filter((frame) => frame.advert.virtualRouterId === VI_1.id && frame.atMicros > from);
  // On a fast machine all reloads together take a second.
  await until(() => ofVi1().length > 10, { what: "adverts of who does not change", ...PATIENCE });
  t.notOk(
    ofVi1().some((frame) => frame.advert.priority === 0),
    "it has not released",
  );
});

t.test("SIGTERM releases what is there now", async (t) => {
  t.match(await daemon.stop(), { code: 0 });
  t.equal(await addresses(), "");
});
