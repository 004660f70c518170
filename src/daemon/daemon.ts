/** The running daemon: its parts put together, started, planned again when the host changes, and stopped. */
import { hostname } from "node:os";
import { formatSeconds, MICROS_PER_MILLISECOND, type Micros } from "../base/time.js";
import type { HostFacts, Intent, Plan, PlanChange } from "../config/index.js";
import { CONFLICT_PROBE_INTERVAL_MICROS } from "../core/addresses/conflicts.js";
import type { CoreConfig, VirtualRouterConfig } from "../core/config.js";
import { Core } from "../core/core.js";
import type { Logger } from "../host/log/index.js";
import { nowMicros, Timer } from "../host/native.js";
import { KernelEvents } from "../host/netlink/events.js";
import { OwnChanges } from "../host/netlink/own-changes.js";
import { AddressRequests, type PreparedAddresses } from "../host/netlink/requests.js";
import { Launchers } from "../host/scripts/launchers.js";
import { createNotifier, type Notifier } from "../host/scripts/notify.js";
import { Checks } from "./checks.js";
import { Doors } from "./doors.js";
import { type DumpKind, Dumps, dumpFolder } from "./dumps/dumps.js";
import type { DumpSource } from "./dumps/source.js";
import { Locks } from "./locks/locks.js";
import { carryOut } from "./loop/effects.js";
import { Following } from "./loop/following.js";
import { HostAdapter } from "./loop/host-adapter.js";
import { Lateness } from "./loop/lateness.js";
import { Loop } from "./loop/loop.js";
import { WarmUp } from "./loop/warm-up.js";
import { Network } from "./network/interfaces.js";
import { PacketReader } from "./network/packets.js";
import type { Planner } from "./planner.js";
import { describePutBack } from "./put-back.js";
import { becomeRealtime } from "./realtime.js";
import { type ReadAgain, Reloading, type Rereader } from "./reloading.js";
import { Replanning } from "./replanning.js";
import { Reports } from "./reports.js";
import { Scripts } from "./scripts.js";
import { groupDocuments, instanceDocuments, statusDocument } from "./status/document.js";
import { type HealthDocument, healthOf } from "./status/health.js";
import { abandonedLine, stopLine } from "./status/log-lines.js";
import type { StatusDocument } from "./status/types.js";
import { Surroundings } from "./surroundings.js";

export interface DaemonOptions {
  readonly intent: Intent;
  readonly logger: Logger;
  readonly version: string;
}

export class Daemon {
  readonly #logger: Logger;
  readonly #reports: Reports;
  readonly #startedAt: Micros = nowMicros();
  readonly #replanning: Replanning;
  readonly #planner: Planner;
  readonly #reloading: Reloading;
  readonly #core: Core;
  readonly #loop: Loop;
  readonly #following: Following;
  readonly #network: Network;
  readonly #events: KernelEvents;
  readonly #requests: AddressRequests;
  readonly #packets = new PacketReader();
  readonly #lateness: Lateness;
  readonly #locks: Locks;
  readonly #launchers: Launchers;
  readonly #scripts: Scripts;
  readonly #notifier: Notifier;
  readonly #timer: Timer;
  readonly #surroundings: Surroundings;
  /** Resolves with the reason when somebody entitled asks over the control socket. */
  readonly stopRequested: Promise<string>;
  #requestStop!: (why: string) => void;
  #isStopping = false;
  /** Whoever may ask for a reload asks it. */
  rereader: Rereader | null = null;
  #checks: Checks | null = null;
  readonly #doors: Doors;
  readonly #dumps: Dumps;
  readonly #warmUp = new WarmUp((sentence) => this.#warn(sentence));

