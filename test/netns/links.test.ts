import t, { type Test } from "tap";
import { createLan, type Host, type Lan, until } from "./index.js";

async function twoHosts(t: Test): Promise<{ lan: Lan; a: Host; b: Host }> {
  const lan = await createLan({
    hosts: { a: { addresses: ["192.0.2.1/24"] }, b: { addresses: ["192.0.2.2/24"] } },
  });
  t.teardown(() => lan.destroy());
  return { lan, a: lan.host("a"), b: lan.host("b") };
}

const hasCarrier = async (host: Host) =>
  (await host.run(["cat", "/sys/class/net/eth0/carrier"])).stdout === "1\n";

/** Sends numbered datagrams to b, and returns how many of them arrived. */
async function delivered(a: Host, b: Host, count: number): Promise<number> {
  const receiver = b.start([process.execPath, "-e", RECEIVER], { name: "receiver" });
  await receiver.waitForLine(/^ready$/);
  await a.ok([process.execPath, "-e", SENDER, String(count)]);
  receiver.kill("SIGTERM");
  const end = await receiver.exited;
  return end.code === 0 ? Number(receiver.lines.at(-1)!.text) : Number.NaN;
}

/** On SIGTERM it says how many came, once no more do. */
const RECEIVER = `
const socket = require("node:dgram").createSocket("udp4");
let count = 0;
let quiet;
socket.on("message", () => { count++; quiet?.refresh(); });
socket.bind(7000, () => console.log("ready"));
process.on("SIGTERM", () => {
  quiet = setTimeout(() => { console.log(String(count)); process.exit(0); }, 100);
});
`;

const SENDER = `
const socket = require("node:dgram").createSocket("udp4");
let left = Number(process.argv[1]);
const next = () => left-- > 0 ? socket.send("x", 7000, "192.0.2.2", next) : socket.close();
next();
`;

/** So that a lost ARP request counts for nothing. */
const pinNeighbor = (host: Host, peer: Host, address: string) =>
  host.ok(["ip", "neighbor", "replace", address, "lladdr", peer.mac, "dev", "eth0", "nud", "permanent"]);

t.test("cut takes the carrier away, heal gives it back", async (t) => {
  const { a, b } = await twoHosts(t);
  t.ok(await hasCarrier(a));
  await a.cut();
  await until(async () => !(await hasCarrier(a)), { what: "a to lose its carrier" });
  t.ok(await hasCarrier(b), "the other host keeps its own");
  t.notOk(await b.reaches("192.0.2.1", { timeoutMs: 300 }));
  await a.heal();
  await until(() => hasCarrier(a), { what: "a to have a carrier again" });
  await until(() => b.reaches("192.0.2.1"), { what: "a to be reached again" });
});

t.test("isolate swallows frames one way or both, and the carrier stays", async (t) => {
  const { a, b } = await twoHosts(t);
  await pinNeighbor(a, b, "192.0.2.2");
  await pinNeighbor(b, a, "192.0.2.1");
  await a.isolate({ direction: "in" });
  t.ok(await hasCarrier(a));
  t.equal(await delivered(a, b, 20), 20, "in: what it sends arrives");
  t.notOk(await a.reaches("192.0.2.2", { timeoutMs: 300 }), "in: it hears nothing");
  await a.rejoin();
  await a.isolate({ direction: "out" });
  t.equal(await delivered(a, b, 20), 0, "out: what it sends is lost");
  await a.rejoin();
  await a.isolate();
  t.equal(await delivered(a, b, 20), 0, "both");
  await a.rejoin();
  t.ok(await a.reaches("192.0.2.2"), "rejoined");
});

t.test("drop loses about the share it is told", async (t) => {
  const { a, b } = await twoHosts(t);
  await pinNeighbor(a, b, "192.0.2.2");
  await a.drop(50, "out");
  const half = await delivered(a, b, 400);
  // 400 coins: outside of 100..300 ten standard deviations from the middle.
  t.ok(half > 100 && half < 300, `${half} of 400 arrived`);
  await b.drop(100, "in");
  t.equal(await delivered(a, b, 50), 0, "the rules of two hosts stand beside each other");
  await a.drop(0);
  await b.drop(0);
  t.equal(await delivered(a, b, 50), 50);
  await t.rejects(a.drop(101), { code: "EDESCRIPTION" });
  await t.rejects(a.drop(Number.NaN), { code: "EDESCRIPTION" });
});
