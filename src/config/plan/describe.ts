/** A plan as `vrrpd check --json` prints it; key order is part of the form. */
import { microsToSeconds } from "../../base/time.js";
import type { VirtualRouterConfig, Vmac } from "../../core/config.js";
import { type FixtureConfig, kindOfKey, wordsOfKey } from "../../core/fixture.js";
import type { UserName } from "../../core/notify.js";
import { placeOf } from "../../core/virtual-address.js";
import type { Note } from "../intent.js";
import type { Warning } from "../problem.js";
import { joinWords } from "../words.js";
import { contradictionsOf, isFromFile, nodeOf, peersOf, sourcesOf } from "./parts.js";
import type { Plan, PlannedPeer, RouterPlan } from "./types.js";

/**
 * What only a missing fact leaves open is null. A contradiction stands at the end of the warnings.
 * Of a file, warnings are objects with their places, and more is said of instances.
 * @param checks what is said of each check, by its name
 */
export function describePlan(
  plan: Plan,
  checks: Readonly<Record<string, object | null>>,
  notes: readonly Note[] = [],
): object {
  const node = nodeOf(plan);
  const peers = peersOf(plan);
  return {
    source: plan.source,
    interface: node.interface,
    nodeAddress: node.nodeAddress?.text ?? null,
    ...(isFromFile(plan)
      ? {
          // A file names its checks as it likes.
          checks: Object.fromEntries(Object.entries(checks).filter(([, said]) => said !== null)),
          warnings: [
            ...plan.warnings.map(placedWarning),
            ...contradictionsOf(plan).map((text) => ({ text })),
          ],
          notes: notes.map(({ message }) => message),
          instances: [...plan.routers.values()].map(describeInstance),
          statics: (plan.core.statics ?? []).map(describeFixture),
        }
      : {
          ...checks,
          warnings: [...plan.warnings.map(({ text }) => text), ...contradictionsOf(plan)],
          instances: plan.core.routers.map(describeRouter),
        }),
    ...(peers.length > 0 ? { peers: peers.map(({ peer }) => describePeer(peer)) } : {}),
  };
}

/** With the file, line, column and keyword, or with the variable. */
function placedWarning({ origin, text }: Warning): object {
  return { ...origin, text };
}

function describeInstance(router: RouterPlan): object {
  const { virtualAddresses, notify } = router.config;
  return {
    ...describeRouter(router.config),
    sources: sourcesOf(router),
    addresses: virtualAddresses.map(({ address, prefixLength, broadcast, peer, ...rest }) => ({
      address: `${address.text}/${prefixLength}`,
      ...rest,
      broadcast: broadcast?.text ?? null,
      peer: peer?.text ?? null,
    })),
    routes: router.config.fixtures.map(describeFixture),
    tracks: router.config.tracks,
    notify: notify.map(({ on, command, user }) => ({
      on,
      command: joinWords(command),
      user: userText(user),
    })),
  };
}

/** A route, a rule or a static address. */
function describeFixture({ key, guarded }: FixtureConfig): object {
  return { kind: kindOfKey(key), words: wordsOfKey(key), guarded };
}

/** How adverts are exchanged with a unicast peer; its own come from `address` and have `leastTtl` at least. */
function describePeer({ address, route, gateway, leastTtl, source }: PlannedPeer): object {
  return {
    address: address.text,
    interface: route?.interface ?? null,
    gateway: gateway?.text ?? null,
    source: source?.text ?? null,
    leastTtl,
  };
}

function describeRouter(router: VirtualRouterConfig): object {
  return {
    name: router.name,
    interface: router.interface,
    family: router.family,
    version: router.version,
    virtualRouterId: router.virtualRouterId,
    priority: router.priority,
    preempt: { mode: router.preempt.mode, delaySeconds: router.preempt.delaySeconds },
    advertIntervalSeconds: microsToSeconds(router.advertIntervalMicros),
    virtualAddresses: router.virtualAddresses.map((entry) => placeOf(entry, router.interface)),
    ...(router.vmacs.length > 0 ? { vmacs: router.vmacs.map(describeVmac) } : {}),
    unicastPeers: router.unicastPeers.map(({ address }) => address.text),
    notifyScript: notifyScriptOf(router),
  };
}

function describeVmac({ name, on, mac, family, adverts }: Vmac): object {
  return { name, interface: on, mac: mac.text, family, adverts };
}

/** The one that is told of each change. */
function notifyScriptOf({ notify }: VirtualRouterConfig): string | null {
  const script = notify.find(({ on }) => on === "any");
  return script === undefined ? null : joinWords(script.command);
}

function userText(user: UserName | null): string | null {
  if (user === null || user.group === null) return user?.user ?? null;
  return `${user.user}:${user.group}`;
}
