/** What several documents, views and log lines say in the same words: times, interfaces, differences. */
import { shortList } from "../../base/lists.js";
import { type Micros, microsToSeconds } from "../../base/time.js";
import type { VrrpVersion } from "../../wire/advert.js";
import type {
  InstanceDocument,
  ProblemDocument,
  StatusDocument,
  Time,
  VirtualAddressDocument,
} from "./types.js";

/** Turns a point of the daemon's clock into the time of day. */
export type ToWallClock = (at: Micros) => Time;

/** Both clocks read at the same moment. */
export function wallClock(nowMicros: Micros, nowMillis: number): ToWallClock {
  return (at) => new Date(nowMillis + (at - nowMicros) / 1000).toISOString();
}

/** The names of the interfaces that instances are on, or are to be on where there are several; empty: none is chosen yet. */
export function interfacesOf({ interface: only, instances }: StatusDocument): string[] {
  if (only !== null) return [only];
  const names = new Set(instances.map((instance) => instance.interface));
  return names.size > 1 ? [...names] : [];
}

export interface Spoken {
  readonly version: VrrpVersion;
  readonly priority: number | null;
  readonly advertIntervalMicros: Micros;
  /** As advertised, without prefix length. */
  readonly addresses: readonly string[];
  /** Of all that it lists, where `addresses` may not have them all. */
  readonly addressCount?: number;
}

/** Phrases such as "interval 2 s, ours 1 s". An equal priority counts: it leaves the election to the addresses. */
export function differencesOf(theirs: Spoken, ours: Spoken): string[] {
  return [
    theirs.version === ours.version ? null : `version ${theirs.version}, ours ${ours.version}`,
    theirs.priority === ours.priority ? `the same priority ${theirs.priority}` : null,
    theirs.advertIntervalMicros === ours.advertIntervalMicros
      ? null
      : `interval ${microsToSeconds(theirs.advertIntervalMicros)} s, ours ${microsToSeconds(ours.advertIntervalMicros)} s`,
    listDifference(theirs.addresses, ours.addresses, theirs.addressCount),
  ].filter((phrase) => phrase !== null);
}

/** "has also A, lacks B"; null: the same addresses. @param count of theirs, those that are not given included */
export function listDifference(
  theirs: readonly string[],
  ours: readonly string[],
  count = theirs.length,
): string | null {
  const [known, heard] = [new Set(ours), new Set(theirs)];
  const more = theirs.filter((address) => !known.has(address));
  const fewer = ours.filter((address) => !heard.has(address));
  const phrases = [
    more.length > 0 ? `has also ${shortList(more, more.length + count - theirs.length)}` : null,
    fewer.length > 0 ? `lacks ${shortList(fewer)}` : null,
  ].filter((phrase) => phrase !== null);
  return phrases.length > 0 ? phrases.join(", ") : null;
}

/** A sentence for each: who has yielded, since when and until when, and what that means. */
export function yieldSentences({ yields }: Pick<StatusDocument, "yields">): string[] {
  return yields.map(({ instance, except, since, until, force, persistent }) => {
    const but = except.length > 0 ? ` (but ${shortList(except)})` : "";
    const who = instance === null ? `this node${but}` : instance;
    const end = until === null ? "until vrrpd resume" : `until ${until}`;
    const kept = persistent ? ", restarts included" : "";
    const what = force ? "serves nothing, whatever happens" : "serves only while no other node does";
    return `${who} has yielded since ${since}, ${end}${kept}, and ${what}`;
  });
}

/** With the instances that it concerns before it, where it does not concern the whole node. */
export function problemSentence({ instances, text }: Pick<ProblemDocument, "instances" | "text">): string {
  if (instances.length === 0) return text;
  const whose =
    instances.length > 1 ? `${instances.length} instances (${shortList(instances)})` : instances[0];
  return `${whose}: ${text}`;
}

/** With the interface, where it is not the instance's. */
export function placedAddress(
  { address, interface: on }: VirtualAddressDocument,
  instance: Pick<InstanceDocument, "interface">,
): string {
  return on === instance.interface ? address : `${address} dev ${on}`;
}
