/** What is wrong with the other speakers for one of our virtual routers. */
import { shortList } from "../../../base/lists.js";
import { bothOf, nameOf, type SettingOrigins } from "../../../core/origin.js";
import type { DropReason } from "../../../wire/advert.js";
import { listDifference } from "../phrases.js";
import type { InstanceDocument, ProblemDocument, SpeakerDocument } from "../types.js";
import { refusalWords } from "./refusals.js";

/** The problem of a speaker stays listed for so long after its last advert; adverts may be 40 s apart. */
export const RECENT_MILLIS = 120_000;

/** @param origins of this virtual router's settings */
export function rivalProblems(
  instance: InstanceDocument,
  origins: SettingOrigins,
  now: number,
): ProblemDocument[] {
  const words = refusalWords(origins);
  const isRecent = (time: string) => now - Date.parse(time) <= RECENT_MILLIS;
  return [
    ...instance.speakers
      .filter(({ lastHeardAt }) => isRecent(lastHeardAt))
      .flatMap((speaker) => speakerProblems(instance, origins, speaker, now)),
    ...instance.attempts
      .filter(({ lastAt }) => isRecent(lastAt))
      .map(({ source, priority, reason, meaning, action, count }) => {
        const last = count === 1 ? "" : ` (${count} such adverts so far)`;
        const text = `an advert of ${source} with priority ${priority} would have taken the addresses over, and was refused${last}: ${meaning}`;
        return {
          severity: "error",
          code: `attempt-${reason}`,
          instance: instance.name,
          text,
          action,
        } as const;
      }),
    ...instance.refusals
      .filter(({ reason, lastAt }) => words[reason as DropReason].isProblem && isRecent(lastAt))
      .map(({ source, reason, meaning, count }) => {
        const { action } = words[reason as DropReason];
        const text = `adverts of ${source} are refused (${count} so far): ${meaning}`;
        return {
          severity: "warning",
          code: `refused-${reason}`,
          instance: instance.name,
          text,
          action,
        } as const;
      }),
  ];
}

function speakerProblems(
  instance: InstanceDocument,
  origins: SettingOrigins,
  speaker: SpeakerDocument,
  now: number,
): ProblemDocument[] {
  const problem = (
    severity: ProblemDocument["severity"],
    code: string,
    text: string,
    action: string,
  ): ProblemDocument => ({ severity, code, instance: instance.name, text, action });
  const who = speaker.address;
  if (speaker.relation === "stranger") {
    const addresses = shortList(speaker.addresses, speaker.addressCount);
    const text = `${who} uses our virtual router id ${instance.virtualRouterId} for other addresses: ${addresses}`;
    const another = `give one of the two another ${nameOf(origins.virtualRouterId)}`;
    return [problem("error", "stranger", text, `Another cluster is on this LAN: ${another}.`)];
  }
  const problems: ProblemDocument[] = [];
  if (isSecondMaster(instance, speaker, now)) {
    problems.push(
      problem(
        "error",
        "two-masters",
        `${who} advertises as master too, with priority ${speaker.priority}`,
        "It does not hear or does not accept our adverts: look at the firewall and the switch between the two, and at its log.",
      ),
    );
  }
  if (speaker.relation === "overlapping") {
    const advertised = instance.virtualAddresses.filter((one) => one.advertised);
    const ours = advertised.map(({ address }) => address.replace(/\/.*/, ""));
    problems.push(
      problem(
        "warning",
        "address-list",
        `the address list of ${who} differs from ours: it ${listDifference(speaker.addresses, ours, speaker.addressCount) ?? "is the same again"}`,
        `Give all nodes the same ${bothOf(origins.virtualAddresses, origins.groups)}.`,
      ),
    );
  }
  if (speaker.priority === instance.priority) {
    problems.push(
      problem(
        "warning",
        "equal-priority",
        `${who} has the same priority ${speaker.priority}; the greater address decides`,
        `Set ${nameOf(origins.replicaCount)} to the number of nodes, or give each its own ${nameOf(origins.priority)}.`,
      ),
    );
  }
  if (
    speaker.version === instance.version &&
    speaker.advertIntervalSeconds !== instance.advertIntervalSeconds
  ) {
    problems.push(
      problem(
        "warning",
        "interval",
        `${who} advertises every ${speaker.advertIntervalSeconds} s, we every ${instance.advertIntervalSeconds} s`,
        `Give all nodes the same ${nameOf(origins.advertInterval)}.`,
      ),
    );
  }
  return problems;
}

/** Both have had the time to hear each other. */
function isSecondMaster({ state, since }: InstanceDocument, speaker: SpeakerDocument, now: number): boolean {
  const lastHeard = Date.parse(speaker.lastHeardAt);
  const settledMillis = 2_000 * speaker.advertIntervalSeconds;
  return (
    state === "MASTER" &&
    speaker.advertising &&
    now - Date.parse(since) > settledMillis &&
    lastHeard - Date.parse(since) > settledMillis / 2
  );
}
