/** A line of `unicast_peer`: a node, and how far away it may be. */
import type { IpAddress } from "../../../base/address.js";
import type { FileOrigin } from "../../../core/origin.js";
import type { Class } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { address } from "../values.js";

export interface PeerDraft {
  readonly origin: FileOrigin;
  readonly address: IpAddress;
  /** 1..255; null: not said. */
  readonly minTtl: number | null;
}

/** Behind an address. */
export const PEER_WORDS: Readonly<Record<string, Class>> = { min_ttl: "works", max_ttl: "ignored" };

/** @returns none where the line is no address, which has been said */
export function readPeer(statement: Statement, report: Report): PeerDraft[] {
  const { keyword, origin } = statement;
  const peer = address({ ...statement, keyword: "unicast_peer", words: [keyword] }, keyword, report);
  if (peer === null) return [];
  let minTtl: number | null = null;
  const words = [...statement.words];
  for (let option = words.shift(); option !== undefined; option = words.shift()) {
    const text = option === "min_ttl" || option === "max_ttl" ? words.shift() : undefined;
    const isTtl = text !== undefined && /^\d{1,3}$/.test(text) && Number(text) <= 255;
    if (!isTtl)
      report.warn(
        origin,
        `unicast_peer ${keyword} ${option}: it is not understood and ignored; accepted: min_ttl N, max_ttl N`,
      );
    else if (option === "min_ttl") minTtl = Number(text);
    else
      report.once(
        "max_ttl",
        origin,
        "max_ttl is ignored: a packet that comes from nearer than thought does no harm",
      );
  }
  return [{ origin, address: peer, minTtl: minTtl === 0 ? null : minTtl }];
}
