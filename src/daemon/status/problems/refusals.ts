/** What each reason for a refusal means, and what to do about it. */

import { VARIABLES } from "../../../config/index.js";
import { nameOf, type SettingOrigins } from "../../../core/origin.js";
import { whatAccepts } from "../../../core/peers/attempts.js";
import type { DropReason } from "../../../wire/advert.js";

export interface RefusalWords {
  /** The end of the sentence "adverts of X are refused: …". */
  readonly meaning: string;
  readonly action: string;
  /** Worth an operator's attention; the rest happens on a sound LAN. */
  readonly isProblem: boolean;
}

const FORGED = "Find the sender on the LAN; no implementation of VRRP sends packets like this.";

/** @param origins of the virtual router that refuses */
export function refusalWords(origins: SettingOrigins): Readonly<Record<DropReason, RefusalWords>> {
  const accepts = whatAccepts(origins);
  return {
    truncated: problem("the packet is cut off", FORGED),
    "not-vrrp": problem("the packet is not VRRP", FORGED),
    fragment: problem("the packet is a fragment", "Use more, smaller virtual routers on the sender."),
    ttl: problem("its TTL or hop limit is not 255, so it has crossed a router", accepts.ttl),
    "peer-ttl": problem(
      "its TTL or hop limit is not 255, so it has crossed a router, but this node's routes reach that peer without one",
      accepts["peer-ttl"],
    ),
    "min-ttl": problem(`its TTL or hop limit is below ${nameOf(origins.unicastMinTtl)}`, accepts["min-ttl"]),
    "unicast-destination": problem(
      "it was sent to an address of this node, but this node uses multicast",
      accepts["unicast-destination"],
    ),
    "other-group": expected("it was sent to another multicast group"),
    "multicast-destination": problem(
      "it was sent by multicast, but this node uses unicast",
      accepts["multicast-destination"],
    ),
    version: problem(
      "it speaks another version of VRRP",
      `Set ${nameOf(origins.version)} to the version of the other nodes; auto understands both.`,
    ),
    type: problem("its type is not that of an advert", FORGED),
    length: problem("its length does not fit its contents", FORGED),
    checksum: problem(
      "its checksum is wrong",
      "A NAT rule on the sender (SNAT, MASQUERADE) that changes where adverts come from does that in version 3: " +
        "iptables -t nat -S and nft list ruleset there; exempt protocol 112, " +
        `or set ${VARIABLES.ipv4Checksum.name}=message on all nodes, which leaves addresses out. ` +
        "Else the sender or the network damages packets.",
    ),
    "checksum-without-pseudo-header": problem(
      "its checksum leaves out the pseudo-header",
      "Mend the sender: over IPv6 the pseudo-header always belongs to the checksum.",
    ),
    "no-addresses": problem("it lists no addresses", "Configure virtual addresses on the sender."),
    "virtual-router-id": problem("its virtual router id is 0", FORGED),
    "zero-interval": problem("its advert interval is 0", "Set the sender's interval."),
    "interval-mismatch": problem(
      "its advert interval is not ours, which version 2 demands",
      `Give all nodes the same ${nameOf(origins.advertInterval)}.`,
    ),
    "authentication-type": problem(
      "only one of the two sides uses a password, or its authentication type is unknown",
      `Give all nodes the same ${nameOf(origins.authentication)}.`,
    ),
    "authentication-mismatch": problem(
      "its password is not ours",
      `Give all nodes the same ${nameOf(origins.password)} (the password is made from it), or separate ids.`,
    ),
    "own-source": problem(
      "it comes from one of this node's own addresses",
      "Two hosts have the same address, or the network sends packets back: look for a loop.",
    ),
    "foreign-peer": problem("it is not one of the unicast peers", accepts["foreign-peer"]),
    "foreign-peer-ttl": problem(
      "it is not one of the unicast peers, and has crossed a router",
      accepts["foreign-peer-ttl"],
    ),
    "unknown-virtual-router": expected("its virtual router is none of ours"),
    "not-participating": expected("this instance takes no part at the moment"),
  };
}

function problem(meaning: string, action: string): RefusalWords {
  return { meaning, action, isProblem: true };
}

function expected(meaning: string): RefusalWords {
  return { meaning, action: "Nothing.", isProblem: false };
}
