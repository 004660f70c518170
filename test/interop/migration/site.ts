/** Two nodes on one file of the corpus, a client that asks their virtual addresses all the time, and what may be said of them. */
import { fileURLToPath } from "node:url";
import type { CorpusCase } from "../../config/keepalived/corpus.js";
import { type Capture, createLan, type Lan, until } from "../../netns/index.js";
import { doubleMasters, sentBy } from "../judge/continuity.js";
import { HoldingWatch, overlaps, type Span } from "../judge/holdings.js";
import { TOLERANCE_MICROS } from "../judge/timers.js";
import { writeFiles } from "../keepalived-conf/run.js";
import type { Group } from "../speakers.js";
import { Client } from "../takeover/client.js";
import { startAnswering } from "./answering.js";
import { FOLDER, Node, nowMicros } from "./node.js";

export const NAMES = ["a", "b"] as const;
export type NodeName = (typeof NAMES)[number];
/** On which node each instance is, by the instance's name. */
export type Places = Readonly<Record<string, NodeName>>;

const ASKER = fileURLToPath(new URL("asker.mjs", import.meta.url));
const PORT = 4000;
const ASKING_MILLIS = 100;
const PATIENCE_MILLIS = 120_000;
const SELDOM_MILLIS = 250;
const OFTEN_MILLIS = 100;

/** What an instance has in Keepalived's own dump. */
interface Instance extends Group {
  readonly name: string;
  /** Without prefix length, those that are not advertised as well. */
  readonly addresses: readonly string[];
  /** Those that the client can ask: not the link-local ones. */
  readonly asked: readonly string[];
}

export class Site {
  readonly nodes: Readonly<Record<NodeName, Node>>;
  /** When a node may hold addresses that another one serves: a killed one, until another runs in its place. */
  readonly #leftovers: (Span & { readonly of: NodeName })[] = [];

  private constructor(
    readonly lan: Lan,
    readonly capture: Capture,
    readonly instances: readonly Instance[],
    private readonly watches: Readonly<Record<NodeName, HoldingWatch>>,
    private readonly client: Client,
  ) {
    this.nodes = { a: new Node(lan.host("a")), b: new Node(lan.host("b")) };
  }

  /** @param partner the file of the second node */
  static async create(one: CorpusCase, partner: CorpusCase): Promise<Site> {
    const lan = await createLan({
      privateDirectories: [FOLDER, "/run/vrrpd"],
      hosts: {
        a: nodeAt(11),
        b: nodeAt(12),
        client: { addresses: ["192.0.2.99/24", "198.51.100.99/24", "2001:db8::99/64"] },
      },
    });
    const [a, b] = [lan.host("a"), lan.host("b")];
    for (const host of [a, b]) await startAnswering(host, PORT);
    for (const [host, its] of [
      [a, one],
      [b, partner],
    ] as const) {
      writeFiles(its, host);
      await host.ok(["hostname", its.host.hostname]);
    }
    const watches = { a: await HoldingWatch.start(a), b: await HoldingWatch.start(b) };
    const instances = instancesOf(one);
    const client = new Client(
      lan.host("client"),
      PORT,
      instances.flatMap(({ asked }) => asked),
      [process.execPath, ASKER],
      ASKING_MILLIS,
    );
    return new Site(lan, await lan.capture(), instances, watches, client);
  }

  async close(): Promise<void> {
    for (const node of Object.values(this.nodes)) node.close();
    await this.lan.destroy();
  }

  get addresses(): readonly string[] {
    return this.instances.flatMap(({ addresses }) => addresses);
  }

  /** The longest of the instances. */
  get intervalMicros(): number {
    return Math.max(...this.instances.map(({ intervalSeconds }) => intervalSeconds)) * 1_000_000;
  }

  allOn(name: NodeName): Places {
    return Object.fromEntries(this.instances.map((instance) => [instance.name, name]));
  }

  /** Returns when each instance is where it is to be, on that node alone, and has stayed there for so many adverts. */
  async settled(places: Places, adverts: number): Promise<void> {
    for (const { name, addresses } of this.instances)
      for (const address of addresses) await this.untilOn(places[name]!, address);
    await this.untilServed(places, adverts);
  }

  /** Returns when so many adverts of each instance have come from its node, and the client gets answers. */
  async untilServed(places: Places, adverts: number): Promise<void> {
    const since = nowMicros();
    const heard = (instance: Instance, from: NodeName) =>
      this.capture.adverts({ from, afterMicros: since }).filter(({ advert }) => isOf(instance, advert));
    await until(() => this.instances.every((one) => heard(one, places[one.name]!).length >= adverts), {
      what: `${adverts} adverts from ${JSON.stringify(places)}`,
      timeoutMs: PATIENCE_MILLIS,
      intervalMs: SELDOM_MILLIS,
    });
    await this.client.untilAnswered();
  }

  private async untilOn(name: NodeName, address: string): Promise<void> {
    const held = () =>
      Promise.all(
        NAMES.map(async (one) => (await this.nodes[one].host.hasAddress(address)) === (one === name)),
      );
    await until(async () => (await held()).every(Boolean), {
      what: `${address} on ${name} alone`,
      timeoutMs: PATIENCE_MILLIS,
      intervalMs: OFTEN_MILLIS,
    });
  }

