/** A node gives its addresses up for a while: who serves meanwhile, and what brings them back. */
import { readFileSync } from "node:fs";
import t from "tap";
import { daemonOf } from "../lab/daemons/index.js";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { COMMON_ENVIRONMENT, VIP } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { type Host, type HostProcess, until } from "../netns/index.js";

const FAST = { VRRPD_ADVERT_INTERVAL: "0.2" };
const HIGH = { VRRPD_PRIORITY: "200" };
const LOW = { VRRPD_PRIORITY: "100" };
const PRIVATE = { privateDirectories: ["/run/vrrpd", "/run/keepalived", "/var/lib/vrrpd"] };
const FILE = "/var/lib/vrrpd/ipfailover.yield.json";
const PATIENCE = { timeoutMs: 60_000 };
const INSTANCE = "ipfailover_VIP_1";

function call(host: Host, ...words: readonly string[]) {
  return host.run([...VRRPD, ...words], { timeoutMs: 120_000 });
}

/** Both run, and the one of higher priority is master. */
async function pair(t: Teardown, preemption: string, environment = {}) {
  const nodes = await Nodes.create(
    t,
    { ...FAST, OPENSHIFT_HA_PREEMPTION: preemption, ...environment },
    PRIVATE,
  );
  const a = nodes.start("a", HIGH);
  await nodes.untilHeldBy("a");
  await nodes.start("b", LOW).waitForLine(/Entering BACKUP STATE/, PATIENCE);
  return { nodes, a, host: nodes.host("a") };
}

/** Asks the address again and again; when it is ended it prints the longest time in milliseconds between two answers. */
const CLIENT = `
const { connect } = require("node:net");
let [last, longest] = [null, 0];
setInterval(() => {
  const socket = connect({ host: process.argv[1], port: 9 });
  socket.on("error", ({ code }) => {
    if (code !== "ECONNREFUSED") return;
    const now = performance.now();
    if (last === null) console.log("answered");
    else longest = Math.max(longest, now - last);
    last = now;
  });
}, 20);
process.on("SIGTERM", () => { console.log("longest " + Math.round(Math.max(longest, performance.now() - last))); process.exit(0); });
`;

async function longestSilence(client: HostProcess): Promise<number> {
  client.kill("SIGTERM");
  const { text } = await client.waitForLine(/^longest (\d+)/, PATIENCE);
  return Number(text.replace("longest ", ""));
}

t.test("a master yields and resumes beside a backup: the client hardly notices", async (t) => {
  const { nodes, host } = await pair(t, "preempt_delay 0", { VRRPD_ADVERT_INTERVAL: "1" });
  const client = nodes.host("client").start([process.execPath, "-e", CLIENT, VIP]);
  await client.waitForLine(/^answered/, PATIENCE);
  const yielded = await call(host, "yield", "--wait");
  t.equal(yielded.code, 0, yielded.stderr);
  t.match(yielded.stdout, `${INSTANCE} is master, and gives its addresses to the first node that takes over`);
  t.match(yielded.stdout, /another node serves$/m);
  await nodes.untilHeldBy("b");
  const silence = await longestSilence(client);
  t.comment(`the longest time between two answers, asked every 20 ms: ${silence} ms`);
  t.ok(silence < 500, `a release alone costs the skew of 609 ms: ${silence} ms`);

  const heard = nodes.capture.adverts({ from: "b" }).length;
  await nodes.capture.waitFor(() => nodes.capture.adverts({ from: "b" }).length > heard + 5, {
    what: "more than a down interval",
    ...PATIENCE,
  });
  await nodes.untilHeldBy("b");
  const status = (await call(host, "status")).stdout;
  t.match(status, /^YIELDED {2}this node has yielded since .*, until vrrpd resume, and/);
  t.match(status, /1 \(200\)/, "its priority");
  t.match((await call(host, "why")).stdout, /yielded +since .* it gives way to every other\s+master/);
  t.equal((await call(host, "health", "--ready")).code, 0);
  t.match(await nodes.status("a"), {
    yields: [{ instance: null, except: [], until: null, force: false, persistent: false }],
    instances: [
      { state: "BACKUP", yielded: { force: false }, code: "yielded", priority: 1, basePriority: 200 },
    ],
  });

  t.match(
    (await call(host, "yield", INSTANCE)).stdout,
    /had yielded already; what is said now counts\. It is backup/,
  );
  t.match((await call(host, "resume")).stdout, `${INSTANCE} takes part again`);
  await nodes.untilHeldBy("a");
  t.match(await call(host, "resume"), { code: 0, stdout: "nothing to resume: no instance has yielded\n" });
});

t.test("over a restart: what is kept counts from the start, and goes with resume", async (t) => {
  const { nodes, a, host } = await pair(t, "nopreempt");
  t.equal((await call(host, "yield", "--persist", "--for", "1h", "--wait")).code, 0);
  await nodes.untilHeldBy("b");
  const kept = JSON.parse(readFileSync(host.pathOf(FILE), "utf8"));
  t.match(kept, { version: 1, yields: [{ instance: null, force: false }] });
  const [{ since, until: end }] = kept.yields;
  t.equal(Math.round((Date.parse(end) - Date.parse(since)) / 1000), 3600);
  t.equal((await host.ok(["stat", "-c", "%a", FILE])).trim(), "600");
  await a.stop();
  const again = nodes.start("a", { ...HIGH, OPENSHIFT_HA_PREEMPTION: "preempt_delay 0" });
  await again.waitForLine(/This node has yielded for 3[0-9.]+ s, restarts included/, PATIENCE);
  await nodes.untilState("a", "BACKUP");
  const heard = nodes.capture.adverts({ from: "b" }).length;
  await nodes.capture.waitFor(() => nodes.capture.adverts({ from: "b" }).length > heard + 10, {
    what: "more than a down interval",
    ...PATIENCE,
  });
  t.match(await nodes.status("a"), { yields: [{ persistent: true }], instances: [{ state: "BACKUP" }] });
  t.equal((await call(host, "resume")).code, 0);
  await nodes.untilHeldBy("a");
  t.equal((await host.run(["test", "-e", FILE])).code, 1, "the file is gone");
});

