/** A Prometheus on a host, with the rules of docs/deploy: they and its scrapes are so many times faster. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { findProgram } from "../../lab/daemons/programs.js";
import { type Host, until } from "../../netns/index.js";
import type { Series } from "./drawing.js";

const FOLDER = "/etc/prometheus";
const PORT = "9090";
const FORWARD = [process.execPath, fileURLToPath(new URL("forward.mjs", import.meta.url))];
const PATIENCE_MILLIS = 60_000;

export interface RulesFile {
  readonly groups: readonly {
    readonly name: string;
    interval?: string;
    readonly rules: readonly {
      readonly alert?: string;
      readonly record?: string;
      expr: string;
      for?: string;
    }[];
  }[];
}

export interface PrometheusOptions {
  readonly host: Host;
  /** By the label `instance`. */
  readonly targets: Readonly<Record<string, string>>;
  /** Paths. */
  readonly rules: readonly string[];
  /** All spans of time of the rules are divided by it. */
  readonly faster: number;
  readonly scrapeSeconds: number;
}

export interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: unknown };
}

export class Prometheus {
  private constructor(
    /** Leads to it from outside of its host. */
    private readonly socket: string,
  ) {}

  static async start({
    host,
    targets,
    rules,
    faster,
    scrapeSeconds,
  }: PrometheusOptions): Promise<Prometheus> {
    const every = `${1000 * scrapeSeconds}ms`;
    const files = rules.map((path) => {
      return [`${FOLDER}/${path.split("/").at(-1)}`, quicken(readFileSync(path, "utf8"), faster)] as const;
    });
    for (const [path, text] of files) await host.writeFile(path, text);
    const config = {
      global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
      rule_files: files.map(([path]) => path),
      scrape_configs: [
        {
          job_name: "vrrpd",
          static_configs: Object.entries(targets).map(([instance, target]) => {
            return { targets: [target], labels: { instance, node_name: instance } };
          }),
        },
      ],
    };
    await host.writeFile(`${FOLDER}/prometheus.yml`, stringify(config));
    const { path, env } = findProgram("usr/bin/prometheus");
    const server = host.start(
      [
        path,
        `--config.file=${FOLDER}/prometheus.yml`,
        `--storage.tsdb.path=${FOLDER}/data`,
        `--web.listen-address=127.0.0.1:${PORT}`,
        "--query.lookback-delta=30s",
      ],
      { env: { ...env, GOMAXPROCS: "2" }, name: "prometheus" },
    );
    await server.waitForLine(/Server is ready to receive web requests/, { timeoutMs: PATIENCE_MILLIS });
    const forward = host.start([...FORWARD, `${FOLDER}/api`, PORT], { name: "forward" });
    await forward.waitForLine(/forwards/);
    return new Prometheus(host.pathOf(`${FOLDER}/api`));
  }

  /** What the query returns now. @throws {Error} for one that Prometheus refuses */
  async query(expression: string): Promise<Result[]> {
    const [one] = await this.queries([expression]);
    return one!;
  }

  queries(expressions: readonly string[]): Promise<Result[][]> {
    return Promise.all(expressions.map((query) => this.#ask(query)));
  }

  /** Over a span of time, in seconds of Unix time. */
  range(query: string, start: number, end: number): Promise<Series[]> {
    const parameters = { query, start: String(start), end: String(end), step: "0.5" };
    return this.#get<Series[]>(`/api/v1/query_range?${new URLSearchParams(parameters)}`);
  }

  #ask(query: string): Promise<Result[]> {
    return this.#get<Result[]>(`/api/v1/query?${new URLSearchParams({ query })}`);
  }

  #get<T>(path: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.socket, path, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const { status, error, data } = JSON.parse(Buffer.concat(parts).toString()) as Answer;
          if (status === "success") resolve(data.result as T);
          else reject(new Error(`${path}: ${error}`));
        });
      });
      asked.on("error", reject);
      asked.end();
    });
  }

  async untilQuery(expression: string, isMeant: (found: Result[]) => boolean): Promise<Result[]> {
    let found: Result[] = [];
    const check = async () => {
      found = await this.query(expression);
      return isMeant(found);
    };
    await until(check, { what: expression, timeoutMs: PATIENCE_MILLIS, intervalMs: 500 });
    return found;
  }

  /** Seconds until the alert with these labels fires. */
  fires(alert: string, labels = ""): Promise<number> {
    return this.#seconds(alert, labels, (count) => count > 0);
  }

  /** Seconds until it no longer does. */
  clears(alert: string, labels = ""): Promise<number> {
    return this.#seconds(alert, labels, (count) => count === 0);
  }

  async #seconds(alert: string, labels: string, isMeant: (count: number) => boolean): Promise<number> {
    const beganAt = performance.now();
    const expression = `ALERTS{alertname="${alert}", alertstate="firing"${labels && `, ${labels}`}}`;
    await this.untilQuery(expression, (found) => isMeant(found.length));
    return Math.round((performance.now() - beganAt) / 100) / 10;
  }
}

/** The rules with all their spans of time divided. */
function quicken(text: string, faster: number): string {
  const quick = (spans: string) => `${Math.round((1000 * secondsOf(spans)) / faster)}ms`;
  const file = parse(text) as RulesFile;
  for (const { rules } of file.groups) {
    for (const rule of rules) {
      if (rule.for !== undefined) rule.for = quick(rule.for);
      rule.expr = rule.expr.replace(/\[(\w+)\]/g, (_, span: string) => `[${quick(span)}]`);
    }
  }
  return stringify(file);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function secondsOf(span: string): number {
  const [, count, unit] = /^(\d+)([smh])$/.exec(span)!;
  return Number(count) * UNIT_SECONDS[unit!]!;
}
