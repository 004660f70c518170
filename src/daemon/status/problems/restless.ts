/** What goes on again and again: lost adverts, changes of state, checks that turn, addresses that are removed. */
import { shortList } from "../../../base/lists.js";
import { nameOf, type SettingOrigins, settingOf } from "../../../core/origin.js";
import type { CauseCode } from "../../../core/router/cause.js";
import type {
  InstanceDocument,
  SpeakerDocument,
  TransitionDocument,
  VirtualAddressDocument,
} from "../types.js";
import { type Found, timeOf } from "./found.js";
import { isRecent, type Surmise } from "./surmise.js";

/** What is older is over. */
const WINDOW_MILLIS = 600_000;
/** Fewer changes of one kind within the window are a failover and its end. */
const LEAST_CHANGES = 5;
const LEAST_CHALLENGES = 3;
/** Of an address, within the series that the core counts. */
const LEAST_REMOVALS = 2;
const REMOVALS_MILLIS = 900_000;

const LEAST_LOSS = { share: 0.05, gaps: 3, due: 20 };
const GRAVE_LOSS = 0.2;
/** After link up a switch port that learns first is dark for so long: twice 15 s, and some more. */
const DARK_MILLIS = 90_000;

export function restlessProblems(found: Surmise, origins: SettingOrigins): Found[] {
  const { instance, now } = found;
  const lossy = instance.speakers.filter((speaker) => isLossy(speaker, now));
  const dark = darkPortProblems(found, origins);
  const challenged = challengeProblems(found);
  const explained = lossy.length > 0 || challenged.length > 0 || found.rivals.length > 0;
  return [
    ...lossy.map((speaker) => lossProblem(found, speaker)),
    ...dark,
    ...challenged,
    ...flapping(instance, now)
      .filter(({ kind }) => {
        if (kind === "check") return !instance.checks.some(({ failedAt }) => failedAt.length >= 3);
        return kind === "rival" ? !explained : kind === "link" ? dark.length === 0 : true;
      })
      .map((one) => flappingProblem(instance, one)),
    ...removalProblems(instance, now),
  ];
}

function isLossy({ relation, loss, losses, lastHeardAt }: SpeakerDocument, now: number): boolean {
  if (relation === "stranger" || loss === null || losses === null || !isRecent(lastHeardAt, now))
    return false;
  return loss >= LEAST_LOSS.share && losses.gaps >= LEAST_LOSS.gaps && losses.due >= LEAST_LOSS.due;
}

function lossProblem({ instance, now }: Surmise, { address: who, loss, losses }: SpeakerDocument): Found {
  const changes = flapping(instance, now).find(({ kind }) => kind === "rival");
  const { missed, due, since } = losses!;
  const percent = Math.round(100 * loss!);
  return {
    severity: loss! >= GRAVE_LOSS ? "error" : "warning",
    code: "lossy",
    instance: instance.name,
    cause: who,
    since: Date.parse(since),
    tell: (all) => {
      const so =
        changes === undefined ? "" : `; so this node changed its state ${changes.transitions.length} times`;
      return {
        text: `${percent} % of the adverts of ${who} do not arrive: ${missed} of the last ${due} are missing, since ${timeOf(all.since!)}${so}`,
        action: `Look for what loses packets between ${who} and this node: a cable or port with errors (ip -s link, ethtool -S), a bond or a switch that is overloaded, a busy host.`,
      };
    },
  };
}

function challengeProblems({ instance, now, rivals }: Surmise): Found[] {
  if (instance.state !== "MASTER") return [];
  return instance.speakers.flatMap((speaker): Found[] => {
    const { address: who, priority } = speaker;
    const times = speaker.challengedAt
      .map((time) => Date.parse(time))
      .filter((at) => now - at <= WINDOW_MILLIS);
    if (times.length < LEAST_CHALLENGES || rivals.includes(speaker)) return [];
    return [
      {
        severity: "warning",
        code: "challenged",
        instance: instance.name,
        cause: who,
        since: times[0]!,
        tell: (all) => ({
          text: `${who}, of priority ${priority}, became master beside this node ${times.length} times since ${timeOf(all.since!)}, and gave way each time: adverts of this node get lost on their way to it, or it stands still`,
          action: `See LOSS of vrrpd peers on ${who}, and vrrpd status there; look at the ports and the switch between the two.`,
        }),
      },
    ];
  });
}

type Kind = "check" | "link" | "rival";

interface Flapping {
  readonly kind: Kind;
  readonly transitions: readonly TransitionDocument[];
}

const KINDS: Readonly<Partial<Record<CauseCode, Kind>>> = {
  "check-failed": "check",
  "interface-missing": "link",
  "interface-down": "link",
  "no-carrier": "link",
  "no-source": "link",
  "tracked-interface": "link",
  "no-master": "rival",
  "master-silent": "rival",
  "master-released": "rival",
  preempted: "rival",
  outranked: "rival",
  stalled: "rival",
};

