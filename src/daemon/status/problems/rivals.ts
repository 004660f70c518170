/** Another master beside this one, or one that this node should hear: why, and what shows it. */
import { shortList } from "../../../base/lists.js";
import { bothOf, nameOf, type SettingOrigins } from "../../../core/origin.js";
import type { DropReason } from "../../../wire/advert.js";
import { listDifference } from "../phrases.js";
import type { InstanceDocument, RefusalDocument, SpeakerDocument } from "../types.js";
import { type Found, plain, timeOf } from "./found.js";
import { refusalWords } from "./refusals.js";
import { answersOf, bare, isRecent, type Surmise } from "./surmise.js";

/** A master that fell silent is spoken of for so long: it may have come back as a backup, which is silent. */
const LOST_MILLIS = 600_000;

/** @param origins of this virtual router's settings */
export function rivalProblems(found: Surmise, origins: SettingOrigins): Found[] {
  const { instance, now } = found;
  const recent = instance.speakers.filter(({ lastHeardAt }) => isRecent(lastHeardAt, now));
  return [
    ...instance.refusals.flatMap((refusal) => refusedProblems(found, origins, refusal)),
    ...attemptProblems(instance, now),
    ...recent.flatMap((speaker) => mismatchProblems(found, origins, speaker)),
    ...silenceProblems(found),
    ...found.rivals.map((speaker) => secondMaster(found, origins, speaker)),
    ...found.strangeClaimants.map(({ mac, addresses }) => conflictProblem(instance, mac, addresses)),
  ];
}

function refusedProblems(found: Surmise, origins: SettingOrigins, refusal: RefusalDocument): Found[] {
  const { instance, now } = found;
  const { source, reason, relation, count, lastAt, meaning } = refusal;
  const words = refusalWords(origins)[reason as DropReason];
  if (!words.isProblem || !isRecent(lastAt, now)) return [];
  const { name } = instance;
  if (relation === "stranger") return [strangerProblem(found, origins, { ...refusal, address: source })];
  const isMaster = found.unheeded.includes(refusal);
  const claimants = found.claimantsOf.get(source) ?? [];
  const both = isMaster || claimants.length > 0;
  const ours = instance.virtualAddresses.some(({ address }) => bare(address) === source);
  return [
    {
      severity: both ? "error" : "warning",
      code: `refused-${reason as DropReason}`,
      instance: name,
      cause: source,
      since: Date.parse(refusal.since),
      count,
      addresses: claimants.flatMap(({ addresses }) => addresses),
      tell: (all) => {
        const answers = answersOf(claimants, shortList(all.addresses));
        const and = answers === null ? "" : `, and ${answers}`;
        const so = both ? `. So it is master beside this node since ${timeOf(all.since!)}${and}` : "";
        const own = ours ? ". That is a virtual address, so a NAT rule has changed where they come from" : "";
        const text = `adverts of ${source} are refused (${all.count} so far): ${meaning}${own}${so}`;
        return { text, action: words.action };
      },
    },
  ];
}

function attemptProblems({ name, attempts }: InstanceDocument, now: number): Found[] {
  return attempts
    .filter(({ lastAt }) => isRecent(lastAt, now))
    .map(({ source, priority, reason, meaning, action, count }) => ({
      severity: "error",
      code: `attempt-${reason as DropReason}`,
      instance: name,
      cause: source,
      count,
      tell: (all) => {
        const last = all.count === 1 ? "" : ` (${all.count} such adverts so far)`;
        const text = `an advert of ${source} with priority ${priority} would have taken the addresses over, and was refused${last}: ${meaning}`;
        return { text, action };
      },
    }));
}

interface Stranger extends Pick<SpeakerDocument, "address" | "addresses" | "addressCount"> {
  /** Its adverts are refused, too: why. */
  readonly meaning?: string;
}

function strangerProblem({ instance }: Surmise, origins: SettingOrigins, stranger: Stranger): Found {
  const { address: who, meaning } = stranger;
  const addresses = shortList(stranger.addresses, stranger.addressCount);
  return {
    severity: "error",
    code: "stranger",
    instance: instance.name,
    cause: who,
    tell: ({ instances }) => {
      const ids = instances.length > 1 ? "ids" : `id ${instance.virtualRouterId}`;
      const too = meaning === undefined ? "" : `; its adverts are refused, as ${meaning}`;
      return {
        text: `${who} uses our virtual router ${ids} for other addresses: ${addresses}${too}`,
        action: `Another cluster is on this LAN: give one of the two another ${nameOf(origins.virtualRouterId)}.`,
      };
    },
  };
}

