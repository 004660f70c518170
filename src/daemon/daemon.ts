/** The running daemon: its parts put together, started, planned again when the host changes, and stopped. */
import type { Micros } from "../base/time.js";
import { formatSeconds, microsToSeconds } from "../base/time.js";
import type { HostFacts, Plan, Request } from "../config/index.js";
import type { CoreConfig } from "../core/config.js";
import { Core } from "../core/core.js";
import type { Logger } from "../host/log.js";
import { nowMicros, Timer } from "../host/native.js";
import { KernelEvents } from "../host/netlink/events.js";
import { gatherHostFacts, hostFacts } from "../host/netlink/facts.js";
import { OwnChanges } from "../host/netlink/own-changes.js";
import { AddressRequests } from "../host/netlink/requests.js";
import { createNotifier, type Notifier } from "../host/scripts/notify.js";
import { Checks } from "./checks.js";
import { type ControlSocket, openControlSocket } from "./control.js";
import { carryOut } from "./effects.js";
import { Firewall } from "./firewall.js";
import { Lateness } from "./lateness.js";
import { Locks } from "./locks.js";
import { Loop } from "./loop.js";
import { Machine } from "./machine.js";
import { Network } from "./network.js";
import { PacketReader } from "./packets.js";
import { Planner } from "./planner.js";
import { instanceDocument, type StatusDocument, wallClock } from "./status-document.js";

const NOTIFY_DRAIN_MILLIS = 1_000;

export interface DaemonOptions {
  readonly request: Request;
  readonly logger: Logger;
  readonly version: string;
}

export class Daemon {
  readonly #logger: Logger;
  readonly #version: string;
  readonly #startedAt: Micros = nowMicros();
  readonly #planner: Planner;
  readonly #core: Core;
  readonly #loop: Loop;
  readonly #network: Network;
  readonly #events: KernelEvents;
  readonly #requests: AddressRequests;
  readonly #packets = new PacketReader();
  readonly #lateness: Lateness;
  readonly #locks: Locks;
  readonly #notifier: Notifier;
  readonly #timer: Timer;
  readonly #firewall: Firewall;
  /** Resolves with the reason when somebody entitled asks over the control socket. */
  readonly stopRequested: Promise<string>;
  #requestStop!: (why: string) => void;
  #checks: Checks | null = null;
  #control: ControlSocket | null = null;
  #replan: NodeJS.Immediate | null = null;

