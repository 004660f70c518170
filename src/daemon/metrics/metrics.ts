/** The metrics of a daemon: loaded, and measured, only where they are listened for. */
import { Registry } from "prom-client";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { RouterId } from "../../core/identity.js";
import type { StatusDocument } from "../status/types.js";
import { addKeepalivedMetrics } from "./keepalived.js";
import { Measured } from "./measured.js";
import { addOwnMetrics } from "./own.js";

export class Metrics {
  readonly measured: Measured;
  readonly #registry = new Registry();
  readonly #takeStatus: () => StatusDocument;
  #status: StatusDocument | null = null;

  constructor(takeStatus: () => StatusDocument, routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>) {
    this.#takeStatus = takeStatus;
    this.measured = new Measured(this.#registry, routers);
    const status = () => this.#status!;
    addKeepalivedMetrics(this.#registry, status, (check) => this.measured.isRunning(check));
    addOwnMetrics(this.#registry, status);
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
}
