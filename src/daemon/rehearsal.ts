/**
 * A takeover before there is one. Code that never ran has to be compiled first, which costs more than a millisecond, and
 * a takeover's code runs for the first time when it matters most. So a daemon that has started plays takeovers to
 * itself: with the real core, loop, machine and netlink requests, a clock of their own, and nowhere to send to.
 */
import { setFlagsFromString } from "node:v8";
import { addressFromBytes, type IpAddress } from "../base/address.js";
import { macFromBytes } from "../base/mac.js";
import type { Advert } from "../core/advert.js";
import type { CoreConfig, VirtualRouterConfig } from "../core/config.js";
import { Core } from "../core/core.js";
import { prepareAdverts } from "../host/adverts/prepare.js";
import { prepareAnnouncements } from "../host/announce/frames.js";
import { OwnChanges } from "../host/netlink/own-changes.js";
import { AddressRequests, prepareAddresses } from "../host/netlink/requests.js";
import { carryOut } from "./effects.js";
import { Lateness } from "./lateness.js";
import { Loop } from "./loop.js";
import { Machine, type Outlet } from "./machine.js";

/** The first one compiles; the others gain what is left to be gained, for a millisecond together. */
const ROUNDS = 4;
/** The down timer, then adverts and announcements: what comes due within the first seconds of a master. */
const DEADLINES_A_ROUND = 12;
const PRIORITY = 100;
const RIVAL_PRIORITY = 200;
/** No interface has it: the kernel refuses what is asked of it, and nothing changes. */
const NO_INTERFACE = 0x7fff_ffff;
const MAC = macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 1));
const SOURCES: Readonly<Record<VirtualRouterConfig["family"], IpAddress>> = {
  ipv4: addressFromBytes(Uint8Array.of(192, 0, 2, 1)),
  ipv6: addressFromBytes(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
};

/**
 * Sends, changes and logs nothing. Returns how many takeovers were played. What is compiled stays so: V8 would throw code
 * away again that has not run for a while, as a backup's has not.
 * Throws an Error with `code` when no netlink socket can be opened.
 */
export function rehearse(config: CoreConfig): number {
  setFlagsFromString("--no-flush-bytecode");
  const requests = new AddressRequests(new OwnChanges());
  try {
    return ["ipv4", "ipv6"]
      .flatMap((family) => config.routers.find((router) => router.family === family) ?? [])
      .reduce((played, router) => played + play(scratchOf(router), requests), 0);
  } finally {
    requests.close();
  }
}

/** One address, and nothing that the host would have to be asked about. */
function scratchOf(router: VirtualRouterConfig): VirtualRouterConfig {
  const virtualAddresses = router.virtualAddresses.slice(0, 1);
  return {
    ...router,
    priority: PRIORITY,
    preempt: { mode: "immediate", delaySeconds: 0 },
    virtualAddresses,
    advertisedCount: virtualAddresses.length,
    unicastPeers: [],
    unicastStrict: false,
    checks: [],
    notifyCommand: null,
  };
}

function play(router: VirtualRouterConfig, requests: AddressRequests): number {
  let now = 0;
  const core = new Core(now, { routers: [router], checks: [], renewIntervalMicros: null });
  const machine = machineOf(router, requests);
  const loop = new Loop({
    core,
    now: () => now,
    timer: { arm: () => {}, disarm: () => {} },
    carryOut: (effects) => [...carryOut(machine, effects), ...machine.takeFailures()],
    readArrived: () => {},
    lateness: new Lateness(() => {}),
  });
  const { interface: name, family } = router;
  const source = SOURCES[family];
  const link = { index: NO_INTERFACE, up: true, carrier: true, mac: MAC, mtu: 1500 };
  loop.batch(() => {
    loop.input({ type: "addresses", interface: name, addresses: [] });
    loop.input({ type: "source", interface: name, family, source, detail: null });
    loop.input({ type: "link", interface: name, link });
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let fired = 0; fired < DEADLINES_A_ROUND; fired += 1) {
      now = core.deadline()?.at ?? now;
      loop.expired();
    }
    loop.input({ type: "advert", router: 0, source, listed: true, advert: rivalAdvert(router) });
  }
  return core.status().routers[0]!.transitions.filter(({ to }) => to === "MASTER").length;
}

function rivalAdvert(router: VirtualRouterConfig): Advert {
  const { version, virtualRouterId, advertIntervalMicros, password, virtualAddresses } = router;
  const addresses = virtualAddresses.map(({ address }) => address);
  const said = { version, virtualRouterId, advertIntervalMicros, password, addresses };
  return { ...said, priority: RIVAL_PRIORITY, checksumForm: null };
}

function machineOf(router: VirtualRouterConfig, requests: AddressRequests): Machine {
  const prepared = {
    adverts: prepareAdverts(router, SOURCES[router.family], PRIORITY),
    addresses: prepareAddresses(NO_INTERFACE, router.virtualAddresses, router.leaseSeconds),
    announcements: prepareAnnouncements(router.interface, MAC, router.virtualAddresses),
    probes: null,
  };
  const outlet: Outlet = {
    socket: () => ({ send: () => 0 }),
    prepared: () => prepared,
    announcer: { send: () => 0, lastFailure: "" },
  };
  return new Machine({
    network: { of: () => outlet },
    requests: {
      add: (batches) => asDone(requests.add(batches)),
      remove: (batches) => asDone(requests.remove(batches)),
    },
    locks: { acquire: () => null },
    notifier: { notify: () => {} },
    logger: { log: () => {} },
    routers: () => [router],
  });
}

/** What the kernel has refused for want of the interface, as if it had not. */
function asDone(outcomes: ReturnType<AddressRequests["add"]>): ReturnType<AddressRequests["add"]> {
  return outcomes.map((batch) => batch.map(({ address }) => ({ address, result: "done" })));
}
