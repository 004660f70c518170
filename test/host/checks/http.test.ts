/** The HTTP check asks real servers, good ones and all kinds of bad ones. */
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import t, { type Test } from "tap";
import { type CheckPlan, type HttpCheck, parseEnvironment } from "../../../src/config/index.js";
import { http } from "../../../src/host/checks/http.js";
import { MINIMAL } from "../../config/support.js";
import { enterNamespace } from "../netlink/support.js";
import { until } from "../scripts/script-folder.js";
import { NO_LAUNCHERS, watchCheck } from "./watch.js";

enterNamespace();

/** For a name that nobody asks for, and signed by itself. */
const PEM = readFileSync(new URL("self-signed.pem", import.meta.url));
const CHUNK = Buffer.alloc(65_536, "x");

type Env = Readonly<Record<string, string>>;

function checkOf(url: string, env: Env = {}): CheckPlan<HttpCheck> {
  const given = { ...MINIMAL, VRRPD_HTTP_CHECK: url, OPENSHIFT_HA_CHECK_INTERVAL: "60", ...env };
  const check = parseEnvironment(given).intent!.checks[0];
  if (check?.kind !== "http") throw new Error("there is no HTTP check");
  return { ...check, address: null };
}

const watch = (t: Test, url: string, env: Env = {}) => watchCheck(t, http, checkOf(url, env));

async function firstResult(t: Test, url: string, env: Env = {}): Promise<string> {
  const { results, running } = watch(t, url, env);
  await until(() => results.length > 0);
  await running.stop();
  return results[0]!.replace(/[\d.]+ ms$/, "N ms");
}

async function listen(t: Test, server: Server | ReturnType<typeof createTcpServer>, host = "127.0.0.1") {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** What each path of the server does. */
const PATHS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/good": (response) => void response.end("ok"),
  "/kube-proxy": (response) =>
    void response.writeHead(503).end('{\n "service": "web",\n "localEndpoints": 0\u001b[m\n}'),
  "/elsewhere": (response) => void response.writeHead(302, { Location: "/good" }).end(),
  "/phrase": (response) => void response.writeHead(418, `${"p".repeat(60)}`).end(),
  "/endless": (response) => {
    const more = () => {
      while (response.write(CHUNK));
      response.once("drain", more);
    };
    more();
  },
  "/cut": (response) => {
    response.writeHead(200, { "Content-Length": "100" }).write("half");
    setTimeout(() => response.destroy(), 20);
  },
};

t.test("the status decides, and is told with the first words of the body", async (t) => {
  const asked: { url: string; host: string; agent: string }[] = [];
  const server = createServer((request, response) => {
    const { url = "", headers } = request;
    asked.push({ url, host: headers.host!, agent: headers["user-agent"]! });
    PATHS[url.split("?")[0]!]!(response);
  });
  const base = `http://127.0.0.1:${await listen(t, server)}`;
  t.equal(await firstResult(t, `${base}/good?token=secret`), `pass: ${base}/good?… answered 200 OK in N ms`);
  t.strictSame(asked, [{ url: "/good?token=secret", host: base.slice(7), agent: "vrrpd" }]);
  t.equal(
    await firstResult(t, `${base}/kube-proxy`),
    `fail: ${base}/kube-proxy answered 503 Service Unavailable where 200-399 is accepted: ` +
      '{ "service": "web", "localEndpoints": 0\\u001b[m }',
  );
  t.equal(
    await firstResult(t, `${base}/kube-proxy`, { VRRPD_HTTP_CHECK_STATUS: "200,503" }),
    `pass: ${base}/kube-proxy answered 503 Service Unavailable in N ms`,
  );
  t.equal(
    await firstResult(t, `${base}/elsewhere`),
    `pass: ${base}/elsewhere answered 302 Found, not followed, in N ms`,
  );
  t.equal(
    await firstResult(t, `${base}/elsewhere`, { VRRPD_HTTP_CHECK_STATUS: "200" }),
    `fail: ${base}/elsewhere answered 302 Found, not followed, where 200 is accepted`,
  );
  t.equal(asked.filter(({ url }) => url === "/good").length, 0, "nobody has gone there");
  t.match(await firstResult(t, `${base}/phrase`), /answered 418 p{40} where/);
  t.equal(await firstResult(t, `${base}/endless`), `pass: ${base}/endless answered 200 OK in N ms`);
  t.equal(await firstResult(t, `${base}/cut`), `fail: ${base}/cut: its answer broke off`);
  await firstResult(t, `${base}/good`, { VRRPD_HTTP_CHECK_HOST: "shop.example:8080" });
  t.equal(asked.at(-1)!.host, "shop.example:8080");
});

t.test("IPv6 addresses, and localhost of either family", async (t) => {
  const answer = () => createServer((_request, response) => void response.end());
  const port = await listen(t, answer(), "::1");
  t.equal(
    await firstResult(t, `http://[::1]:${port}`),
    `pass: http://[::1]:${port}/ answered 200 OK in N ms`,
  );
  t.match(await firstResult(t, `http://localhost:${port}`), /^pass: http:\/\/localhost:\d+\/ answered 200/);
  const four = await listen(t, answer());
  t.match(await firstResult(t, `http://localhost:${four}`), /^pass/);
});

