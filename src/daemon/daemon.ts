/** The running daemon: its parts put together, started, planned again when the host changes, and stopped. */
import { Complaints } from "../base/complaints.js";
import { VrrpdError } from "../base/errors.js";
import { shortList } from "../base/lists.js";
import type { Micros } from "../base/time.js";
import { formatSeconds, MICROS_PER_MILLISECOND } from "../base/time.js";
import { allPeers, type HostFacts, type Intent, type Plan } from "../config/index.js";
import { CONFLICT_PROBE_INTERVAL_MICROS } from "../core/addresses/conflicts.js";
import type { CoreConfig, VirtualRouterConfig } from "../core/config.js";
import { Core } from "../core/core.js";
import type { Logger } from "../host/log/index.js";
import { nowMicros, Timer } from "../host/native.js";
import { KernelEvents } from "../host/netlink/events.js";
import { gatherHostFacts, hostFacts } from "../host/netlink/facts.js";
import { OwnChanges } from "../host/netlink/own-changes.js";
import { AddressRequests, type PreparedAddresses } from "../host/netlink/requests.js";
import { RouteWatch } from "../host/netlink/route-watch.js";
import { Launcher } from "../host/scripts/launcher.js";
import { createNotifier, type Notifier } from "../host/scripts/notify.js";
import { Absence } from "./absence.js";
import { Checks } from "./checks.js";
import { ControlDoor } from "./control/door.js";
import { Firewall } from "./firewall.js";
import type { Served } from "./http/index.js";
import { Locks } from "./locks/locks.js";
import { carryOut } from "./loop/effects.js";
import { Following } from "./loop/following.js";
import { HostAdapter } from "./loop/host-adapter.js";
import { Lateness } from "./loop/lateness.js";
import { Loop } from "./loop/loop.js";
import { Rehearsal } from "./loop/rehearsal.js";
import { Network } from "./network/interfaces.js";
import { PacketReader } from "./network/packets.js";
import { describePutBack } from "./put-back.js";
import { becomeRealtime } from "./realtime.js";
import { Planner } from "./replanning.js";
import { Scripts } from "./scripts.js";
import { statusDocument } from "./status/document.js";
import { type HealthDocument, healthOf } from "./status/health.js";
import type { StatusDocument } from "./status/types.js";
import { type Line, replanLine, startLine, stopLine } from "./summary.js";

/** So long code stays in a processor's caches, on a machine that does other things as well. */
const WARM_MICROS = 10 * MICROS_PER_MILLISECOND;
/** After the kernel could not say what its routes are. */
const REPLAN_RETRY_MILLIS = 1_000;

export interface DaemonOptions {
  readonly intent: Intent;
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
  readonly #following: Following;
  readonly #network: Network;
  readonly #events: KernelEvents;
  readonly #requests: AddressRequests;
  readonly #packets = new PacketReader();
  readonly #lateness: Lateness;
  readonly #locks: Locks;
  readonly #launcher: Launcher;
  readonly #scripts: Scripts;
  readonly #notifier: Notifier;
  readonly #timer: Timer;
  readonly #firewall: Firewall;
  /** Resolves with the reason when somebody entitled asks over the control socket. */
  readonly stopRequested: Promise<string>;
  #requestStop!: (why: string) => void;
  #checks: Checks | null = null;
  readonly #control: ControlDoor;
  /** null: nobody listens for metrics. */
  #http: Served | null = null;
  #replan: NodeJS.Immediate | null = null;
  #replanRetry: NodeJS.Timeout | null = null;
  /** null: there are no unicast peers, whose routes would matter. */
  #routes: RouteWatch | null = null;
  /** null: not yet, or not possible. */
  #rehearsal: Rehearsal | null = null;
  readonly #absence = new Absence();
  #warmedUpAt: Micros = Number.NEGATIVE_INFINITY;
  readonly #complaints = new Complaints();