  /** Opens what every configuration needs. Throws VrrpdError, or an Error with `code`, where the host refuses. */
  constructor(options: DaemonOptions) {
    const { request, logger } = options;
    this.#logger = logger;
    this.#version = options.version;
    this.#firewall = new Firewall(logger);
    this.stopRequested = new Promise((resolve) => {
      this.#requestStop = resolve;
    });
    this.#planner = new Planner(request, gatherHostFacts(), () => this.#scheduleReplan());
    this.#lateness = new Lateness((late) =>
      this.#warn(`stalled: a deadline was missed by ${formatSeconds(late)}`),
    );
    this.#locks = new Locks((sentence) => this.#warn(sentence));
    this.#notifier = createNotifier({ onProblem: (instance, text) => this.#warn(`(${instance}) ${text}`) });
    this.#timer = new Timer(() => this.#loop.expired());
    const own = new OwnChanges();
    this.#requests = new AddressRequests(own);
    this.#network = new Network({
      packets: this.#packets,
      input: (input) => this.#loop.input(input),
      onProblem: (sentence) => this.#warn(sentence),
      interfaces: () => this.#events.interfaces(),
      onHostFact: () => this.#scheduleReplan(),
    });
    this.#events = new KernelEvents({
      changes: this.#network,
      own,
      requestPortId: this.#requests.portId,
      onError: (error) => this.#warn(error.message),
    });
    this.#core = new Core(this.#startedAt, this.#coreConfig());
    this.#loop = this.#buildLoop();
  }

  /** Begins to take part. */
  async start(): Promise<void> {
    const { current } = this.#planner;
    this.#logPlan(current, null);
    this.#packets.configure(current.core);
    this.#loop.batch(() => {
      this.#events.start();
      this.#network.configure(current.core);
    });
    this.#checks = new Checks(current, {
      onResult: (check, outcome, detail) => this.#loop.input({ type: "check", check, outcome, detail }),
      onProblem: (sentence) => this.#warn(sentence),
    });
    this.#firewall.apply(current);
    this.#control = await this.#openControl(current.settings.socketPath);
  }

  /** Lets go of everything at once: priority 0, then the addresses. */
  release(): void {
    this.#planner.stop();
    if (this.#replan !== null) clearImmediate(this.#replan);
    this.#loop.input({ type: "shutdown" });
  }

  /** Releases within milliseconds; then `STOP` scripts have their second. */
  async stop(): Promise<void> {
    this.release();
    const checks = this.#checks?.stop();
    await Promise.all([checks, this.#notifier.drain(NOTIFY_DRAIN_MILLIS)]);
    this.#control?.close();
    this.#timer.close();
    this.#network.close();
    this.#events.close();
    this.#requests.close();
    this.#locks.release();
  }

  /** Reads the kernel's addresses: what is said to be present is. */
  status(): StatusDocument {
    const { current } = this.#planner;
    const { routers, unclaimedDrops } = this.#core.status();
    const at = wallClock(nowMicros(), Date.now());
    const held = addressesOf(gatherHostFacts());
    const deadline = this.#core.deadline();
    return {
      version: this.#version,
      pid: process.pid,
      name: current.settings.name,
      startedAt: at(this.#startedAt),
      interface: current.interface,
      interfaceReason: current.interfaceReason,
      warnings: current.warnings,
      lateness: {
        maxSeconds: microsToSeconds(this.#lateness.maxMicros),
        lastSeconds: microsToSeconds(this.#lateness.lastMicros),
        stalls: this.#lateness.stalls,
      },
      lostLogLines: this.#logger.lostLines,
      nextDeadline: deadline && { at: at(deadline.at), reason: deadline.reason, owner: deadline.owner },
      instances: routers.map((router) =>
        instanceDocument(router, (name, address) => held.has(`${name} ${address}`), at),
      ),
      unclaimedDrops,
    };
  }

  #buildLoop(): Loop {
    const machine = new Machine({
      network: this.#network,
      requests: this.#requests,
      locks: this.#locks,
      notifier: this.#notifier,
      logger: this.#logger,
      routers: () => this.#planner.current.core.routers,
    });
    return new Loop({
      core: this.#core,
      now: nowMicros,
      timer: this.#timer,
      carryOut: (effects) => [...carryOut(machine, effects), ...machine.takeFailures()],
      readArrived: () => {
        this.#network.readAll();
        this.#events.readAll();
      },
      lateness: this.#lateness,
    });
  }

  /** Host facts change in bursts: they are planned with once, when the burst has been read. */
  #scheduleReplan(): void {
    this.#replan ??= setImmediate(() => {
      this.#replan = null;
      this.#applyHostFacts(hostFacts(this.#events.interfaces()));
    });
  }

  #applyHostFacts(facts: HostFacts): void {
    this.#packets.setOwnSources(
      facts.interfaces.flatMap((one) => one.addresses.map(({ address }) => address.text)),
    );
    const before = this.#planner.current;
    this.#loop.batch(() => {
      if (this.#planner.update(facts)) this.#adoptPlan(this.#planner.current, before);
      this.#network.refresh(facts.interfaces);
    });
  }

  #adoptPlan(plan: Plan, before: Plan): void {
    this.#logPlan(plan, before);
    this.#packets.configure(plan.core);
    this.#loop.input({ type: "configure", config: this.#coreConfig() });
    this.#network.configure(plan.core);
    this.#checks?.update(plan);
    this.#firewall.apply(plan);
  }

  #coreConfig(): CoreConfig {
    const { core, contradiction } = this.#planner.current;
    return { ...core, contradiction };
  }

  /** What is new since `before`. */
  #logPlan({ core, interfaceReason, warnings }: Plan, before: Plan | null): void {
    const priorities = core.routers.map(({ name, priority }) => `${name}: ${priority ?? "open"}`);
    this.#logger.log("info", `vrrpd ${this.#version}: ${interfaceReason}`, { priorities });
    for (const warning of warnings) if (!before?.warnings.includes(warning)) this.#warn(warning);
  }

  async #openControl(path: string): Promise<ControlSocket | null> {
    try {
      return await openControlSocket(path, {
        status: () => this.status(),
        stop: () => {
          this.#requestStop("asked to stop over the control socket");
          return { pid: process.pid };
        },
      });
    } catch (error) {
      this.#warn(`${(error as Error).message}; vrrpd goes on without it`);
      return null;
    }
  }

  #warn(sentence: string): void {
    this.#logger.log("warn", sentence);
  }
}

/** "interface address/prefix length" of all that the kernel holds. */
function addressesOf({ interfaces }: HostFacts): ReadonlySet<string> {
  return new Set(
    interfaces.flatMap(({ name, addresses }) =>
      addresses.map(({ address, prefixLength }) => `${name} ${address.text}/${prefixLength}`),
    ),
  );
}