  /** Opens what every configuration needs. Throws VrrpdError, or an Error with `code`, where the host refuses. */
  constructor(private readonly options: DaemonOptions) {
    const { intent, logger } = options;
    this.#logger = logger;
    this.#reports = new Reports(logger, options.version);
    this.stopRequested = new Promise((resolve) => {
      this.#requestStop = resolve;
    });
    this.#replanning = new Replanning({
      intent,
      interfaces: () => this.#events.interfaces(),
      apply: (facts, made) => this.#applyHostFacts(facts, made),
      onProblem: (sentence) => this.#warn(sentence),
    });
    this.#planner = this.#replanning.planner;
    this.#lateness = new Lateness(
      (late) => this.#warn(`stalled: a deadline was missed by ${formatSeconds(late)}`, "stalled"),
      (late) => this.#doors.observer?.onDeadline(late),
    );
    this.#launchers = new Launchers(intent.settings.scripts, intent.origins);
    this.#scripts = new Scripts(this.#launchers, this.#planner.current, logger);
    this.#notifier = createNotifier({
      launchers: this.#launchers,
      timeoutMillis: intent.settings.scripts.notifyTimeoutMicros / MICROS_PER_MILLISECOND,
      onProblem: (instance, text) => this.#warn(`(${instance}) ${text}`),
    });
    this.#locks = new Locks({
      uids: intent.settings.lockUids,
      onSquatter: (sentence) => this.#warn(sentence),
    });
    this.#doors = this.#makeDoors(intent);
    const { keepalivedConf: path } = intent.settings;
    const onProblem = (sentence: string, kind?: string) => this.#warn(sentence, kind);
    const interfaces = () => this.#events.interfaces();
    const launchers = this.#launchers;
    const onVmacs = () => this.#replanning.schedule();
    this.#surroundings = new Surroundings({ path, logger, launchers, interfaces, onProblem, onVmacs });
    const folder = dumpFolder(process.env.TMPDIR);
    this.#dumps = new Dumps({ source: () => this.#dumpSource(), folder, onProblem });
    this.#timer = new Timer(() => {
      this.#loop.expired();
      this.#following.look();
      this.#doors.look();
    });
    const own = new OwnChanges();
    this.#requests = new AddressRequests(own, (results) => {
      for (const one of results) this.#warn(describePutBack(one, this.#events.interfaces()));
    });
    this.#network = this.#buildNetwork();
    this.#events = new KernelEvents({
      changes: this.#network,
      own,
      requestPortId: this.#requests.portId,
      onError: (error) => this.#warn(error.message),
    });
    this.#core = new Core(this.#startedAt, this.#coreConfig());
    this.#following = new Following(this.#core, () => this.#network.follow(this.#core));
    this.#loop = this.#buildLoop();
    this.#reloading = new Reloading({
      planner: this.#planner,
      network: this.#network,
      launchers: this.#launchers,
      locks: this.#locks,
      vmacs: this.#surroundings.vmacs,
      loop: this.#loop,
      configure: (plan) => this.#configure(plan),
      readKernel: () => this.#events.readAll(),
      isStopping: () => this.#isStopping,
    });
  }

  /** Begins to take part. */
  async start(): Promise<void> {
    const { current } = this.#planner;
    this.#reports.plan(current, null);
    becomeRealtime(current.settings.realtimePriority, (sentence) => this.#warn(sentence));
    await this.#doors.prepare();
    this.#packets.configure(current.core);
    this.#surroundings.prepare(current);
    this.#loop.batch(() => {
      this.#events.start();
      this.#network.configure(current);
    });
    void this.#scripts.examine(current);
    this.#checks = new Checks(current, {
      launchers: this.#launchers,
      onResult: (result) => this.#loop.input(result),
      onProblem: (sentence) => this.#warn(sentence),
      hasAddress: (text) => {
        this.#events.readAll();
        return this.#events.interfaces().some((on) => on.addresses.some((one) => one.address.text === text));
      },
      onStarted: (check) => this.#doors.observer?.onCheckStarted(check),
      onEnded: (check, tookMicros) => this.#doors.observer?.onCheckEnded(check, tookMicros),
    });
    this.#surroundings.apply(current);
    this.#replanning.watchRoutes();
    await this.#doors.open();
    setImmediate(() => this.#warmUp.rehearse(current.core, this.#network));
  }

  /** Lets go of everything at once: priority 0, then the addresses. */
  release(): void {
    this.#isStopping = true;
    this.#replanning.stop();
    this.#surroundings.onRelease();
    this.#loop.input({ type: "shutdown" });
  }

  /** Releases within milliseconds; then `STOP` scripts have their time. */
  async stop(): Promise<void> {
    this.release();
    const checks = this.#checks?.stop();
    this.#surroundings.vmacs.close();
    const { stopTimeoutMicros } = this.#planner.current.settings.scripts;
    const drained = this.#notifier.drain(stopTimeoutMicros / MICROS_PER_MILLISECOND);
    await Promise.all([checks, drained, this.#surroundings.close(), this.#dumps.close()]);
    this.#doors.close();
    this.#timer.close();
    this.#following.close();
    this.#network.close();
    this.#events.close();
    this.#requests.close();
    this.#warmUp.close();
    this.#locks.release();
    this.#reports.say(stopLine(nowMicros() - this.#startedAt, this.#core.status()));
  }

  /** Reads the addresses from the kernel, so that each one that it calls present is on the interface. */
  status(): StatusDocument {
    this.#loop.batch(() => void this.#network.readArrived());
    return statusDocument({
      core: this.#core,
      plan: () => this.#planner.current,
      hostFacts: () => this.#replanning.facts(),
      lateness: this.#lateness,
      lostLogLines: this.#logger.lostLines,
      lostFifoLines: this.#surroundings.fifos.lost,
      waitingLogLines: this.#logger.backlog,
      firewall: this.#surroundings.restored,
      scripts: this.#scripts.examined,
      lockSquatters: this.#locks.squatters(),
      version: this.options.version,
      startedAt: this.#startedAt,
      reloads: this.rereader?.reloads ?? null,
    });
  }

  /** Keepalived's dump of this kind, written beside the loop. */
  writeDump(kind: DumpKind): void {
    this.#dumps.write(kind);
  }

  health(status = this.status()): HealthDocument {
    return healthOf(status, (on, family) => this.#network.hasSocket(on, family));
  }

  /** As it is now: it is written in slices, and the configuration may change meanwhile. */
  #dumpSource(): DumpSource {
    this.#network.catchUp();
    const { current: plan, intent, routers } = this.#planner;
    return {
      ...{ plan, intent },
      interfaces: this.#events.interfaces(),
      instances: instanceDocuments(this.#core, (router) => routers.get(router)),
      groups: groupDocuments(this.#core, (router) => routers.get(router)),
      scripts: this.#scripts.examined.map(({ document }) => document),
      host: hostname(),
      isRunning: (check) => this.#checks?.isActive(check) ?? false,
      countOf: (check) => this.#checks?.countOf(check) ?? null,
      idsOf: (user) => this.#launchers.as(user).ids,
    };
  }

  #buildNetwork(): Network {
    return new Network({
      packets: this.#packets,
      input: (input, trueSince) => this.#loop.input(input, trueSince),
      isRoutine: (advert) => this.#core.isRoutine(advert),
      batch: (work) => {
        this.#loop.batch(() => {
          work();
          if (!this.#following.isSettled) this.#network.catchUp();
        });
        this.#following.look();
      },
      onProblem: (sentence) => this.#warn(sentence),
      onAbandoned: (name, addresses) => this.#removeAbandoned(name, addresses),
      interfaces: () => this.#events.interfaces(),
      vmacs: this.#surroundings.vmacs,
      onHostFact: () => this.#replanning.schedule(),
      onAddressMoved: (text) => this.#checks?.addressMoved(text),
    });
  }

  #buildLoop(): Loop {
    const host = new HostAdapter({
      network: this.#network,
      requests: this.#requests,
      vmacs: this.#surroundings.vmacs,
      locks: { acquire: (router) => this.#acquireLock(router) },
      notifier: this.#notifier,
      fifos: this.#surroundings.fifos,
      logger: this.#logger,
      interfaces: () => this.#events.interfaces(),
      routers: () => this.#reloading.routers,
      groups: () => this.#planner.current.core.groups ?? [],
    });
    return new Loop({
      core: this.#core,
      now: nowMicros,
      timer: this.#timer,
      spin: (at) => this.#warmUp.spin(at),
      carryOut: (effects, ...asks) => [...carryOut(host, effects, ...asks), ...host.takeFailures()],
      onEffects: (effects) => {
        this.#surroundings.onEffects(effects);
        this.#doors.observer?.onEffects(nowMicros(), effects);
      },
      catchUp: () => this.#network.catchUp(),
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
    if (addresses.length > 0) this.#reports.say(abandonedLine(name, addresses));
  }

  #applyHostFacts(facts: HostFacts, made: Plan | null): void {
    this.#network.forget();
    this.#packets.setOwnSources(
      facts.interfaces.flatMap((one) => one.addresses.map(({ address }) => address.text)),
    );
    this.#loop.batch(() => {
      if (made !== null) this.#adoptPlan(made);
      this.#network.refresh(this.#planner.current);
      this.#surroundings.onHostFacts(this.#planner.current);
    });
  }

  #adoptPlan(plan: Plan): void {
    const { current: before, intent } = this.#planner;
    this.#planner.adopt(intent, plan);
    this.#reports.plan(plan, before);
    this.#configure(plan);
    this.#network.configure(plan);
    this.#checks?.update(plan);
    this.#surroundings.apply(plan);
  }

  /** What `reload` would change. */
  async previewReload(read: ReadAgain): Promise<PlanChange> {
    return this.#reloading.preview(await read(this.#planner.options));
  }

  #configure(plan: Plan): void {
    this.#network.forget();
    this.#loop.input({ type: "configure", config: this.#coreConfig() });
    this.#packets.configure(plan.core);
  }

  /**
   * Takes another configuration over; virtual routers that it does not change notice nothing. Returns what has changed;
   * null: the daemon stops. Throws VrrpdError, and then nothing has changed.
   */
  async reload(read: ReadAgain): Promise<PlanChange | null> {
    const planned = await read(this.#planner.options);
    return this.#replanning.holdDuring(async () => {
      const before = this.#planner.current;
      const change = await this.#reloading.take(planned);
      if (change !== null) this.#follow(before, change);
      return change;
    });
  }

  /** What is done once, for the configuration as a whole. */
  #follow(before: Plan, { checks }: PlanChange): void {
    const plan = this.#planner.current;
    this.#reports.plan(plan, before);
    void this.#scripts.examine(plan);
    this.#checks?.reconfigure(plan, [...checks.removed, ...checks.changed]);
    this.#surroundings.apply(plan);
    this.#replanning.watchRoutes();
  }

  #coreConfig(): CoreConfig {
    return { ...this.#planner.current.core, conflictProbeIntervalMicros: CONFLICT_PROBE_INTERVAL_MICROS };
  }

  #makeDoors({ settings }: Intent): Doors {
    return new Doors({
      settings,
      status: () => this.status(),
      health: (status) => this.health(status),
      routers: () => this.#reloading.routers,
      holdsLock: () => this.#locks.holdsAny,
      onStopRequested: (why) => this.#requestStop(why),
      rereader: () => this.rereader!,
      core: () => this.#core,
      input: (input) => this.#loop.input(input),
      onProblem: (sentence, kind) => this.#warn(sentence, kind),
      onListening: (sentence) => this.#logger.log("info", sentence),
    });
  }

  #acquireLock(router: VirtualRouterConfig): string | null {
    const holder = this.#locks.acquire(router);
    if (holder !== null) return holder;
    this.#doors.openControl();
    this.#surroundings.vmacs.hold(router);
    return null;
  }

  #warn(sentence: string, kind?: string): void {
    this.#reports.warn(sentence, kind);
  }
}