t.test("over TLS whoever answers is taken as it is; the name that is asked for is the Host's", async (t) => {
  const names: (string | false)[] = [];
  const server = createTlsServer({ key: PEM, cert: PEM }, (_request, response) => void response.end());
  server.on("secureConnection", ({ servername }) => names.push(servername ?? false));
  const port = await listen(t, server);
  t.match(await firstResult(t, `https://127.0.0.1:${port}/`), /^pass: https:.* answered 200 OK/);
  await firstResult(t, `https://127.0.0.1:${port}/`, { VRRPD_HTTP_CHECK_HOST: "shop.example:443" });
  t.strictSame(names, [false, "shop.example"]);
  t.match(
    await firstResult(t, `http://127.0.0.1:${port}/`),
    /^fail: .*(is not HTTP\/1|ended before an answer)/,
  );
  const plain = await listen(t, createServer());
  t.match(await firstResult(t, `https://127.0.0.1:${plain}/`), /^fail: .*: no TLS connection \(.+\)$/);
});

/** A server below HTTP: it does this with each connection once it was asked. */
async function raw(t: Test, answer: (socket: Socket) => void) {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.once("data", () => answer(socket));
  });
  return { open, base: `http://127.0.0.1:${await listen(t, server)}` };
}

/** Says it for as long as anybody listens. */
function flood(socket: Socket, text: string): void {
  const chunk = Buffer.from(text.repeat(Math.ceil(4_096 / text.length)));
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}

t.test("what is no answer fails, with the reason, and no connection stays", async (t) => {
  const cases: readonly [string, (socket: Socket) => void, RegExp][] = [
    ["garbage", (socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n"), /is not HTTP\/1 \(HPE_/],
    ["reset", (socket) => void socket.resetAndDestroy(), /the connection ended before an answer$/],
    ["end", (socket) => void socket.end(), /the connection ended before an answer$/],
    ["half a header", (socket) => void socket.end("HTTP/1.1 200 OK\r\nA:"), /^fail: /],
    [
      "endless headers",
      (socket) => flood(socket, `HTTP/1.1 200 OK\r\nA: ${"x".repeat(99)}`),
      /longer than 16 KiB$/,
    ],
    [
      "endless interim answers",
      (socket) => flood(socket, "HTTP/1.1 103 Early\r\n\r\n"),
      /longer than 256 KiB$/,
    ],
    [
      "another protocol",
      (socket) => void socket.write("HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
      /answered 101 Up where/,
    ],
  ];
  for (const [what, answer, expected] of cases) {
    const { base, open } = await raw(t, answer);
    const result = await firstResult(t, base);
    t.match(result, /^fail/, what);
    t.match(result, expected, what);
    await until(() => open.size === 0);
  }
  t.equal(await firstResult(t, "http://127.0.0.1:9/"), "fail: http://127.0.0.1:9/: connection refused");
  t.match(
    await firstResult(t, "http://192.0.2.1/"),
    /^fail: http:\/\/192\.0\.2\.1\/: no route \(ENETUNREACH\)$/,
  );
  t.match(await firstResult(t, "http://localhost:9/"), /^fail: .*: connection refused$/);
});

t.test("who never answers, or never ends, times out, one connection at a time", async (t) => {
  const silent = await raw(t, () => {});
  const slow = await raw(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    const drops = setInterval(() => socket.write("x"), 20);
    socket.on("close", () => clearInterval(drops));
  });
  for (const { base, open } of [silent, slow]) {
    const { results, counts, running } = watch(t, base, { OPENSHIFT_HA_CHECK_INTERVAL: "0.1" });
    await until(() => results.length >= 3);
    t.strictSame([...new Set(results)], [`timeout: no whole answer from ${base}/ within 0.1 s`]);
    t.ok(open.size <= 2, `${open.size} connections; one of them may be ending`);
    await running.stop();
    const { length } = results;
    await until(() => open.size === 0);
    t.equal(results.length, length, "nothing is told after the end");
    t.equal(counts.started, counts.ended + 1, "each run but the last has ended");
  }
});

t.test("doctor asks once, within a second", async (t) => {
  const server = createServer((_request, response) => void response.writeHead(500).end("down"));
  const url = `http://127.0.0.1:${await listen(t, server)}/`;
  t.match(await http.examine(checkOf(url), NO_LAUNCHERS), [
    { level: "warning", subject: "http", text: /answered 500 .*: down: the node would be in FAULT$/ },
  ]);
  t.match(await http.examine(checkOf(url, { VRRPD_HTTP_CHECK_STATUS: "500" }), NO_LAUNCHERS), [
    { level: "ok" },
  ]);
  const silent = await raw(t, () => {});
  t.match(await http.examine(checkOf(silent.base), NO_LAUNCHERS), [
    { text: /no whole answer within a second/ },
  ]);
  await until(() => silent.open.size === 0);
});
