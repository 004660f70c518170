/** What the facts of one instance add up to: who else serves, and which MAC addresses are theirs. */
import type { ForeignSpeakerDocument, InstanceDocument, RefusalDocument, SpeakerDocument } from "../types.js";

/** What was heard of somebody counts for so long after the last advert; adverts may be 40 s apart. */
export const RECENT_MILLIS = 120_000;

/** A host that answers for some of the addresses. */
export interface Claimant {
  readonly mac: string;
  readonly addresses: readonly string[];
}

/** A host that let go of an address is asked twice, ten seconds apart, before it is known. */
const LEAVING_MILLIS = 30_000;

export interface Surmise {
  readonly instance: InstanceDocument;
  /** In milliseconds, as `Date` counts. */
  readonly now: number;
  /** Other masters, which both sides have had the time to notice. */
  readonly rivals: readonly SpeakerDocument[];
  /** Speakers for our addresses whose adverts are refused: each is master, as far as it knows. */
  readonly unheeded: readonly RefusalDocument[];
  /** The master that this node followed, and that fell silent; null: nobody, or it has released. */
  readonly former: SpeakerDocument | null;
  /** Of a speaker, by its address. */
  readonly claimantsOf: ReadonlyMap<string, readonly Claimant[]>;
  /** Hosts of which nothing else is known. */
  readonly strangeClaimants: readonly Claimant[];
}

/** @param foreign speakers of other ids on our interfaces */
export function surmise(
  instance: InstanceDocument,
  now: number,
  foreign: readonly ForeignSpeakerDocument[] = [],
): Surmise {
  const rivals = instance.speakers.filter((speaker) => isSecondMaster(instance, speaker, now));
  const unheeded = instance.refusals.filter((refusal) => isUnheededMaster(instance, refusal, now));
  const former = rivals.length > 0 ? null : formerMaster(instance);
  const ours = new Set(instance.virtualAddresses.map(({ address }) => bare(address)));
  const elsewhere = foreign.filter(({ ours: theirs, lastHeardAt }) => {
    return isRecent(lastHeardAt, now) && theirs.some((address) => ours.has(address));
  });
  const suspects = [
    ...rivals.map(({ address }) => address),
    ...unheeded.map(({ source }) => source),
    ...elsewhere.map(({ address }) => address),
  ];
  if (suspects.length === 0 && former !== null) suspects.push(former.address);
  // Of one that gave way a moment ago it is not known yet that it no longer answers.
  const leaving = instance.speakers.filter(({ address, relation, lastHeardAt }) => {
    const isGone = now - Date.parse(lastHeardAt) > LEAVING_MILLIS;
    return relation !== "stranger" && !isGone && !suspects.includes(address);
  });
  return { instance, now, rivals, unheeded, former, ...attribute(instance, suspects, leaving) };
}

export const isRecent = (time: string, now: number) => now - Date.parse(time) <= RECENT_MILLIS;

/** Heard since this node is master, for so long that both should have noticed. */
function isSecondMaster({ state, since }: InstanceDocument, speaker: SpeakerDocument, now: number): boolean {
  const lastHeard = Date.parse(speaker.lastHeardAt);
  const settledMillis = 2_000 * speaker.advertIntervalSeconds;
  return (
    state === "MASTER" &&
    speaker.relation !== "stranger" &&
    speaker.advertising &&
    now - Date.parse(since) > settledMillis &&
    lastHeard - Date.parse(since) > settledMillis / 2 &&
    lastHeard - Date.parse(speaker.advertisingSince) > settledMillis / 2
  );
}

/** Whoever advertises is a master: beside this one where that is one, too. */
function isUnheededMaster(instance: InstanceDocument, refusal: RefusalDocument, now: number): boolean {
  const { relation, priority, lastAt, advertIntervalSeconds } = refusal;
  if (instance.state !== "MASTER" || relation === null || relation === "stranger") return false;
  const interval = Math.max(advertIntervalSeconds ?? 1, instance.advertIntervalSeconds);
  return priority !== 0 && now - Date.parse(lastAt) <= 4_000 * interval;
}

/** null: nobody fell silent, or it was heard again since. */
function formerMaster({ state, transitions, speakers }: InstanceDocument): SpeakerDocument | null {
  const last = transitions.at(-1);
  if (state !== "MASTER" || last?.code !== "master-silent") return null;
  const speaker = speakers.find(({ address }) => address === last.facts.master);
  if (speaker === undefined || speaker.priority === 0 || speaker.advertising) return null;
  return Date.parse(speaker.lastHeardAt) <= Date.parse(last.at) ? speaker : null;
}

/**
 * A MAC address of which nothing is known is that of the only suspect. Of several it is one of them, as long as there
 * are no more such addresses than suspects.
 * @param leaving speakers that may still answer
 */
function attribute(
  { virtualAddresses, speakers }: InstanceDocument,
  suspects: readonly string[],
  leaving: readonly SpeakerDocument[],
): Pick<Surmise, "claimantsOf" | "strangeClaimants"> {
  const byMac = new Map<string, string[]>();
  for (const { address, alsoAnsweredBy: mac } of virtualAddresses) {
    if (mac !== null) byMac.set(mac, [...(byMac.get(mac) ?? []), bare(address)]);
  }
  const known = new Map(
    speakers.flatMap(({ mac, address }) => (mac === null ? [] : [[mac, address] as const])),
  );
  const claimantsOf = new Map<string, Claimant[]>();
  const strangeClaimants: Claimant[] = [];
  const free = suspects.filter((suspect) => ![...known.values()].includes(suspect));
  const isAmbiguous = free.length > 1;
  for (const [mac, addresses] of byMac) {
    const suspect = known.has(mac) ? undefined : free.shift();
    if (suspect !== undefined && isAmbiguous) continue;
    const owner = known.get(mac) ?? suspect;
    const isLeaving = leaving.some(({ address }) => owner === undefined || owner === address);
    if (isLeaving) continue;
    if (owner === undefined || !suspects.includes(owner)) strangeClaimants.push({ mac, addresses });
    else claimantsOf.set(owner, [...(claimantsOf.get(owner) ?? []), { mac, addresses }]);
  }
  return { claimantsOf, strangeClaimants };
}

export function bare(address: string): string {
  return address.replace(/\/.*/, "");
}

/** "02:00:00:00:00:01 answers for 192.0.2.1"; null: nobody of that speaker does. */
export function answersOf(claimants: readonly Claimant[], addresses: string): string | null {
  if (claimants.length === 0) return null;
  const macs = [...new Set(claimants.map(({ mac }) => mac))];
  return `${macs.join(" and ")} ${macs.length === 1 ? "answers" : "answer"} for ${addresses}`;
}
