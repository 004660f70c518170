/** How others reach the daemon: the control socket, and the HTTP listener where one is configured. */
import type { Settings } from "../config/intent.js";
import type { VirtualRouterConfig } from "../core/config.js";
import type { Core } from "../core/core.js";
import type { RouterId } from "../core/identity.js";
import type { Input } from "../core/input.js";
import { groupNumber } from "../host/groups.js";
import { ControlDoor } from "./control/door.js";
import type { Served } from "./http/index.js";
import type { Observer } from "./loop/observer.js";
import type { Rereader } from "./reloading.js";
import type { HealthDocument } from "./status/health.js";
import type { StatusDocument } from "./status/types.js";
import { YieldRequests } from "./yield-requests.js";

export interface DoorsOptions {
  readonly settings: Settings;
  readonly status: () => StatusDocument;
  readonly health: (status?: StatusDocument) => HealthDocument;
  readonly routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>;
  /** Whether this daemon runs a virtual router. */
  readonly holdsLock: () => boolean;
  readonly onStopRequested: (why: string) => void;
  readonly rereader: () => Rereader;
  readonly core: () => Core;
  readonly input: (input: Input) => void;
  /** @param kind of a bounded number: the sentence comes once for many of a kind */
  readonly onProblem: (sentence: string, kind?: string) => void;
  readonly onListening: (sentence: string) => void;
}

export class Doors {
  readonly #control: ControlDoor;
  readonly #yields: YieldRequests;
  /** null: nobody listens for metrics. */
  #http: Served | null = null;

  constructor(private readonly options: DoorsOptions) {
    const { settings, status, health, holdsLock, onStopRequested, rereader, onProblem } = options;
    const { socketPath } = settings;
    this.#yields = new YieldRequests({ ...options, socketPath, onProblem });
    this.#control = new ControlDoor({
      path: socketPath,
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
          "yield-instances": (request) => this.#yields.yield(request),
          "resume-instances": (request) => this.#yields.resume(request),
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

  /** Before the first election: what an earlier run was told, and what metrics need, which takes longer than an advert may wait. */
  async prepare(): Promise<void> {
    this.#yields.restore();
    const { metricsListen: listen, httpHosts: names } = this.options.settings;
    if (listen === null) return;
    const { prepareHttp } = await import("./http/index.js");
    const { status, health, routers, onProblem, onListening } = this.options;
    this.#http = prepareHttp({
      ...{ listen, names, status, health, routers, onProblem },
      onListening: () => onListening(`metrics and health on ${listen.host} port ${listen.port}`),
    });
  }

  /** Something may have ended by itself. */
  look(): void {
    this.#yields.look();
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