  /** Of any address: from the last question before to the first one after that got an answer, in microseconds. */
  longestInterruption(sinceMicros: number): number {
    return Math.max(0, ...this.client.outages(sinceMicros).map(({ lengthMicros }) => lengthMicros));
  }

  /** Sentences about addresses that were answered by others since then than by the node before, and then by the one after. */
  strayAnswers(sinceMicros: number, before: Places, after: Places): string[] {
    return this.instances.flatMap(({ name, asked }) =>
      asked.flatMap((address) => {
        const seen = [before[name]!, ...this.client.answeredBy(address, sinceMicros)].filter(isChange);
        const expected = [before[name]!, after[name]!].filter(isChange);
        return seen.join() === expected.join() ? [] : [`${address} was answered by ${seen.join(", then ")}`];
      }),
    );
  }

  /** What a killed node leaves is no fault from then on until it is gone; returns then. */
  async untilLeftoversAreGone(name: NodeName, sinceMicros: number): Promise<void> {
    const { host } = this.nodes[name];
    await until(
      async () =>
        !(await Promise.all(this.addresses.map((address) => host.hasAddress(address)))).some(Boolean),
      { what: `the end of what ${name} had left`, timeoutMs: PATIENCE_MILLIS },
    );
    this.#leftovers.push({ of: name, fromMicros: sinceMicros, toMicros: nowMicros() });
  }

  /** Sentences about times when two were master of one instance, by the wire and by both kernels. */
  doubles(): string[] {
    const runs = NAMES.flatMap((name) => this.nodes[name].runs);
    return this.instances.flatMap((instance) => [
      ...doubleMasters(instance, sentBy(runs, instance, this.capture.adverts())),
      ...this.strayAnnouncements(instance),
      ...instance.addresses.flatMap((address) => this.sharedBetween(address)),
    ]);
  }

  /** Announcements of a node, when another one had been the master for a while. */
  private strayAnnouncements(instance: Instance): string[] {
    const adverts = this.capture
      .adverts()
      .filter(({ advert, from }) => from !== null && advert.priority > 0 && isOf(instance, advert));
    return this.announcementsOf(instance).flatMap(({ from, atMicros, address }) => {
      const before = adverts.filter((one) => one.atMicros <= atMicros);
      const own = before.findLast((one) => one.from === from);
      const takenOver = before.find(
        (one) => one.from !== from && one.atMicros > (own?.atMicros ?? Number.NEGATIVE_INFINITY),
      );
      const late = takenOver === undefined ? 0 : atMicros - takenOver.atMicros;
      return late > TOLERANCE_MICROS
        ? [`${from} announced ${address} ${late / 1000} ms after ${takenOver!.from} had become master`]
        : [];
    });
  }

  private announcementsOf({ addresses }: Instance) {
    return addresses.flatMap((address) => [
      ...this.capture
        .arps({ sender: address, gratuitous: true })
        .map(({ from, atMicros }) => ({ from, atMicros, address })),
      ...this.capture
        .neighborAdvertisements({ target: address, solicited: false })
        .map(({ from, atMicros }) => ({ from, atMicros, address })),
    ]);
  }

  private sharedBetween(address: string): string[] {
    const [a, b] = NAMES.map((name) =>
      this.#leftovers
        .filter(({ of }) => of === name)
        .reduce((spans, leftover) => without(spans, leftover), this.watches[name].spans(address, null)),
    );
    return overlaps(a!, b!)
      .filter((micros) => micros > TOLERANCE_MICROS)
      .map((micros) => `${address} was on both nodes for ${micros / 1000} ms`);
  }
}

function isChange(name: string, index: number, all: readonly string[]): boolean {
  return name !== all[index - 1];
}

/** As the host of the corpus. */
function nodeAt(last: number) {
  return {
    addresses: [`192.0.2.${last}/24`, `2001:db8::${last}/64`],
    interfaces: { eth1: { addresses: [`198.51.100.${last}/24`], mac: `02:00:00:00:01:${last}` } },
  };
}

function instancesOf({ decisive }: CorpusCase): Instance[] {
  return Object.entries(decisive.instances ?? {}).map(([name, one]) => {
    const bare = (list: readonly { readonly address: string }[]) =>
      list.map(({ address }) => address.replace(/\/.*/, ""));
    const addresses = [...bare(one.addresses), ...bare(one.excluded)];
    return {
      name,
      addresses,
      asked: addresses.filter((address) => !address.startsWith("fe80:")),
      family: one.family as Group["family"],
      version: one.version as Group["version"],
      virtualRouterId: one.virtual_router_id,
      virtualAddress: bare(one.addresses)[0]!,
      intervalSeconds: one.advert_int_ms / 1000,
      password: one.auth_pass,
    };
  });
}

function isOf(
  { virtualRouterId, virtualAddress }: Instance,
  advert: { readonly virtualRouterId: number; readonly addresses: readonly { readonly text: string }[] },
): boolean {
  return (
    advert.virtualRouterId === virtualRouterId && advert.addresses.some(({ text }) => text === virtualAddress)
  );
}

/** What is left of the spans beside another one. */
function without(spans: readonly Span[], { fromMicros, toMicros }: Span): Span[] {
  return spans
    .flatMap((one) => [
      { fromMicros: one.fromMicros, toMicros: Math.min(one.toMicros, fromMicros) },
      { fromMicros: Math.max(one.fromMicros, toMicros), toMicros: one.toMicros },
    ])
    .filter((one) => one.toMicros > one.fromMicros);
}
