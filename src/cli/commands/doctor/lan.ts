/** What is heard on the LAN before vrrpd says a word: who uses our ids, and who has our addresses. */
import { shortList } from "../../../base/lists.js";
import { formatSeconds, MICROS_PER_MILLISECOND, type Micros } from "../../../base/time.js";
import { type HostFacts, type InterfacePlan, type Plan, routersOn } from "../../../config/index.js";
import type { VirtualRouterConfig } from "../../../core/config.js";
import { masterDownMicros } from "../../../core/election.js";
import { nameOf, type SettingOrigins } from "../../../core/origin.js";
import { differencesOf } from "../../../daemon/status/phrases.js";
import { refusalWords } from "../../../daemon/status/problems/refusals.js";
import type { StatusDocument } from "../../../daemon/status/types.js";
import { error, type Finding, ok, warning } from "../../../host/finding.js";
import {
  type Claim,
  type HeardAdvert,
  type Listened,
  listen,
  type RefusedAdvert,
} from "../../../host/lan-listener.js";
import { isMasterOf } from "./running.js";

/** All interfaces are listened on at the same time. */
export async function wireFindings(
  plan: Plan,
  facts: HostFacts,
  running: StatusDocument | null,
): Promise<Finding[]> {
  return (await Promise.all(plan.interfaces.map((one) => findingsOn(plan, one, facts, running)))).flat();
}

async function findingsOn(
  plan: Plan,
  planned: InterfacePlan,
  facts: HostFacts,
  running: StatusDocument | null,
): Promise<Finding[]> {
  const on = facts.interfaces.find(({ name }) => name === planned.name);
  if (on === undefined || !on.link.up || !on.link.carrier) return [];
  const routers = routersOn(plan, planned).map(({ config }) => config);
  const span = listeningMicros(routers);
  const heard = await listen(on.name, on.link, routers, span / MICROS_PER_MILLISECOND);
  return [
    ...heard.problems.map((text) => error("wire", text, "Nothing could be heard there; mend that first.")),
    ...speakerFindings(routers, plan.origins, heard, span, running),
    ...heard.refused.flatMap((refused) => refusedFinding(routers, refused)),
    ...claimFindings(routers, heard),
  ];
}

/** One down interval: after it a master would have been heard. */
function listeningMicros(routers: readonly VirtualRouterConfig[]): Micros {
  return Math.max(
    ...routers.map(({ version, priority, advertIntervalMicros, downTimerAdverts }) =>
      masterDownMicros(version, priority ?? 1, advertIntervalMicros, downTimerAdverts),
    ),
  );
}

function speakerFindings(
  routers: readonly VirtualRouterConfig[],
  origins: SettingOrigins,
  { heard }: Listened,
  span: Micros,
  running: StatusDocument | null,
): Finding[] {
  const found = heard.flatMap((one) => {
    const router = routers.find(
      ({ family, virtualRouterId }) =>
        family === one.family && virtualRouterId === one.advert.virtualRouterId,
    );
    return router === undefined
      ? foreignFinding(routers, origins, one)
      : [speakerFinding(router, one, running)];
  });
  return found.length > 0 ? found : [ok("wire", `no advert was heard for ${formatSeconds(span)}`)];
}

function foreignFinding(
  routers: readonly VirtualRouterConfig[],
  origins: SettingOrigins,
  { source, advert }: HeardAdvert,
): Finding[] {
  const ours = advert.addresses
    .filter(({ text }) => holderOf(routers, text) !== null)
    .map(({ text }) => text);
  const id = advert.virtualRouterId;
  if (ours.length === 0) return [ok("wire", `${source.text} speaks for id ${id}, which is none of ours`)];
  return [
    error(
      "wire",
      `${source.text} advertises our ${shortList(ours)} under virtual router id ${id}`,
      `Give all nodes the same ${nameOf(origins.virtualRouterId)} and list of addresses.`,
    ),
  ];
}

function speakerFinding(
  router: VirtualRouterConfig,
  { source, advert }: HeardAdvert,
  running: StatusDocument | null,
): Finding {
  const advertised = router.virtualAddresses.slice(0, router.advertisedCount);
  const ours = advertised.map(({ address }) => address.text);
  const theirs = advert.addresses.map(({ text }) => text);
  const who = `${source.text} speaks for ${router.name} (id ${router.virtualRouterId}) with priority ${advert.priority}`;
  if (!theirs.some((address) => ours.includes(address))) {
    return error(
      "wire",
      `${who}, but for other addresses: ${shortList(theirs)}`,
      `Another cluster is on this LAN: give one of the two another ${nameOf(router.origins.virtualRouterId)}.`,
    );
  }
  const differences = differencesOf({ ...advert, addresses: theirs }, { ...router, addresses: ours });
  if (advert.priority > 0 && isMasterOf(running, router.name)) {
    return error(
      "wire",
      `${who}, though this node is master: there are two`,
      "One of the two does not hear or does not accept the other: vrrpd status on both says which, and why.",
    );
  }
  if (differences.length === 0) return ok("wire", who);
  return warning(
    "wire",
    `${who}; what differs: ${differences.join("; ")}`,
    "Give all nodes the same settings, and each its own priority.",
  );
}

function refusedFinding(
  routers: readonly VirtualRouterConfig[],
  { family, source, virtualRouterId, reason }: RefusedAdvert,
): Finding[] {
  const router = routers.find((one) => one.family === family && one.virtualRouterId === virtualRouterId);
  if (router === undefined) return [];
  const { meaning, action } = refusalWords(router.origins)[reason];
  return [
    warning("wire", `an advert of ${source.text} for ${router.name} would be refused: ${meaning}`, action),
  ];
}

/** An address that a speaker of ours advertises is answered by it; anybody else has no right to it. */
function claimFindings(routers: readonly VirtualRouterConfig[], { heard, claims }: Listened): Finding[] {
  const serving = (address: string) =>
    heard.find(({ advert }) => advert.priority > 0 && advert.addresses.some(({ text }) => text === address));
  const finding = (claim: Claim): Finding => {
    const master = serving(claim.address);
    const macs = claims.filter(({ address }) => address === claim.address);
    if (macs.length > 1) {
      return error(
        "addresses",
        `${claim.address} is answered by ${macs.map(({ mac }) => mac.text).join(" and ")}: two hosts have it`,
        "Find these MAC addresses on the switch: vrrpd status on each node says which has it by right.",
      );
    }
    if (master !== undefined) {
      const { source } = master;
      return ok(
        "addresses",
        `${claim.address} is answered by ${claim.mac.text}; ${source.text} advertises it`,
      );
    }
    return error(
      "addresses",
      `${claim.address} is used by ${claim.mac.text} already, and nobody advertises it`,
      "Take it from that host, or choose another address.",
    );
  };
  if (claims.length > 0) return claims.map(finding);
  const count = routers.reduce((sum, router) => sum + router.virtualAddresses.length, 0);
  return [
    ok(
      "addresses",
      `nobody else answers for the ${count === 1 ? "virtual address" : `${count} virtual addresses`}`,
    ),
  ];
}

function holderOf(routers: readonly VirtualRouterConfig[], address: string): VirtualRouterConfig | null {
  return (
    routers.find((router) => router.virtualAddresses.some((entry) => entry.address.text === address)) ?? null
  );
}
