import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import t, { type Test } from "tap";
import { type IpAddress, parseAddress } from "../../../src/base/address.js";
import { type Probe, type ProbeOptions, startProbe } from "../../../src/host/checks/tcp.js";
import { addPair, enterNamespace, ip } from "../netlink/support.js";
import { until } from "../scripts/script-folder.js";

enterNamespace();
ip("address add 192.0.2.1/32 dev lo");
ip("address add 192.0.2.2/32 dev lo");
ip("address add 2001:db8::1/128 dev lo nodad");
addPair("left", "right");
ip("address add 198.51.100.1/24 dev left");

const NODE = parseAddress("192.0.2.1")!;
const NODE_6 = parseAddress("2001:db8::1")!;
const LONG_INTERVAL = 60_000_000;
const SHORT_INTERVAL = 50_000;

class Watched {
  readonly results: [string, string][] = [];
  readonly probe: Probe;

  constructor(t: Test, options: Partial<ProbeOptions>) {
    this.probe = startProbe({
      address: NODE,
      port: 1,
      intervalMicros: LONG_INTERVAL,
      onResult: (outcome, detail) => this.results.push([outcome, detail]),
      onProblem: (sentence) => t.fail(sentence),
      ...options,
    });
    t.teardown(() => this.probe.stop());
  }

  async next(outcome: string): Promise<string> {
    const from = this.results.length;
    const find = () => this.results.slice(from).find(([kind]) => kind === outcome);
    await until(() => find() !== undefined);
    return find()![1];
  }
}

/** A server on a port of the kernel's choice, and the ends of connections to it. */
async function listen(t: Test, address: IpAddress, port = 0) {
  const connections = { opened: 0, ended: 0 };
  const server = createServer((socket: Socket) => {
    connections.opened++;
    socket.on("error", () => {});
    socket.on("close", () => connections.ended++);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(port, address.text, resolve));
  t.teardown(() => server.close());
  return { server, connections, port: (server.address() as { port: number }).port };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

t.test("a port that is listened on passes, at once, and the connection is closed", async (t) => {
  const { port, connections } = await listen(t, NODE);
  const watched = new Watched(t, { port });
  t.match(await watched.next("pass"), new RegExp(`^connected to 192\\.0\\.2\\.1:${port} in [\\d.]+ ms$`));
  await until(() => connections.ended === 1);
  t.equal(connections.opened, 1);
});

t.test("an IPv6 address is probed as well", async (t) => {
  const { port } = await listen(t, NODE_6);
  const watched = new Watched(t, { port, address: NODE_6 });
  t.match(await watched.next("pass"), new RegExp(`^connected to \\[2001:db8::1\\]:${port} in [\\d.]+ ms$`));
});

t.test("a port that nobody listens on fails, and passes again when somebody does", async (t) => {
  const { port, server } = await listen(t, NODE);
  const watched = new Watched(t, { port, intervalMicros: SHORT_INTERVAL });
  await watched.next("pass");
  await closed(server);
  t.equal(await watched.next("fail"), `192.0.2.1:${port}: connection refused`);
  await listen(t, NODE, port);
  await watched.next("pass");
});

t.test("without an address nothing is probed; with one, and another one, it is at once", async (t) => {
  const { port, connections } = await listen(t, NODE);
  const watched = new Watched(t, { port, address: null });
  watched.probe.setTarget(NODE);
  await watched.next("pass");
  watched.probe.setTarget(NODE);
  watched.probe.setTarget(parseAddress("192.0.2.2"));
  t.equal(await watched.next("fail"), `192.0.2.2:${port}: connection refused`);
  t.equal(connections.opened, 1, "the same address again changes nothing");
  t.equal(watched.results.length, 2);
});

t.test("after stop there is no result and no connection", async (t) => {
  const { port, connections } = await listen(t, NODE);
  const watched = new Watched(t, { port, intervalMicros: SHORT_INTERVAL });
  await watched.next("pass");
  watched.probe.stop();
  const count = watched.results.length;
  await until(() => connections.ended === connections.opened);
  const { opened } = connections;
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.equal(watched.results.length, count);
  t.equal(connections.opened, opened);
});

t.test("a listener may stop the probe from within a result", async (t) => {
  const { port } = await listen(t, NODE);
  const results: string[] = [];
  const probe = startProbe({
    address: NODE,
    port,
    intervalMicros: SHORT_INTERVAL,
    onResult: (outcome) => {
      results.push(outcome);
      probe.stop();
    },
    onProblem: (sentence) => t.fail(sentence),
  });
  await until(() => results.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.equal(results.length, 1);
});

t.test("no answer within the interval is a timeout, again and again, one connection at a time", async (t) => {
  // Nobody has this address, so the kernel never gets to send its SYN.
  const target = parseAddress("198.51.100.9")!;
  const watched = new Watched(t, { port: 80, address: target, intervalMicros: SHORT_INTERVAL });
  t.equal(await watched.next("timeout"), "no answer from 198.51.100.9:80 within 0.05 s");
  await watched.next("timeout");
  const synSent = readFileSync("/proc/net/tcp", "utf8").match(/ 096433C6:0050 02 /g) ?? [];
  t.ok(synSent.length <= 1, `${synSent.length} connections`);
  t.equal(watched.results.filter(([outcome]) => outcome !== "timeout").length, 0);
});

t.test("a connection that meets itself is no answer", async (t) => {
  const range = "/proc/sys/net/ipv4/ip_local_port_range";
  const usual = readFileSync(range, "utf8");
  t.teardown(() => writeFileSync(range, usual));
  writeFileSync(range, "40001 40001");
  const watched = new Watched(t, { port: 40_001 });
  t.equal(await watched.next("fail"), "192.0.2.1:40001: connection refused");
});
