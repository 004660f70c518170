/** Whether there was a master all the time, from what crossed the wire. */

import type { Daemon } from "../../lab/daemons/daemon.js";
import type { CapturedAdvert } from "../../netns/index.js";
import type { Group } from "../speakers.js";
import { downMicros, skewMicros, TOLERANCE_MICROS } from "./timers.js";

export type Speaker = Pick<Daemon, "kind" | "host" | "sent">;

export interface Sent<One extends Speaker = Daemon> {
  readonly atMicros: number;
  /** 0: a release. */
  readonly priority: number;
  readonly speaker: One;
}

/** The adverts of one group (its id, and its address among those advertised) in their order, with who sent them. */
export function sentBy<One extends Speaker>(
  speakers: readonly One[],
  group: Group,
  adverts: readonly CapturedAdvert[],
): Sent<One>[] {
  return adverts
    .filter(({ advert }) => advert.virtualRouterId === group.virtualRouterId)
    .filter(({ advert }) => advert.addresses.some(({ text }) => text === group.virtualAddress))
    .flatMap((frame) => {
      const speaker = speakers.find((one) => one.sent(frame));
      return speaker ? [{ atMicros: frame.atMicros, priority: frame.advert.priority, speaker }] : [];
    });
}

/**
 * One sentence for each time without a master that was longer than a down interval of the one who ended it (after a
 * release: than its skew), and for each takeover by our daemon that came before its down timer could have ended.
 */
export function interruptions(group: Group, sent: readonly Sent[]): string[] {
  return sent.slice(1).flatMap((next, index) => {
    const previous = sent[index]!;
    if (next.priority === 0) return [];
    const gap = next.atMicros - previous.atMicros;
    const released = previous.priority === 0;
    const limit = released ? skewMicros(group, next.priority) : downMicros(group, next.priority);
    const between = `${gap / 1000} ms from ${name(previous)} to ${name(next)}`;
    if (gap > limit + TOLERANCE_MICROS) return [`${between}: at most ${limit / 1000} ms`];
    const succeeds = next.speaker !== previous.speaker && next.priority < previous.priority;
    if (succeeds && next.speaker.kind === "vrrpd" && gap < limit) {
      return [`${between}: not before ${limit / 1000} ms`];
    }
    return [];
  });
}

function name({ speaker, priority }: Sent<Speaker>): string {
  return `${speaker.kind} on ${speaker.host.name} (priority ${priority})`;
}

/** Adverts within the span by others than the one master, as sentences. */
export function rivals(
  sent: readonly Sent[],
  master: Daemon,
  fromMicros: number,
  toMicros: number,
): string[] {
  return sent
    .filter(({ atMicros }) => atMicros >= fromMicros && atMicros <= toMicros)
    .filter(({ speaker, priority }) => speaker !== master && priority > 0)
    .map((one) => `${name(one)} spoke beside the master ${master.host.name}`);
}

/** Masters that went on speaking when another one had begun to, other than with what was on its way, as sentences. */
export function doubleMasters(group: Group, sent: readonly Sent<Speaker>[]): string[] {
  const settledMicros = downMicros(group, 0);
  return sent.slice(1).flatMap((next, index) => {
    const previous = sent[index]!;
    if (previous.speaker === next.speaker || previous.priority === 0 || next.priority === 0) return [];
    const released = sent.find(
      ({ speaker, priority, atMicros }) =>
        speaker === next.speaker && priority === 0 && atMicros > next.atMicros,
    );
    const untilMicros = (released?.atMicros ?? Number.POSITIVE_INFINITY) - next.atMicros;
    const again = sent
      .filter(({ speaker, priority }) => speaker === previous.speaker && priority > 0)
      .map(({ atMicros }) => atMicros - next.atMicros)
      .find((after) => after > TOLERANCE_MICROS && after < Math.min(settledMicros, untilMicros));
    return again === undefined
      ? []
      : [`${name(previous)} spoke ${again / 1000} ms after ${name(next)} began`];
  });
}
