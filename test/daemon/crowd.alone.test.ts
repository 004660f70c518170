/** Crowds, garbage and clients that stop half-way, on the control socket and over HTTP: no advert waits for them. */
import t from "tap";
import { Nodes } from "../lab/nodes.js";
import type { Host } from "../netns/index.js";
import { until } from "../netns/index.js";

const INTERVAL_MILLIS = 100;
const LISTEN = "127.0.0.1:9650";

/** In the host: opens 1,000 connections that ask, send garbage, stop half-way or say nothing; prints "done". */
const CROWD = `
const { connect } = require("node:net");
const target = process.argv[1] === "socket" ? { path: process.argv[2] } : { host: "127.0.0.1", port: Number(process.argv[2]) };
const words = JSON.parse(process.argv[3]);
let left = 1000;
const over = () => { left -= 1; if (left === 0) { console.log("done"); process.exit(0); } };
let answers = 0;
function open(number) {
  const socket = connect(target);
  socket.on("connect", () => socket.write(words[number % words.length]));
  socket.on("data", () => { answers += 1; });
  socket.on("error", () => {});
  socket.on("close", over);
}
for (let number = 0; number < 1000; number += 1) setTimeout(() => open(number), number);
setTimeout(() => { console.log("done", left); process.exit(0); }, 8000);
`;

/** Milliseconds by which each gap between two adverts of \`a\` missed the interval. */
function spacingErrors(nodes: Nodes, fromMicros: number): number[] {
  const times = nodes.capture
    .adverts({ from: "a", afterMicros: fromMicros })
    .map(({ atMicros }) => atMicros / 1000);
  return times.slice(1).map((time, index) => Math.abs(time - times[index]! - INTERVAL_MILLIS));
}

function share(numbers: readonly number[], part: number): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * part)]!;
}

async function flood(host: Host, ...target: [kind: string, where: string, words: string[]]): Promise<void> {
  const [kind, where, words] = target;
  await host.ok([process.execPath, "-e", CROWD, kind, where, JSON.stringify(words)], { timeoutMs: 30_000 });
}

t.test("1,000 connections delay no advert", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: "0.1" });
  nodes.start("a", { VRRPD_PRIORITY: "200", VRRPD_METRICS_LISTEN: LISTEN });
  await nodes.untilState("a", "MASTER");
  nodes.start("b", { VRRPD_PRIORITY: "100" });
  await nodes.untilState("b", "BACKUP");
  const settledAtMicros = Date.now() * 1000;
  const host = nodes.host("a");
  const socket = (await host.ok(["sh", "-c", "echo /run/vrrpd/*.sock"])).trim();
  t.equal((await host.ok(["stat", "-c", "%a %u", socket])).trim(), "600 0", "nobody but root may connect");

  const measured = async (what: string, work: () => Promise<void>) => {
    const fromMicros = Date.now() * 1000;
    await work();
    const errors = spacingErrors(nodes, fromMicros);
    const [middle, most, worst] = [0.5, 0.95, 1].map((part) => share(errors, part).toFixed(1));
    t.comment(
      `${what}: ${errors.length} gaps, off by ${middle} ms (median), ${most} (95%), ${worst} at worst`,
    );
    return errors;
  };
  const calm = await measured("calm", () => new Promise((resolve) => setTimeout(resolve, 3_000)));
  const garbage = "\\u0000\\uffff}{".repeat(50);
  const asked = await measured("control socket", () =>
    flood(host, "socket", socket, [
      '{"command":"status"}\n',
      garbage,
      '{"comm',
      "",
      `${garbage}\n`,
      "x".repeat(9_000),
    ]),
  );
  const browsed = await measured("HTTP", () =>
    flood(host, "port", "9650", [
      "GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
      "GET /status HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n",
      garbage,
      "GET / HT",
      "",
      `GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    ]),
  );
  // Bounds for a noisy machine; the figures of this run stand in the comments above.
  const noise = share(calm, 0.5);
  for (const [what, errors] of [
    ["control socket", asked],
    ["HTTP", browsed],
  ] as const) {
    t.ok(errors.length > 10, `${what}: adverts went on`);
    t.ok(share(errors, 0.5) < noise + INTERVAL_MILLIS / 4, `${what}: the middle gap is on time`);
    t.ok(share(errors, 0.95) < 2 * INTERVAL_MILLIS, `${what}: nearly all are within a backup's patience`);
  }
  t.strictSame(
    nodes.capture.adverts({ from: "b", afterMicros: settledAtMicros }),
    [],
    "the backup never saw a reason to take over",
  );
  const status = await until(() => nodes.status("a"), { what: "an answer after all that" });
  t.match(status.instances[0], { state: "MASTER" });
  t.equal(status.instances[0]!.transitions.length, 2);
});

t.test("over the control socket only “stop” changes anything, and half a request is none", async (t) => {
  const nodes = await Nodes.create(t);
  const daemon = nodes.start("a");
  await nodes.untilState("a", "MASTER");
  const host = nodes.host("a");
  const say = async (text: string) => {
    const script = `const s=require("node:net").connect("/run/vrrpd/ipfailover.sock",()=>s.write(process.argv[1]));
      let a="";s.on("data",(d)=>{a+=d});s.on("close",()=>console.log(a.trim()||"nothing"));s.on("error",()=>{})`;
    return (await host.ok([process.execPath, "-e", script, text])).trim();
  };
  for (const text of ['{"command":"__proto__"}\n', '{"command":5}\n', "[]\n", "null\n", "stop\n", "\n"]) {
    t.match(await say(text), /unknown request; known are: status, health, stop/);
  }
  t.equal(await say('{"command":"stop"}'), "nothing", "no line feed, no command");
  t.ok(daemon.running);
  t.match(await say('{"command":"stop"}\n'), `{"pid":${daemon.pid}}`);
  t.strictSame(await daemon.exited, { code: 0, signal: null });
});
