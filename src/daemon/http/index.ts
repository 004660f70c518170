/** Metrics, health and the live page behind VRRPD_METRICS_LISTEN. Loaded only where that is set. */
import type { VirtualRouterConfig } from "../../core/config.js";
import type { RouterId } from "../../core/identity.js";
import type { Observer } from "../loop/observer.js";
import { Metrics } from "../metrics/metrics.js";
import type { HealthDocument } from "../status/health.js";
import type { StatusDocument } from "../status/types.js";
import { pagesOf } from "./pages.js";
import { HttpListener } from "./server.js";

/** Answers are kept for as long again: what is shown is at most half a second old. */
const KEPT_MILLIS = 250;

export interface ServeOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** Names beside addresses and localhost that a request may have in Host. */
  readonly names: readonly string[];
  readonly status: () => StatusDocument;
  readonly health: (status: StatusDocument) => HealthDocument;
  readonly routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>;
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
  const status = keep(options.status);
  const metrics = new Metrics(status, options.routers);
  let listener: HttpListener | null = null;
  return {
    observer: metrics.measured,
    listen: () => {
      const { health, names, onProblem, onListening } = options;
      const pages = pagesOf({ status, health: () => health(status()), metrics });
      listener = new HttpListener({ ...options.listen, names, pages, onProblem, onListening });
    },
    close: () => listener?.close(),
  };
}

/** All pages show one document: it is made at most a few times a second, whoever asks, and however often. */
function keep<T>(make: () => T): () => T {
  let kept: T;
  let until = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() < until) return kept;
    kept = make();
    until = performance.now() + KEPT_MILLIS;
    return kept;
  };
}
