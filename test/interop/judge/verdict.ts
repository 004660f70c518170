/** What must hold of every packet on the wire, as assertions. */

import type { Daemon } from "../../lab/daemons/daemon.js";
import type { Capture, CapturedFrame } from "../../netns/index.js";
import { advertFaults, dissect, isAdvert, malformations } from "./wire.js";

/** Faults are shown up to this number: one wrong byte is in every advert. */
const SHOWN = 5;

/** The part of tap's test that is used here. */
export interface Judged {
  ok(value: unknown, name: string): unknown;
  strictSame(found: unknown, wanted: unknown, name: string): unknown;
}

/** @param ours the speakers whose every advert is looked at; the others' have to be well-formed */
export async function wireVerdict(t: Judged, capture: Capture, ours: readonly Daemon[]): Promise<void> {
  await capture.stop();
  t.strictSame(capture.droppedByKernel, 0, "the capture is complete");
  const frames = await dissect(capture);
  t.strictSame(frames.length, capture.frames.length, "tshark has read all frames");
  t.strictSame(malformations(frames).slice(0, SHOWN), [], "tshark finds nothing malformed");
  const macs = ours.map(({ host }) => host.mac);
  const adverts = frames.filter((frame) => isAdvert(frame) && macs.includes(frame["eth.src"]));
  t.strictSame(advertFaults(adverts).slice(0, SHOWN), [], "our adverts: right checksum, TTL 255, TOS 0xC0");
  const sent = capture.frames.filter((frame) => isVrrp(frame) && macs.includes(frame.sourceMac));
  t.strictSame(adverts.length, sent.length, "tshark knows all of ours as adverts");
}

function isVrrp(frame: CapturedFrame): boolean {
  return frame.kind === "advert" || (frame.kind === "refused" && frame.protocol === "vrrp");
}
