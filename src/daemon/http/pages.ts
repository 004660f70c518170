/** What the HTTP listener answers. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Metrics } from "../metrics/metrics.js";
import type { HealthDocument } from "../status/health.js";
import type { StatusDocument } from "../status-document.js";
import { livePage } from "./live-page.js";
import { type Answer, json, type Pages, plain } from "./server.js";

export interface PageSources {
  readonly status: () => StatusDocument;
  readonly health: () => HealthDocument;
  readonly metrics: Metrics;
}

export function pagesOf({ status, health, metrics }: PageSources): Pages {
  return {
    "/": livePage(),
    "/status": () => json(200, status()),
    "/healthz": () => verdict(health(), "healthy"),
    "/readyz": () => verdict(health(), "ready"),
    "/metrics": async () => ({
      code: 200,
      contentType: metrics.contentType,
      body: await metrics.render(() => nextTurn()),
    }),
  };
}

function verdict(health: HealthDocument, of: "healthy" | "ready"): Answer {
  if (health[of]) return plain(200, "ok");
  return plain(503, [...health.problems, ...(of === "ready" ? health.waitsFor : [])].join("\n"));
}
