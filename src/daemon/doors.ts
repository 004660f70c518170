/** How others reach the daemon: the control socket, and the HTTP listener where one is configured. */
import type { Settings } from "../config/intent.js";
import type { VirtualRouterConfig } from "../core/config.js";
import type { RouterId } from "../core/identity.js";
import { groupNumber } from "../host/groups.js";
import { ControlDoor } from "./control/door.js";
import type { Served } from "./http/index.js";
import type { Observer } from "./loop/observer.js";
import type { Rereader } from "./reloading.js";
import type { HealthDocument } from "./status/health.js";
import type { StatusDocument } from "./status/types.js";

export interface DoorsOptions {
  readonly settings: Settings;
  readonly status: () => StatusDocument;
  readonly health: (status?: StatusDocument) => HealthDocument;
  readonly routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>;
  /** Whether this daemon runs a virtual router. */
  readonly holdsLock: () => boolean;
  readonly onStopRequested: (why: string) => void;
  readonly rereader: () => Rereader;
  /** @param kind of a bounded number: the sentence comes once for many of a kind */
  readonly onProblem: (sentence: string, kind?: string) => void;
  readonly onListening: (sentence: string) => void;
}

export class Doors {
  readonly #control: ControlDoor;
  /** null: nobody listens for metrics. */
  #http: Served | null = null;

  constructor(private readonly options: DoorsOptions) {
    const { settings, status, health, holdsLock, onStopRequested, rereader, onProblem } = options;
    this.#control = new ControlDoor({
      path: settings.socketPath,
      group: settings.socketGroup === null ? null : groupNumber(settings.socketGroup),
      requests: {
        questions: { status, health: () => health() },
        commands: {
          stop: () => {
            onStopRequested("asked to stop over the control socket");
            return { pid: process.pid };
          },
          reload: () => rereader().reload("asked over the control socket"),
          "preview-reload": () => rereader().preview(),
        },
      },
      holdsLock,
      onProblem,
    });
  }

  /** Who measures for the metrics; null: nobody. */
  get observer(): Observer | null {
    return this.#http?.observer ?? null;
  }

  /** Loads what metrics need before the first election: that takes longer than an advert may wait. */
  async prepare(): Promise<void> {
    const { metricsListen: listen, httpHosts: names } = this.options.settings;
    if (listen === null) return;
    const { prepareHttp } = await import("./http/index.js");
    const { status, health, routers, onProblem, onListening } = this.options;
    this.#http = prepareHttp({
      ...{ listen, names, status, health, routers, onProblem },
      onListening: () => onListening(`metrics and health on ${listen.host} port ${listen.port}`),
    });
  }

  async open(): Promise<void> {
    await this.#control.open();
    this.#http?.listen();
  }

  /** This daemon has got a lock: commands are to reach it. */
  openControl(): void {
    void this.#control.open();
  }

  close(): void {
    this.#control.close();
    this.#http?.close();
  }
}
