/** The metrics of a daemon: loaded, and measured, only where they are listened for. */
import { Registry } from "prom-client";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { RouterId } from "../../core/identity.js";
import type { StatusDocument } from "../status/types.js";
import type { Definition } from "./definitions/definition.js";
import { KEEPALIVED_METRICS } from "./definitions/keepalived.js";
import { OWN_METRICS } from "./definitions/own.js";
import { PROCESS_METRICS } from "./definitions/process.js";
import { expose } from "./exposition.js";
import { Measured } from "./measured.js";

/** All but the histograms. */
export const READ_METRICS: readonly Definition[] = [
  ...KEEPALIVED_METRICS,
  ...OWN_METRICS,
  ...PROCESS_METRICS,
];

export class Metrics {
  readonly measured: Measured;
  readonly #registry = new Registry();
  readonly #takeStatus: () => StatusDocument;

  constructor(takeStatus: () => StatusDocument, routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>) {
    this.#takeStatus = takeStatus;
    this.measured = new Measured(this.#registry, routers);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /**
   * All metrics of one moment, in Prometheus's text format. One call at a time.
   * @param pause called again and again: hundreds of instances make thousands of series, and no advert waits for them.
   */
  async render(pause: () => Promise<void>): Promise<string> {
    const status = this.#takeStatus();
    this.measured.prepare(status);
    let text = "";
    for (const definition of READ_METRICS) {
      await pause();
      for (const part of expose(definition, definition.samples(status, this.measured))) {
        if (text !== "") await pause();
        text += part;
      }
    }
    for (const { name } of this.#registry.getMetricsAsArray()) {
      await pause();
      text += `${await this.#registry.getSingleMetricAsString(name)}\n`;
    }
    return text;
  }
}
