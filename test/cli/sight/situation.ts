/** A LAN in one of the situations that an operator looks at, and what every command says there. */

import type { ProblemDocument, StatusDocument } from "../../../src/daemon/status/types.js";
import { VRRPD } from "../../lab/daemons/vrrpd.js";
import type { Environment } from "../../lab/environment.js";
import { Nodes, type Teardown } from "../../lab/nodes.js";
import { type CommandResult, until } from "../../netns/index.js";
import { parseExposition, type Sample } from "./exposition.js";

export const METRICS = { VRRPD_METRICS_LISTEN: "127.0.0.1:9650" } as const;
/** Fast, so that a takeover does not take long. */
export const FAST = { VRRPD_ADVERT_INTERVAL: "0.2" } as const;

export class Situation {
  private constructor(readonly nodes: Nodes) {}

  static async create(t: Teardown, environment: Environment, hosts = {}): Promise<Situation> {
    return new Situation(await Nodes.create(t, { ...FAST, ...METRICS, ...environment }, { hosts }));
  }

  vrrpd(host: string, ...words: string[]): Promise<CommandResult> {
    return this.nodes.host(host).run([...VRRPD, ...words]);
  }

  async json<T>(host: string, ...words: string[]): Promise<T> {
    const { stdout } = await this.vrrpd(host, ...words, "--json");
    return JSON.parse(stdout) as T;
  }

  status(host: string): Promise<StatusDocument> {
    return this.json<StatusDocument>(host, "status");
  }

  /** Returns when this is what `vrrpd status` says first on this host, and nothing else is an error. */
  async first(host: string, code: string): Promise<ProblemDocument> {
    const found = await until(
      async () => {
        const { problems } = await this.nodes.status(host);
        const [first, ...others] = problems;
        const isAlone = others.every(({ severity }) => severity === "warning");
        return first?.code === code && isAlone ? first : null;
      },
      { what: `${code} as the first problem on ${host}`, timeoutMs: 60_000, intervalMs: 100 },
    );
    return found;
  }

  /** Returns when nothing is wrong on any of these hosts. */
  async quiet(...hosts: readonly string[]): Promise<void> {
    for (const host of hosts) {
      await until(async () => (await this.nodes.status(host)).problems.length === 0, {
        what: `nothing wrong on ${host}`,
        intervalMs: 100,
        timeoutMs: 60_000,
      });
    }
  }

  async get(host: string, path: string): Promise<{ code: number; type: string; body: string }> {
    const script = `fetch("http://127.0.0.1:9650${path}").then(async (answer) => console.log(JSON.stringify({
      code: answer.status, type: answer.headers.get("content-type"), body: await answer.text() })))`;
    return JSON.parse(await this.nodes.host(host).ok([process.execPath, "-e", script]));
  }

  async metrics(host: string): Promise<Metrics> {
    const { body } = await this.get(host, "/metrics");
    return new Metrics(parseExposition(body));
  }
}

export class Metrics {
  constructor(readonly samples: readonly Sample[]) {}

  /** The values of a metric whose labels contain these, in order. */
  all(name: string, labels: Readonly<Record<string, string>> = {}): number[] {
    return this.samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      .map((sample) => sample.value);
  }

  /** The only one. */
  one(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const found = this.all(name, labels);
    if (found.length === 1) return found[0]!;
    throw new Error(`${found.length} samples of ${name} ${JSON.stringify(labels)}`);
  }
}

/** The widest line of a text. */
export function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}
