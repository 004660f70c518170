/** Adverts full of addresses that nobody has seen before: memory, status and the master's adverts stay as they are. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { advert } from "../netns/index.js";
import { Nodes, VIP, VRRPD } from "./nodes.js";

const PROGRAM = fileURLToPath(new URL("../attack/programs/fresh-addresses.mjs", import.meta.url));
const MEBIBYTE = 1024 * 1024;
const INTERVAL_MILLIS = 1_000;

t.test("thousands of adverts with 255 fresh addresses each", async (t) => {
  const nodes = await Nodes.create(t);
  const daemon = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER");
  const [before, fromMicros] = [rssOf(daemon.pid), Date.now() * 1000];
  const options = { virtualRouterId: 1, address: VIP, priority: 50, perSecond: 3_000, seconds: 2.5 };
  const command = [process.execPath, PROGRAM, JSON.stringify(options)];
  const sent = await nodes.host("client").ok(command, { timeoutMs: 60_000 });
  const grown = (rssOf(daemon.pid) - before) / MEBIBYTE;
  // What is recorded may lag behind: with one more advert all before it are there.
  await nodes.capture.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 }));
  const adverts = nodes.capture.adverts({ from: "a", virtualRouterId: 1, afterMicros: fromMicros });
  const times = [fromMicros, ...adverts.map(({ atMicros }) => atMicros)];
  const gap = Math.max(...times.slice(1).map((at, index) => at - times[index]!)) / 1000;
  const text = await nodes.host("a").ok([...VRRPD, "status", "--json"]);
  t.comment(
    `${sent.trim().split("\n").at(-1)} a second: ${grown.toFixed(1)} MiB more, longest gap ${gap.toFixed(0)} ms, status of ${text.length} bytes`,
  );
  const { instances } = JSON.parse(text) as Awaited<ReturnType<Nodes["status"]>>;
  const { state, speakers, counters } = instances[0]!;
  t.equal(state, "MASTER");
  // The kernel lets through a part of what cannot matter.
  t.ok(counters.advertsReceived > 100, `${counters.advertsReceived} have arrived`);
  t.ok(speakers.length <= 16, `${speakers.length} speakers are remembered`);
  t.ok(text.length < 64 * 1024, "the status is for people");
  // The machine does other things as well; the figures stand in the comment. A third of it is Node's own code.
  t.ok(grown < 12, "the memory does not grow with what others send");
  t.ok(gap < 3 * INTERVAL_MILLIS, "adverts leave within a backup's patience");
});

/** Bytes. */
function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}