  /** Opens what every configuration needs. Throws VrrpdError, or an Error with `code`, where the host refuses. */
  constructor(options: DaemonOptions) {
    const { intent, logger } = options;
    this.#logger = logger;
    this.#version = options.version;
    this.#firewall = new Firewall(logger);
    this.stopRequested = new Promise((resolve) => {
      this.#requestStop = resolve;
    });
    this.#planner = new Planner(intent, gatherHostFacts(allPeers(intent)), () => this.#scheduleReplan());
    this.#lateness = new Lateness(
      (late) => this.#warn(`stalled: a deadline was missed by ${formatSeconds(late)}`, "stalled"),
      (late) => this.#http?.observer.onDeadline(late),
    );
    this.#launcher = Launcher.of(intent.settings.scripts);
    this.#scripts = new Scripts(this.#launcher);
    this.#notifier = createNotifier({
      launcher: this.#launcher,
      timeoutMillis: intent.settings.scripts.notifyTimeoutMicros / MICROS_PER_MILLISECOND,
      onProblem: (instance, text) => this.#warn(`(${instance}) ${text}`),
    });
    this.#locks = new Locks({
      uids: intent.settings.lockUids,
      onSquatter: (sentence) => this.#warn(sentence),
    });
    this.#control = this.#makeControl(intent.settings.socketPath);
    this.#timer = new Timer(() => {
      this.#loop.expired();
      this.#following.look();
    });
    const own = new OwnChanges();
    this.#requests = new AddressRequests(own, (results) => {
      for (const one of results) this.#warn(describePutBack(one, this.#events.interfaces()));
    });
    this.#network = new Network({
      packets: this.#packets,
      input: (input, ageMicros) => this.#loop.input(input, ageMicros),
      batch: (work) => {
        this.#loop.batch(work);
        this.#following.look();
      },
      onProblem: (sentence) => this.#warn(sentence),
      onAbandoned: (name, addresses) => this.#removeAbandoned(name, addresses),
      interfaces: () => this.#events.interfaces(),
      onHostFact: () => this.#scheduleReplan(),
      onAddressMoved: (text) => this.#checks?.addressMoved(text),
    });
    this.#events = new KernelEvents({
      changes: this.#network,
      own,
      requestPortId: this.#requests.portId,
      onError: (error) => this.#warn(error.message),
    });
    this.#core = new Core(this.#startedAt, this.#coreConfig());
    this.#following = new Following(this.#core, () => this.#network.follow(this.#core));
    this.#loop = this.#buildLoop();
  }

  /** Begins to take part. */
  async start(): Promise<void> {
    const { current } = this.#planner;
    const { realtimePriority } = current.settings;
    this.#logPlan(current, null);
    const refusal =
      realtimePriority === null ? null : becomeRealtime(realtimePriority, (sentence) => this.#warn(sentence));
    if (refusal !== null) this.#warn(refusal);
    this.#http = await this.#prepareHttp(current);
    this.#packets.configure(current.core);
    this.#loop.batch(() => {
      this.#events.start();
      this.#network.configure(current);
    });
    void this.#scripts.examine(current, (level, sentence) => this.#logger.log(level, sentence));
    this.#checks = new Checks(current, {
      launcher: this.#launcher,
      onResult: (check, outcome, detail) => this.#loop.input({ type: "check", check, outcome, detail }),
      onProblem: (sentence) => this.#warn(sentence),
      hasAddress: (text) => {
        this.#events.readAll();
        return this.#events.interfaces().some((on) => on.addresses.some((one) => one.address.text === text));
      },
      onStarted: (check) => this.#http?.observer.onCheckStarted(check),
      onEnded: (check, tookMicros) => this.#http?.observer.onCheckEnded(check, tookMicros),
    });
    this.#firewall.apply(current);
    if (this.#planner.peers.length > 0) this.#routes = new RouteWatch(() => this.#scheduleReplan());
    await this.#control.open();
    this.#http?.listen();
    setImmediate(() => this.#rehearse(current.core));
  }

  /** Lets go of everything at once: priority 0, then the addresses. */
  release(): void {
    this.#planner.stop();
    if (this.#replan !== null) clearImmediate(this.#replan);
    if (this.#replanRetry !== null) clearTimeout(this.#replanRetry);
    this.#loop.input({ type: "shutdown" });
  }

  /** Releases within milliseconds; then `STOP` scripts have their time. */
  async stop(): Promise<void> {
    this.release();
    const checks = this.#checks?.stop();
    const { stopTimeoutMicros } = this.#planner.current.settings.scripts;
    await Promise.all([checks, this.#notifier.drain(stopTimeoutMicros / MICROS_PER_MILLISECOND)]);
    this.#control.close();
    this.#http?.close();
    this.#timer.close();
    this.#routes?.close();
    this.#following.close();
    this.#network.close();
    this.#events.close();
    this.#requests.close();
    this.#rehearsal?.close();
    this.#locks.release();
    this.#say(stopLine(nowMicros() - this.#startedAt, this.#core.status()));
  }

  /** Reads the addresses from the kernel, so that each one that it calls present is on the interface. */
  status(): StatusDocument {
    return statusDocument({
      core: this.#core,
      plan: () => this.#planner.current,
      hostFacts: () => this.#kernelFacts(),
      lateness: this.#lateness,
      lostLogLines: this.#logger.lostLines,
      scripts: this.#scripts.examined,
      lockSquatters: this.#locks.squatters(),
      version: this.#version,
      startedAt: this.#startedAt,
    });
  }

  health(status = this.status()): HealthDocument {
    return healthOf(status, (on, family) => this.#network.hasSocket(on, family));
  }

  /** Without it a takeover is slower, and nothing else. */
  #rehearse(config: CoreConfig): void {
    try {
      this.#rehearsal = new Rehearsal(config);
    } catch (error) {
      this.#warn(`a takeover could not be rehearsed: ${(error as Error).message}`);
    }
  }

  /** The time until a takeover is well spent. */
  #spin(at: Micros): void {
    if (nowMicros() - this.#warmedUpAt > WARM_MICROS) this.#rehearsal?.warmUp();
    do this.#warmedUpAt = nowMicros();
    while (this.#warmedUpAt < at);
  }

  #buildLoop(): Loop {
    const host = new HostAdapter({
      network: this.#network,
      requests: this.#requests,
      locks: { acquire: (router) => this.#acquireLock(router) },
      notifier: this.#notifier,
      logger: this.#logger,
      routers: () => this.#planner.routers,
    });
    return new Loop({
      core: this.#core,
      now: nowMicros,
      timer: this.#timer,
      spin: (at) => this.#spin(at),
      carryOut: (effects) => {
        const answers = [...carryOut(host, effects), ...host.takeFailures()];
        this.#http?.observer.onEffects(nowMicros(), effects);
        return answers;
      },
      readArrived: () => {
        const more = this.#network.readArrived();
        this.#events.readAll();
        return more;
      },
      lateness: this.#lateness,
    });
  }

  #removeAbandoned(name: string, prepared: readonly PreparedAddresses[]): void {
    const addresses = this.#requests.removeOwn(prepared);
    if (addresses.length === 0) return;
    const what = `${shortList(addresses)} removed from the interface that was called ${name}`;
    this.#logger.log("info", what, { code: "address-removed", addresses });
  }

  /** Host facts change in bursts: they are planned with once, when the burst has been read. */
  #scheduleReplan(): void {
    this.#replan ??= setImmediate(() => {
      this.#replan = null;
      this.#planAgain();
    });
  }

  #planAgain(): void {
    try {
      this.#applyHostFacts(hostFacts(this.#events.interfaces(), this.#planner.peers));
    } catch (error) {
      if (!(error instanceof VrrpdError && error.code === "ENETLINK")) throw error;
      this.#warn(error.message);
      this.#replanIn(REPLAN_RETRY_MILLIS);
    }
  }

  #replanIn(millis: number): void {
    if (this.#replanRetry !== null) clearTimeout(this.#replanRetry);
    this.#replanRetry = setTimeout(() => this.#scheduleReplan(), millis);
  }

  #applyHostFacts(facts: HostFacts): void {
    const now = nowMicros();
    const heldUntil = this.#absence.holdsUntil(now, this.#planner.current, facts);
    if (heldUntil !== null) return this.#replanIn((heldUntil - now) / MICROS_PER_MILLISECOND);
    this.#packets.setOwnSources(
      facts.interfaces.flatMap((one) => one.addresses.map(({ address }) => address.text)),
    );
    const before = this.#planner.current;
    this.#loop.batch(() => {
      if (this.#planner.update(facts)) this.#adoptPlan(this.#planner.current, before);
      this.#network.refresh(this.#planner.current);
    });
  }

  #adoptPlan(plan: Plan, before: Plan): void {
    this.#logPlan(plan, before);
    this.#packets.configure(plan.core);
    this.#loop.input({ type: "configure", config: this.#coreConfig() });
    this.#network.configure(plan);
    this.#checks?.update(plan);
    this.#firewall.apply(plan);
  }

  /** Where the kernel cannot be asked: what its events have told. */
  #kernelFacts(): HostFacts {
    try {
      return gatherHostFacts(this.#planner.peers);
    } catch {
      return { interfaces: this.#events.interfaces(), defaultRoute: null, routes: new Map() };
    }
  }

  #coreConfig(): CoreConfig {
    const { core } = this.#planner.current;
    return { ...core, conflictProbeIntervalMicros: CONFLICT_PROBE_INTERVAL_MICROS };
  }

  /** What is new since `before`. */
  #logPlan(plan: Plan, before: Plan | null): void {
    this.#say(before === null ? startLine(this.#version, plan) : replanLine(plan));
    for (const warning of plan.warnings) if (!before?.warnings.includes(warning)) this.#warn(warning);
  }

  /** Loads what metrics need before the first election: that takes longer than an advert may wait. */
  async #prepareHttp({ settings: { metricsListen: listen, httpHosts } }: Plan): Promise<Served | null> {
    if (listen === null) return null;
    const { prepareHttp } = await import("./http/index.js");
    return prepareHttp({
      listen,
      names: httpHosts,
      status: () => this.status(),
      health: (status) => this.health(status),
      routers: () => this.#planner.routers,
      onProblem: (sentence) => this.#warn(sentence),
      onListening: () => this.#logger.log("info", `metrics and health on ${listen.host} port ${listen.port}`),
    });
  }

  #makeControl(path: string): ControlDoor {
    return new ControlDoor({
      path,
      handlers: {
        status: () => this.status(),
        health: () => this.health(),
        stop: () => {
          this.#requestStop("asked to stop over the control socket");
          return { pid: process.pid };
        },
      },
      holdsLock: () => this.#locks.holdsAny,
      onProblem: (sentence) => this.#warn(sentence),
    });
  }

  #acquireLock(router: VirtualRouterConfig): string | null {
    const holder = this.#locks.acquire(router);
    if (holder === null) void this.#control.open();
    return holder;
  }

  #say({ message, facts }: Line): void {
    this.#logger.log("info", message, facts);
  }

  /** At most once a minute for the same `key`. */
  #warn(sentence: string, key = sentence): void {
    const suppressed = this.#complaints.admit(nowMicros(), key);
    if (suppressed === null) return;
    this.#logger.log("warn", sentence, suppressed > 0 ? { repeatedSinceLast: suppressed } : {});
  }
}
