/** Metrics, health and the live page behind VRRPD_METRICS_LISTEN. Loaded only where that is set. */
import type { VirtualRouterConfig } from "../../core/config.js";
import { Metrics } from "../metrics/metrics.js";
import type { Observer } from "../observer.js";
import type { HealthDocument } from "../status/health.js";
import type { StatusDocument } from "../status-document.js";
import { pagesOf } from "./pages.js";
import { HttpListener } from "./server.js";

export interface ServeOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly status: () => StatusDocument;
  readonly health: () => HealthDocument;
  readonly routers: () => readonly VirtualRouterConfig[];
  readonly onProblem: (sentence: string) => void;
  readonly onListening: () => void;
}

export interface Served {
  readonly observer: Observer;
  /** Begins to listen. */
  listen(): void;
  close(): void;
}

export function prepareHttp(options: ServeOptions): Served {
  const metrics = new Metrics(options.status, options.routers);
  let listener: HttpListener | null = null;
  return {
    observer: metrics.measured,
    listen: () => {
      const { status, health, onProblem, onListening } = options;
      const pages = pagesOf({ status, health, metrics });
      listener = new HttpListener({ ...options.listen, pages, onProblem, onListening });
    },
    close: () => listener?.close(),
  };
}
