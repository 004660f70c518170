/** A container is replaced by one of another image: SIGTERM, and the next one starts. */
import type { Test } from "tap";
import { advert, type HostProcess, until } from "../netns/index.js";
import type { Container } from "./container.js";
import type { Image } from "./image.js";
import { NODES, SERVICE_PORT, Site, SPECIFIED_ENVIRONMENT, VIPS } from "./site.js";

const HANDOVER_MICROS = 1_000_000;
/** The machine may be busy with something else: of so many handovers one has to be in time. */
const HANDOVER_ATTEMPTS = 5;
/** Of each instance: more than a down interval, after which a node that does not delay its preemption takes over. */
const ADVERTS_WATCHED = 6;
const WAIT_MS = 60_000;
type Node = (typeof NODES)[number];

/** Asks at each address 40 times a second and prints who answered: when it asked, when it was told, address, node. */
const CLIENT = `
const [port, ...addresses] = process.argv.slice(1);
const ask = (host) => {
  const askedAt = Date.now();
  const request = require("node:http").get({ host, port, agent: false, timeout: 1000 }, (answer) => {
    answer.setEncoding("utf8").on("data", (node) => console.log(askedAt, Date.now(), host, node));
  });
  request.on("timeout", () => request.destroy()).on("error", () => {});
};
setInterval(() => addresses.forEach(ask), 25);
`;

export async function testUpgrade(t: Test, before: Image, after: Image): Promise<void> {
  await t.test("the other node takes over in less than a second, and keeps the addresses", (t) =>
    testReplacement(t, before, after),
  );
  await t.test("where preemption is configured they come back", (t) => testPreemption(t, before, after));
}

async function testReplacement(t: Test, before: Image, after: Image): Promise<void> {
  const site = await Site.create(t, before);
  for (const node of NODES) await site.serve(node);
  const containers: Record<string, Container> = { a: site.start("a") };
  for (const address of VIPS) await site.untilHeld(address, ["a"]);
  const startedAt = performance.now();
  containers.b = site.start("b");
  await site.untilBoth(containers.b, "BACKUP");
  t.comment(`BACKUP ${Math.round(performance.now() - startedAt)} ms after the start`);
  const client = site.host("client").start([process.execPath, "-e", CLIENT, SERVICE_PORT, ...VIPS]);
  await untilAnswered(client, "a");

  const masters: Node[] = ["a"];
  const handovers: number[] = [];
  while (handovers.length < HANDOVER_ATTEMPTS && !handovers.some((micros) => micros < HANDOVER_MICROS)) {
    const master = masters.at(-1)!;
    const next: Node = master === "a" ? "b" : "a";
    const atMicros = await containers[master]!.signal("SIGTERM");
    t.match(await containers[master]!.ended(), { code: 0 });
    containers[master] = site.start(master, { image: after });
    handovers.push((await firstAdverts(site, next, atMicros)) - atMicros);
    await site.untilBoth(containers[master]!, "BACKUP");
    await untilAnswered(client, next);
    await testNothingFollows(t, site, next, master);
    masters.push(next);
  }
  const milliseconds = handovers.map((micros) => Math.round(micros / 1000)).join(", ");
  t.comment(`handed over in ${milliseconds} ms on the wire`);
  t.ok(Math.min(...handovers) < HANDOVER_MICROS, `in under a second, ${milliseconds} ms`);
  for (const address of VIPS) {
    const answers = answersOf(client).filter((answer) => answer.address === address);
    const nodes = answers.map(({ node }) => node).filter((node, index, all) => node !== all[index - 1]);
    t.strictSame(nodes, masters, `who answers at ${address} changes once a replacement`);
    t.comment(`the client was without an answer at ${address} for ${longestSilence(answers)} ms at most`);
  }
}

async function testPreemption(t: Test, before: Image, after: Image): Promise<void> {
  const site = await Site.create(t, before);
  for (const node of NODES) await site.serve(node);
  const preemption = { OPENSHIFT_HA_PREEMPTION: "preempt_delay 1", VRRPD_ADVERT_INTERVAL: "0.2" };
  const env = { ...SPECIFIED_ENVIRONMENT, ...preemption };
  const containers = { a: site.start("a", { env }), b: site.start("b", { env }) };
  for (const address of VIPS) await site.untilHeld(address);
  const first = await site.untilHeld(VIPS[0], ["a"]);
  await containers.a.end();
  await site.untilHeld(VIPS[0], ["b"]);
  site.start("a", { env, image: after });
  t.equal(await site.untilHeld(VIPS[0], ["a"]), first, "the node of higher priority takes it back");
}

/** When the last of both instances was first advertised from there. */
async function firstAdverts(site: Site, from: string, afterMicros: number): Promise<number> {
  const firsts = await Promise.all(
    [1, 2].map((virtualRouterId) => site.capture.waitFor(advert({ from, afterMicros, virtualRouterId }))),
  );
  return Math.max(...firsts.map((frame) => frame.atMicros));
}

/** The one that came back listens: the next adverts are the new master's, and the addresses stay. */
async function testNothingFollows(t: Test, site: Site, master: string, other: string): Promise<void> {
  const sinceMicros = Date.now() * 1000;
  const countOf = (from: string) => site.capture.adverts({ from, afterMicros: sinceMicros }).length;
  const expected = ADVERTS_WATCHED * VIPS.length;
  await until(() => countOf(master) >= expected, { what: "more adverts", timeoutMs: WAIT_MS });
  t.equal(countOf(other), 0, `${other} says nothing`);
  for (const address of VIPS) t.equal(await site.untilHeld(address), master);
}

interface Answer {
  readonly askedAt: number;
  readonly toldAt: number;
  readonly address: string;
  readonly node: string;
}

/** In the order of the questions. */
function answersOf(client: HostProcess): Answer[] {
  const answers = client.lines.map(({ text }) => {
    const [askedAt, toldAt, address, node] = text.split(" ") as [string, string, string, string];
    return { askedAt: Number(askedAt), toldAt: Number(toldAt), address, node };
  });
  return answers.sort((one, other) => one.askedAt - other.askedAt);
}

function longestSilence(answers: readonly Answer[]): number {
  const times = answers.map(({ toldAt }) => toldAt).sort((one, other) => one - other);
  return Math.max(...times.slice(1).map((time, index) => time - times[index]!));
}

async function untilAnswered(client: HostProcess, node: string): Promise<void> {
  const next = client.lines.length;
  for (const address of VIPS)
    await client.waitForLine(new RegExp(` ${address} ${node}$`), { after: next, timeoutMs: WAIT_MS });
}