function mismatchProblems(found: Surmise, origins: SettingOrigins, speaker: SpeakerDocument): Found[] {
  const { instance } = found;
  const { name } = instance;
  if (speaker.relation === "stranger") return [strangerProblem(found, origins, speaker)];
  const who = speaker.address;
  const problems: Found[] = [];
  const about = (code: Found["code"], severity: Found["severity"], text: string, action: string) =>
    problems.push({ ...plain(severity, code, name, text, action), cause: who });
  if (speaker.relation === "overlapping") {
    const advertised = instance.virtualAddresses.filter((one) => one.advertised);
    const ours = advertised.map(({ address }) => bare(address));
    const difference = listDifference(speaker.addresses, ours, speaker.addressCount) ?? "is the same again";
    const isRival = found.rivals.includes(speaker);
    const so = isRival ? ". Keepalived refuses adverts with another list, and becomes master beside" : "";
    about(
      "address-list",
      isRival ? "error" : "warning",
      `the address list of ${who} differs from ours: it ${difference}${so}`,
      `Give all nodes the same ${bothOf(origins.virtualAddresses, origins.groups)}.`,
    );
  }
  // All that have yielded have the lowest: nobody has set it.
  if (instance.yielded === null && speaker.priority === instance.priority) {
    about(
      "equal-priority",
      "warning",
      `${who} has the same priority ${speaker.priority}; the greater address decides`,
      `Set ${nameOf(origins.replicaCount)} to the number of nodes, or give each its own ${nameOf(origins.priority)}.`,
    );
  }
  const { advertIntervalSeconds: interval } = speaker;
  if (speaker.version === instance.version && interval !== instance.advertIntervalSeconds) {
    about(
      "interval",
      "warning",
      `${who} advertises every ${interval} s, we every ${instance.advertIntervalSeconds} s`,
      `Give all nodes the same ${nameOf(origins.advertInterval)}.`,
    );
  }
  return problems;
}

function secondMaster(found: Surmise, origins: SettingOrigins, speaker: SpeakerDocument): Found {
  const { instance } = found;
  const { address: who, priority } = speaker;
  const claimants = found.claimantsOf.get(who) ?? [];
  return {
    severity: "error",
    code: "two-masters",
    instance: instance.name,
    cause: who,
    since: Math.max(Date.parse(speaker.advertisingSince), Date.parse(instance.since)),
    count: speaker.advertsInSeries,
    addresses: claimants.flatMap(({ addresses }) => addresses),
    tell: (all) => {
      const answers = answersOf(claimants, shortList(all.addresses));
      const and = answers === null ? "" : `, and ${answers}`;
      const ours = instance.priority === null ? "" : ` (this node: ${instance.priority})`;
      const text = `${who} advertises as master too, with priority ${priority}${ours}: ${all.count} adverts since ${timeOf(all.since!)}, though this node advertises${and}. It does not hear this node, or refuses what it hears`;
      return { text, action: hearAction(instance, origins, who) };
    },
  };
}

/** Where to look for what keeps adverts of this node from another one. */
function hearAction({ unicastPeers }: InstanceDocument, origins: SettingOrigins, who: string): string {
  const way =
    unicastPeers.length > 0
      ? `the way between the two (${nameOf(origins.unicastPeers)})`
      : "the switch (multicast snooping)";
  return `Run vrrpd doctor on ${who}, which may drop VRRP that comes in, and here, where it may be dropped going out; then look at ${way}, and at its log.`;
}

/** The master that was followed fell silent: it may serve on, unheard. */
function silenceProblems(found: Surmise): Found[] {
  const { instance, former, now } = found;
  if (former === null || found.unheeded.length > 0) return [];
  const { address: who, priority, lastHeardAt } = former;
  const since = Date.parse(lastHeardAt);
  const claimants = found.claimantsOf.get(who) ?? [];
  const common = { instance: instance.name, cause: who, since };
  const what = instance.unicastPeers.length > 0 ? `from ${who}` : "to its group";
  if (claimants.length > 0) {
    return [
      {
        ...common,
        severity: "error",
        code: "deaf",
        addresses: claimants.flatMap(({ addresses }) => addresses),
        tell: (all) => ({
          text: `${who}, master with priority ${priority} until then, fell silent at ${timeOf(all.since!)}, and its host still answers, as ${answersOf(claimants, shortList(all.addresses))}: it serves on unheard, or its daemon is dead or frozen and the addresses are left`,
          action: `Run vrrpd status on ${who}. If nothing answers there, restart its daemon. If it serves, let VRRP (IP protocol 112 ${what}) come in here: vrrpd doctor on this node names a packet filter that drops it; else look at the switch (multicast snooping).`,
        }),
      },
    ];
  }
  if (now - since > LOST_MILLIS || now - Date.parse(instance.since) < 2_000 * former.advertIntervalSeconds)
    return [];
  return [
    {
      ...common,
      severity: "warning",
      code: "master-lost",
      tell: (all) => ({
        text: `${who}, master with priority ${priority} until then, fell silent at ${timeOf(all.since!)} without having released, and has not been heard since`,
        action: `Look whether vrrpd runs on ${who}, frozen or stopped by force; if it serves, this node does not hear it: vrrpd doctor here.`,
      }),
    },
  ];
}

function conflictProblem({ name }: InstanceDocument, mac: string, addresses: readonly string[]): Found {
  return {
    severity: "error",
    code: "address-conflict",
    instance: name,
    cause: mac,
    addresses,
    tell: (all) => ({
      text: `${shortList(all.addresses)} ${all.addresses.length === 1 ? "is" : "are"} also answered by ${mac}, of whom no advert is heard: part of the clients reach that host`,
      action:
        "Find this MAC address on the switch. If it is a node of this cluster, this node does not hear it: vrrpd doctor here; else take the address off that host.",
    }),
  };
}
