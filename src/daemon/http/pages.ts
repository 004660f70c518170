/** What the HTTP listener answers. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Metrics } from "../metrics/metrics.js";
import type { HealthDocument } from "../status/health.js";
import type { StatusDocument } from "../status/types.js";
import { type Answer, json, plain } from "./answer.js";
import { livePage } from "./live-page.js";
import type { Pages } from "./server.js";

export interface PageSources {
  readonly status: () => StatusDocument;
  readonly health: () => HealthDocument;
  readonly metrics: Metrics;
}

export function pagesOf({ status, health, metrics }: PageSources): Pages {
  return {
    "/": { answer: livePage() },
    "/status": { answer: () => json(200, status()) },
    "/healthz": { answer: () => verdict(health(), "healthy"), isUrgent: true },
    "/readyz": { answer: () => verdict(health(), "ready"), isUrgent: true },
    "/metrics": {
      answer: async () => ({
        code: 200,
        contentType: metrics.contentType,
        body: Buffer.from(await metrics.render(() => nextTurn())),
      }),
    },
  };
}

function verdict(health: HealthDocument, of: "healthy" | "ready"): Answer {
  if (health[of]) return plain(200, "ok");
  return plain(503, [...health.problems, ...(of === "ready" ? health.waitsFor : [])].join("\n"));
}
