/** The HTTP listener: GET alone, limits on everything, names that are known, and a port that is taken. */
import t from "tap";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";

const LISTEN = { VRRPD_METRICS_LISTEN: "127.0.0.1:9650" };

/** Of each conversation: sends bytes, the next after each answer; prints what came back and after how long it ended. */
const SAY = `
const { connect } = require("node:net");
const said = JSON.parse(process.argv[1]).map(([text, ...more]) => new Promise((resolve) => {
  const socket = connect({ port: 9650, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("connect", () => (text.endsWith("END") ? socket.end(text.slice(0, -3)) : socket.write(text)));
  const startedAt = Date.now();
  let answer = "";
  socket.on("data", (part) => {
    answer += part;
    if (more.length > 0) socket.write(more.shift());
  });
  socket.on("error", () => {});
  socket.on("end", () => socket.end());
  socket.on("close", () => resolve({ text: answer, millis: Date.now() - startedAt }));
}));
Promise.all(said).then((answers) => console.log(JSON.stringify(answers)));
`;

interface Said {
  readonly text: string;
  readonly millis: number;
}

async function sayer(t: Parameters<typeof Nodes.create>[0], environment: Record<string, string> = {}) {
  const nodes = await Nodes.create(t, { ...LISTEN, ...environment });
  const daemon = nodes.start("a");
  await daemon.waitForLine(/metrics and health on 127\.0\.0\.1 port 9650/);
  /** All conversations at once; an answer for each. */
  const say = async (...conversations: (string | readonly string[])[]) => {
    const words = JSON.stringify(conversations.map((one) => (typeof one === "string" ? [one] : one)));
    const printed = await nodes.host("a").ok([process.execPath, "-e", SAY, words], { timeoutMs: 30_000 });
    return JSON.parse(printed) as Said[];
  };
  return { daemon, say };
}

const request = (line: string, more = "", host = "127.0.0.1:9650") =>
  `${line} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${more}\r\n`;

t.test("what HTTP is answered, and what is not", async (t) => {
  const { daemon, say } = await sayer(t);
  t.match((await say(request("GET /readyz")))[0]!.text, /^HTTP\/1\.1 503 [\s\S]*(INIT|first election)/);
  const methods = ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];
  const refused = await say(...methods.map((method) => request(`${method} /status`)));
  for (const [index, { text }] of refused.entries()) {
    t.match(text, /^HTTP\/1\.1 405 [\s\S]*allow: GET/, methods[index]!);
  }
  const expected: [string, RegExp][] = [
    [request("GET /none"), /^HTTP\/1\.1 404 /],
    [request("GET /../../etc/passwd"), /^HTTP\/1\.1 404 /],
    [request("GET /healthz?verbose=1"), /^HTTP\/1\.1 200 /],
    [request("GET /", `x: ${"y".repeat(9_000)}\r\n`), /^HTTP\/1\.1 431 /],
    [request("GET /", `x: ${"y".repeat(90_000)}\r\n`), /^HTTP\/1\.1 431 |^$/],
    ["garbage\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["\n\n\r\n", /^$/],
    [request("GET /"), /policy: default-src 'none'; connect-src 'self'; img-src data:; script-src 'sha256-/],
    ["GET / HTTP/1.1\r\nhost: ", /^$/],
  ];
  const said = await say(...expected.map(([text]) => text));
  for (const [index, [text, pattern]] of expected.entries()) {
    t.match(said[index]!.text, pattern, text.slice(0, 60));
  }
  const slow = said.at(-1)!.millis;
  t.ok(slow < 10_000, `a client that stops half-way is sent away (${slow} ms)`);
  await until(async () => (await say(request("GET /readyz")))[0]!.text.includes(" 200 "), {
    what: "the first election",
  });
  t.ok(daemon.running);
});

t.test("one request at a time, without a body", async (t) => {
  const { say } = await sayer(t);
  const get = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
  const [three, pipelined, body, chunked, posted, ended, bare] = await say(
    [`${get}\r\n`, `\r\n${get}\r\n`, `${get}connection: close\r\n\r\n`],
    `${get}\r\n`.repeat(1_000),
    `${get}content-length: 4\r\n\r\nbody`,
    `${get}transfer-encoding: chunked\r\n\r\n`,
    "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\nbody",
    `${get}\r\nEND`,
    "GET /healthz HTTP/1.0\n\n",
  );
  const answers = ({ text }: Said) => text.match(/HTTP\/1\.1 200 /g)?.length ?? 0;
  t.equal(answers(three!), 3, "one after the other, on one connection");
  t.ok(answers(pipelined!) <= 1, "what is sent on top is not answered");
  t.ok(pipelined!.millis < 3_000, "and ends the connection at once");
  t.match(body!.text, /^HTTP\/1\.1 413 /);
  t.match(chunked!.text, /^HTTP\/1\.1 413 /);
  t.match(posted!.text, /^HTTP\/1\.1 405 /);
  t.match(ended!.text, / 200 [\s\S]*\nok\n$/, "a client that has said all is answered");
  t.match(bare!.text, /^HTTP\/1\.1 (200|400) /, "lines that end with LF alone are not waited with");
});

t.test("a name that nobody has configured is refused, an address never is", async (t) => {
  const { say } = await sayer(t, { VRRPD_HTTP_HOSTS: "vip.example.org, Node-a" });
  const known = [
    "192.0.2.7",
    "203.0.113.1:80",
    "[2001:db8::1]",
    "[::1]:9650",
    "LOCALHOST",
    "localhost:1",
    "node-a",
  ];
  known.push("VIP.example.org.:9650", "[fe80::1%25ens3]");
  const unknown = [
    "a",
    "rebound.example",
    "example.org",
    "localhost.example",
    "192.0.2.7.example",
    "[node-a]",
  ];
  unknown.push("192.0.2.300", "node-a@b", "", "::1", "node-a:x", "0x7f.1", "2130706433");
  const ask = (host: string) => request("GET /status", "", host);
  for (const [index, { text }] of (await say(...known.map(ask))).entries()) {
    t.match(text, /^HTTP\/1\.1 200 /, known[index]!);
  }
  for (const [index, { text }] of (await say(...unknown.map(ask))).entries()) {
    t.match(text, /^HTTP\/1\.1 403 [\s\S]*VRRPD_HTTP_HOSTS/, `“${unknown[index]}”`);
    t.notMatch(text, /virtualAddresses/);
  }
  const [health, old, without, two] = await say(
    request("GET /healthz", "", "rebound.example"),
    "GET /healthz HTTP/1.0\r\n\r\n",
    "GET /healthz HTTP/1.1\r\n\r\n",
    request("GET /healthz", "host: rebound.example\r\n"),
  );
  t.match(health!.text, / 403 /, "whatever is asked for");
  t.match(old!.text, / 200 /, "HTTP/1.0 knows no Host");
  t.match(without!.text, / 400 /, "HTTP/1.1 demands one");
  t.match(two!.text, / 400 /, "and only one");
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