t.test(
  "a file that others could write, or that says nothing, is not honoured; one that is over goes",
  async (t) => {
    const nodes = await Nodes.create(t, FAST, PRIVATE);
    const host = nodes.host("a");
    const at = (millis: number) => new Date(Date.now() + millis).toISOString();
    const text = (until: string) =>
      JSON.stringify({
        version: 1,
        yields: [{ instance: null, except: [], force: true, since: at(-7_200_000), until }],
      });
    for (const [content, mode, line] of [
      [
        text(at(3_600_000)),
        0o666,
        /can be written by other users: yields of an earlier run are not honoured/,
      ],
      ["{", 0o600, /is not what vrrpd writes/],
      [text(at(-3_600_000)), 0o600, /Entering MASTER STATE/],
    ] as const) {
      await host.writeFile(FILE, content, mode);
      const daemon = nodes.start("a");
      await daemon.waitForLine(line, PATIENCE);
      await nodes.untilHeldBy("a");
      await daemon.stop();
    }
    t.equal((await host.run(["test", "-e", FILE])).code, 1, "what is over is gone");
  },
);

t.test("no other candidate: it serves on; by force it does not; and what is refused", async (t) => {
  const nodes = await Nodes.create(t, FAST, PRIVATE);
  const host = nodes.host("a");
  t.match(await call(host, "yield"), { code: 3, stderr: /no vrrpd runs here/ });
  const daemon = nodes.start("a", HIGH);
  await nodes.untilHeldBy("a");
  const alone = await call(host, "yield", "--wait", "--timeout", "1s");
  t.match(alone, {
    code: 11,
    stderr: /no other node has taken over ipfailover_VIP_1 within 1 s, so this one serves on/,
  });
  await daemon.waitForLine(/has yielded and serves on, as no other node has taken over/, PATIENCE);
  t.ok(await host.hasAddress(VIP));
  t.match(await call(host, "yield", "other"), {
    code: 1,
    stderr: /no instance other; there are: ipfailover_VIP_1$/m,
  });
  t.match(await call(host, "yield", "--for", "soon"), {
    code: 2,
    stderr: /--for soon: it is to be a number with s, m/,
  });
  t.equal((await call(host, "yield", INSTANCE, "--force", "--for", "6s")).code, 0);
  await until(async () => !(await host.hasAddress(VIP)), { what: "the address to go", ...PATIENCE });
  t.match(await nodes.status("a"), { yields: [{ instance: null }, { instance: INSTANCE, force: true }] });
  await daemon.waitForLine(/ipfailover_VIP_1 has yielded for as long as it was to/, PATIENCE);
  await nodes.untilHeldBy("a");
  t.match(await nodes.status("a"), { yields: [{ instance: null }] }, "the node has yielded still");
});

t.test(
  "beside Keepalived, which does not preempt: it takes over, and gives back when the time is over",
  async (t) => {
    const nodes = await Nodes.create(t, { ...FAST, OPENSHIFT_HA_PREEMPTION: "preempt_delay 0" }, PRIVATE);
    const daemon = nodes.start("a", HIGH);
    await nodes.untilHeldBy("a");
    const router = { id: 1, family: "ipv4", addresses: [VIP] } as const;
    const peer = daemonOf("keepalived", nodes.host("b"), {
      ...{ routers: [router], priority: 100, intervalSeconds: 0.2, preemption: "nopreempt" },
    });
    await peer.start();
    const { code, stderr } = await call(nodes.host("a"), "yield", "--for", "4s", "--wait");
    t.equal(code, 0, stderr);
    await nodes.untilHeldBy("b");
    await daemon.waitForLine(/This node has yielded for as long as it was to/, PATIENCE);
    await nodes.untilHeldBy("a");
  },
);

t.test("three nodes: those that have yielded come last, and serve when nobody else is left", async (t) => {
  const environment = { ...COMMON_ENVIRONMENT, ...FAST, OPENSHIFT_HA_PREEMPTION: "preempt_delay 0" };
  const nodes = await Nodes.create(t, environment, {
    ...PRIVATE,
    hosts: { c: { addresses: ["192.0.2.42/24"] } },
  });
  nodes.start("a", HIGH);
  await nodes.untilHeldBy("a");
  await nodes.start("b", LOW).waitForLine(/Entering BACKUP STATE/, PATIENCE);
  const last = nodes.start("c", { VRRPD_PRIORITY: "50" });
  await last.waitForLine(/Entering BACKUP STATE/, PATIENCE);
  t.equal((await call(nodes.host("a"), "yield", "--wait")).code, 0);
  await nodes.untilHeldBy("b");
  t.equal((await call(nodes.host("b"), "yield", "--wait")).code, 0);
  await nodes.untilState("c", "MASTER");
  await last.stop();
  await until(
    async () => (await nodes.host("a").hasAddress(VIP)) !== (await nodes.host("b").hasAddress(VIP)),
    {
      what: "one of those that have yielded to serve",
      ...PATIENCE,
    },
  );
});
