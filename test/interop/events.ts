/** The events that happen with every peer: two hosts, `ours` with vrrpd and `theirs` with the peer. */
import t from "tap";
import { Cell } from "./cell.js";
import type { Group, MakeSpeaker } from "./speakers.js";
import { vrrpd } from "./speakers.js";

export type Side = "ours" | "theirs";
export type Pair = Cell<Side>;
/** A peer of this priority. */
export type MakePeer = (priority: number) => MakeSpeaker;

const HIGH = 200;
const LOW = 100;

/** Cells wait much and work little. */
export const CELLS_AT_ONCE = 8;

export function other(side: Side): Side {
  return side === "ours" ? "theirs" : "ours";
}

/** @param higher who has the priority 200; the other one has 100 */
export function openPair(
  t: Parameters<typeof Cell.open>[0],
  group: Group,
  peer: MakePeer,
  higher: Side,
): Promise<Pair> {
  const [ours, theirs] = higher === "ours" ? [HIGH, LOW] : [LOW, HIGH];
  return Cell.open(t, group, { ours: vrrpd({ priority: ours }), theirs: peer(theirs) });
}

/**
 * Nobody is master yet when they start. The higher one first, so that a slow start of it cannot hand the address to the
 * lower one, which must never claim it.
 */
export function coldStart(name: string, group: Group, peer: MakePeer): void {
  for (const higher of ["ours", "theirs"] as const) {
    t.test(`${name}: cold start, ${higher} higher`, async (t) => {
      const pair = await openPair(t, group, peer, higher);
      await pair.start(higher);
      await pair.start(other(higher));
      await pair.settled(higher);
      const claims = pair.sentFrom(other(higher)).length;
      t.ok(
        claims <= (pair.speaker(higher).losesFirstAdvert ? 1 : 0),
        `the lower one has not claimed: ${claims}`,
      );
      await pair.verdict();
    });
  }
}

export function killed(name: string, group: Group, peer: MakePeer): void {
  for (const victim of ["theirs", "ours"] as const) {
    t.test(`${name}: ${victim} killed`, async (t) => {
      const pair = await openPair(t, group, peer, victim);
      await pair.start();
      await pair.settled(victim);
      await pair.die(victim);
      await pair.settled(other(victim));
      await pair.verdict();
    });
  }
}

export function stopped(name: string, group: Group, peer: MakePeer): void {
  for (const leaver of ["theirs", "ours"] as const) {
    t.test(`${name}: ${leaver} stopped`, async (t) => {
      const pair = await openPair(t, group, peer, leaver);
      await pair.start();
      await pair.settled(leaver);
      await pair.stop(leaver);
      await pair.settled(other(leaver));
      t.equal(pair.sentFrom(leaver).at(-1)?.priority, 0, "its last word was priority 0");
      await pair.verdict();
    });
  }
}
