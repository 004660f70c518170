/** What a plan makes of the host beside the loop: firewall rules, FIFOs, interfaces, promotion of addresses, and what is written of it. */
import type { InterfaceFacts, Plan } from "../config/index.js";
import type { Effect } from "../core/effect.js";
import type { Logger } from "../host/log/index.js";
import type { Launchers } from "../host/scripts/launchers.js";
import { Fifos } from "./fifos.js";
import { Firewall, type Restored } from "./firewall.js";
import { Promotion } from "./promotion.js";
import { Vmacs } from "./vmacs/vmacs.js";
import { WrittenConf } from "./written-conf.js";

export interface SurroundingsOptions {
  /** Where the plan is written; null: nowhere. */
  readonly path: string | null;
  readonly logger: Logger;
  readonly launchers: Pick<Launchers, "as">;
  readonly interfaces: () => readonly InterfaceFacts[];
  readonly onProblem: (sentence: string, kind?: string) => void;
  /** An interface that is made for a virtual router is there now, or can no longer be made. */
  readonly onVmacs: () => void;
}

export class Surroundings {
  readonly fifos: Fifos;
  readonly vmacs: Vmacs;
  readonly #firewall: Firewall;
  readonly #promotion: Promotion;
  readonly #written: WrittenConf | null;

  constructor({ path, logger, launchers, interfaces, onProblem, onVmacs }: SurroundingsOptions) {
    this.vmacs = new Vmacs({ interfaces, onProblem, onChange: onVmacs });
    this.fifos = new Fifos({ launchers, onProblem });
    this.#firewall = new Firewall(logger);
    this.#promotion = new Promotion({ interfaces, onProblem });
    this.#written = path === null ? null : new WrittenConf({ path, onProblem });
  }

  /** Before anything can happen that is told. */
  prepare({ fifos, core }: Plan): void {
    this.fifos.configure(fifos);
    this.vmacs.removeAbandoned(core.routers);
  }

  /** The same plan again changes nothing. */
  apply(plan: Plan): void {
    this.fifos.configure(plan.fifos);
    this.#promotion.update(plan);
    this.#firewall.apply(plan);
    this.#written?.write(plan);
  }

  /** Other interfaces, or others of the same names. */
  onHostFacts(plan: Plan): void {
    this.#promotion.update(plan);
  }

  /** Of the firewall rules; null: the configuration asks for none. */
  get restored(): Restored | null {
    return this.#firewall.restored;
  }

  onEffects(effects: readonly Effect[]): void {
    this.#firewall.onEffects(effects);
  }

  /** It lets go of everything: what is not there is no longer put back. */
  onRelease(): void {
    this.#firewall.close();
  }

  /** When nothing more will be told. */
  async close(): Promise<void> {
    this.#promotion.close();
    await Promise.all([this.fifos.close(), this.#written?.remove()]);
  }
}