function flapping({ transitions }: InstanceDocument, now: number): Flapping[] {
  const recent = transitions.filter(({ at }) => now - Date.parse(at) <= WINDOW_MILLIS);
  return (["check", "link", "rival"] as const).flatMap((kind) => {
    const found = recent.filter(({ code }) => KINDS[code] === kind);
    // Out of a fault it comes back by other causes.
    const changes = kind === "rival" ? found.length : 2 * found.length;
    return changes < LEAST_CHANGES ? [] : [{ kind, transitions: found }];
  });
}

const FLAPPING: Readonly<Record<Kind, { readonly what: string; readonly action: string }>> = {
  check: {
    what: "a check takes it out of service and lets it back in",
    action: "Mend the service or the check; let it fail more often in a row before it counts.",
  },
  link: {
    what: "its link or its address comes and goes",
    action: "Look at the cable, the switch port and dmesg, and at what else configures {interface}.",
  },
  rival: {
    what: "it becomes master and gives way in turns",
    action: "See vrrpd why for each cause, and LOSS of vrrpd peers; look at what is between the nodes.",
  },
};

function flappingProblem({ name, interface: on }: InstanceDocument, { kind, transitions }: Flapping): Found {
  const { what, action } = FLAPPING[kind];
  const last = transitions.at(-1)!;
  return {
    severity: "warning",
    code: "flapping",
    instance: name,
    cause: kind,
    since: Date.parse(transitions[0]!.at),
    count: transitions.length,
    tell: (all) => ({
      text: `${what}: ${all.count} times since ${timeOf(all.since!)}, the last time at ${last.at} (${last.cause})`,
      action: action.replace("{interface}", on),
    }),
  };
}

/** After link up it heard nobody and claimed, and soon afterwards another master was there that had been all the time. */
function darkPortProblems({ instance, now }: Surmise, origins: SettingOrigins): Found[] {
  const { transitions, speakers, name } = instance;
  return transitions.flatMap(({ at, to, code }, index): Found[] => {
    const back = transitions[index - 1];
    const fault = transitions[index - 2];
    if (to !== "MASTER" || code !== "no-master" || back?.from !== "FAULT") return [];
    if (fault === undefined || KINDS[fault.code] !== "link") return [];
    const claimed = Date.parse(at);
    if (now - claimed > WINDOW_MILLIS) return [];
    const outranked = transitions[index + 1];
    const isSoon = (time: string) => Date.parse(time) > claimed && Date.parse(time) - claimed <= DARK_MILLIS;
    const challenger = speakers.find(({ challengedAt }) => challengedAt.some(isSoon));
    const gaveWay = outranked?.code === "outranked" && isSoon(outranked.at);
    if (challenger === undefined && !gaveWay) return [];
    const who = challenger?.address ?? String(outranked!.facts.rival);
    const seen = challenger?.challengedAt.find(isSoon) ?? outranked!.at;
    const spanSeconds = (Date.parse(seen) - Date.parse(back.at)) / 1000;
    return [
      {
        severity: "warning",
        code: "dark-port",
        instance: name,
        cause: instance.interface,
        since: Date.parse(back.at),
        tell: () => ({
          text: `for ${spanSeconds.toFixed(1)} s after link up at ${back.at} nobody was heard on ${instance.interface}, so this node became master beside ${who}: the switch port stays dark after link up (spanning tree)`,
          action: `Make it an edge port (portfast) on the switch, or set ${settingOf(origins.linkGrace, String(Math.ceil(spanSeconds) + 5))} and ${nameOf(origins.startGrace)}, so that this node listens first.`,
        }),
      },
    ];
  });
}

export function isRemovedRepeatedly({ removals }: VirtualAddressDocument, now: number): boolean {
  if (removals === null || removals.count < LEAST_REMOVALS) return false;
  return now - Date.parse(removals.lastAt) <= REMOVALS_MILLIS;
}

function removalProblems({ name, virtualAddresses, state }: InstanceDocument, now: number): Found[] {
  const removed = virtualAddresses.filter((one) => isRemovedRepeatedly(one, now));
  const missing = state === "MASTER" ? removed.filter(({ present }) => !present) : [];
  return removed.map((one) => {
    const { address, interface: on, removals } = one;
    const { count, since, lastAt } = removals!;
    return {
      severity: missing.length > 0 ? "error" : "warning",
      code: "address-removed",
      instance: name,
      cause: on,
      since: Date.parse(since),
      count,
      addresses: [address],
      tell: (all) => ({
        text: `somebody on this host removes ${shortList(all.addresses)} from ${on}: ${all.count} times since ${timeOf(all.since!)}, the last time at ${lastAt}. vrrpd puts it back each time`,
        action: `Find the program (NetworkManager, netplan, a script; ip monitor address shows when), and have it leave ${on} alone.`,
      }),
    };
  });
}
