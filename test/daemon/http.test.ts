/** The HTTP listener: GET alone, limits on everything, and a port that is taken. */
import t from "tap";
import { until } from "../netns/index.js";
import { Nodes } from "./nodes.js";

const LISTEN = { VRRPD_METRICS_LISTEN: "127.0.0.1:9650" };

/** Sends bytes to the port and prints what comes back and how it ends, within the milliseconds given. */
const SAY = `
const socket = require("node:net").connect(9650, "127.0.0.1", () => socket.write(process.argv[1]));
const startedAt = Date.now();
let text = "";
socket.on("data", (part) => { text += part; });
socket.on("error", () => {});
socket.on("close", () => console.log(JSON.stringify({ text, millis: Date.now() - startedAt })));
`;

t.test("what HTTP is answered, and what is not", async (t) => {
  const nodes = await Nodes.create(t, LISTEN);
  const daemon = nodes.start("a");
  await daemon.waitForLine(/metrics and health on 127\.0\.0\.1 port 9650/);
  const host = nodes.host("a");
  const say = async (text: string) => {
    const printed = await host.ok([process.execPath, "-e", SAY, text], { timeoutMs: 30_000 });
    return JSON.parse(printed) as { text: string; millis: number };
  };
  const request = (line: string, more = "") =>
    say(`${line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${more}\r\n`);

  t.match((await request("GET /readyz")).text, /^HTTP\/1\.1 503 [\s\S]*(INIT|first election)/);
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]) {
    t.match((await request(`${method} /status`)).text, /^HTTP\/1\.1 405 [\s\S]*allow: GET/, method);
  }
  t.match((await request("GET /none")).text, /^HTTP\/1\.1 404 /);
  t.match((await request("GET /../../etc/passwd")).text, /^HTTP\/1\.1 404 /);
  t.match((await request("GET /healthz?verbose=1")).text, /^HTTP\/1\.1 200 /);
  t.match((await request("GET /", `x: ${"y".repeat(9_000)}\r\n`)).text, /^HTTP\/1\.1 431 /);
  t.match((await say("garbage\r\n\r\n")).text, /^HTTP\/1\.1 400 /);
  const page = (await request("GET /")).text;
  t.match(
    page,
    /content-security-policy: default-src 'none'; connect-src 'self'; img-src data:; script-src 'sha256-/,
  );
  const slow = await say("GET / HTTP/1.1\r\nhost: ");
  t.ok(slow.millis < 10_000, `a client that stops half-way is sent away (${slow.millis} ms)`);
  await until(async () => (await request("GET /readyz")).text.includes(" 200 "), {
    what: "the first election",
  });
  t.ok(daemon.running);
});

t.test("a port that is taken is a warning and tried again; off is off", async (t) => {
  const nodes = await Nodes.create(t);
  const host = nodes.host("a");
  const other = host.start([
    process.execPath,
    "-e",
    "require('node:net').createServer().listen(9650, '127.0.0.1', () => console.log('mine'))",
  ]);
  await other.waitForLine(/mine/);
  const daemon = nodes.start("a", LISTEN);
  await daemon.waitForLine(/cannot listen on 127\.0\.0\.1 port 9650 \(EADDRINUSE\); tried again every 5 s/);
  await nodes.untilState("a", "MASTER");
  await other.stop();
  await daemon.waitForLine(/metrics and health on/, { timeoutMs: 20_000 });
  nodes.start("b");
  await nodes.untilState("b", "BACKUP");
  const listening = await nodes.host("b").ok(["cat", "/proc/net/tcp"]);
  t.equal(listening.trim().split("\n").length, 1, "without the variable nothing listens");
});
