/** Attacks over HTTP: adverts leave on time, the memory stays what it was, and health is answered meanwhile. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { advert } from "../netns/index.js";
import { Nodes } from "./nodes.js";

const PROGRAM = fileURLToPath(new URL("http-attack.mjs", import.meta.url));
const INTERVAL_MILLIS = 250;
const MEBIBYTE = 1024 * 1024;
const ATTACK_MILLIS = 1_000;

t.test("no client over HTTP delays an advert, fills the memory, or keeps others from asking", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: "0.25" });
  const listOf40 = "192.0.2.101-140";
  const daemon = nodes.start("a", {
    VRRPD_METRICS_LISTEN: "127.0.0.1:9650",
    OPENSHIFT_HA_VIRTUAL_IPS: listOf40,
  });
  await nodes.untilState("a", "MASTER");
  const run = async (kind: string, millis: number, count: number) => {
    const command = [process.execPath, PROGRAM, kind, String(millis), String(count)];
    return JSON.parse(await nodes.host("a").ok(command, { timeoutMs: 60_000 }));
  };
  const attack = async (kind: string, count: number) => {
    const [before, cpuBefore, fromMicros] = [rssOf(daemon.pid), cpuOf(daemon.pid), Date.now() * 1000];
    const [{ made }, answers] = (await Promise.all([
      run(kind, ATTACK_MILLIS, count),
      run("ask", ATTACK_MILLIS, 1),
    ])) as [{ made: number }, (number | null)[]];
    const grown = (rssOf(daemon.pid) - before) / MEBIBYTE;
    const gap = await gapSince(nodes, fromMicros);
    const cpu = cpuOf(daemon.pid) - cpuBefore;
    t.comment(
      `${kind} (${made} connections): longest gap ${gap.toFixed(0)} ms, ${grown.toFixed(1)} MiB more, ` +
        `${cpu.toFixed(2)} s of a processor, health in ${JSON.stringify(answers)} ms`,
    );
    return { answers, grown, gap };
  };
  const attacks = [
    ["pipeline", 1],
    ["pipeline", 64],
    ["slow", 400],
    ["idle", 1_500],
    ["connects", 5_000],
  ] as const;
  for (const [kind, count] of attacks) {
    const { answers, grown, gap } = await attack(kind, count);
    t.ok(answers.length > 0 && !answers.includes(null), `${kind} ${count}: health is answered`);
    // Bounds for a machine that does other things as well; the figures stand in the comments.
    t.ok(gap < 3 * INTERVAL_MILLIS, `${kind} ${count}: adverts leave within a backup's patience`);
    t.ok(grown < 16, `${kind} ${count}: the memory stays what it was`);
  }
  t.ok(daemon.running);
});

/** Milliseconds: the longest without an advert. What is recorded may lag behind: after one more all before are there. */
async function gapSince(nodes: Nodes, fromMicros: number): Promise<number> {
  await nodes.capture.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 }));
  const adverts = nodes.capture.adverts({ from: "a", virtualRouterId: 1, afterMicros: fromMicros });
  const times = [fromMicros, ...adverts.map(({ atMicros }) => atMicros)];
  return Math.max(...times.slice(1).map((time, index) => time - times[index]!)) / 1000;
}

/** Bytes. */
function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

/** Seconds. */
function cpuOf(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}
