/** The metrics of a daemon: loaded, and measured, only where they are listened for. */
import { Counter, Gauge, Registry } from "prom-client";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { RouterId } from "../../core/identity.js";
import type { StatusDocument } from "../status/types.js";
import type { Definition } from "./definitions/definition.js";
import { KEEPALIVED_METRICS } from "./definitions/keepalived.js";
import { OWN_METRICS } from "./definitions/own.js";
import { Measured } from "./measured.js";

export class Metrics {
  readonly measured: Measured;
  readonly #registry = new Registry();
  readonly #takeStatus: () => StatusDocument;
  #status: StatusDocument | null = null;

  constructor(takeStatus: () => StatusDocument, routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>) {
    this.#takeStatus = takeStatus;
    this.measured = new Measured(this.#registry, routers);
    for (const definition of [...KEEPALIVED_METRICS, ...OWN_METRICS]) this.#add(definition);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /**
   * All metrics of one moment, in Prometheus's text format. One call at a time.
   * @param pause called between metrics: hundreds of instances make thousands of series, and no advert waits for them.
   */
  async render(pause: () => Promise<void>): Promise<string> {
    this.#status = this.#takeStatus();
    let text = "";
    for (const { name } of this.#registry.getMetricsAsArray()) {
      await pause();
      text += `${await this.#registry.getSingleMetricAsString(name)}\n`;
    }
    this.#status = null;
    return text;
  }

  #add({ name, type, help, labels: labelNames, samples }: Definition): void {
    const taken = () => samples(this.#status!, (check) => this.measured.isRunning(check));
    const common = { name, help, labelNames, registers: [this.#registry] };
    if (type === "gauge") {
      new Gauge({
        ...common,
        collect() {
          this.reset();
          for (const { value, labels } of taken()) this.set({ ...labels }, value);
        },
      });
    } else {
      new Counter({
        ...common,
        collect() {
          this.reset();
          for (const { value, labels } of taken()) this.inc({ ...labels }, value);
        },
      });
    }
  }
}
