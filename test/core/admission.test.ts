/** Who may be heard: every combination of configuration, way, distance and source against what is right, by hand. */
import t from "tap";
import type { Family } from "../../src/base/address.js";
import type { UnicastPeer } from "../../src/core/config.js";
import { Audience } from "../../src/core/peers/admission.js";
import type { DropReason } from "../../src/wire/advert.js";
import { onLinkPeer } from "./configurations.js";
import { ip } from "./values.js";

interface Hosts {
  readonly us: string;
  readonly near: string;
  readonly far: string;
  readonly other: string;
  readonly group: string;
  readonly elsewhere: readonly string[];
}

const HOSTS: Readonly<Record<Family, Hosts>> = {
  ipv4: {
    us: "192.0.2.2",
    near: "192.0.2.3",
    far: "198.51.100.3",
    other: "192.0.2.9",
    group: "224.0.0.18",
    elsewhere: ["224.0.0.1", "239.1.2.3", "255.255.255.255"],
  },
  ipv6: {
    us: "2001:db8::2",
    near: "2001:db8::3",
    far: "2001:db8:1::3",
    other: "2001:db8::9",
    group: "ff02::12",
    elsewhere: ["ff02::1", "ff05::12"],
  },
};
/** TTLs from what no router has touched to what nothing is left of. */
const TTLS = [255, 254, 63, 1, 0];

function routedPeer(family: Family, leastTtl: number): UnicastPeer {
  return { ...onLinkPeer(ip(HOSTS[family].far)), gateway: ip(HOSTS[family].other), leastTtl };
}

/** "peer", "other" (heard, and reported), or the reason. */
type Verdict = "peer" | "other" | DropReason;

function verdictOf(
  audience: Audience,
  source: string,
  destination: string,
  ttl: number,
  foreign = false,
): Verdict {
  const arrival = { source: ip(source), destination: ip(destination).bytes, ttl };
  const admission = foreign ? audience.admitForeign(arrival) : audience.admit(arrival);
  if ("reason" in admission) return admission.reason;
  return admission.listed ? "peer" : "other";
}

for (const family of ["ipv4", "ipv6"] as const) {
  const { us, near, far, other, group, elsewhere } = HOSTS[family];
  const hears = { multicastGroup: ip(group) };
  const peers = (leastTtl: number) => [onLinkPeer(ip(near)), routedPeer(family, leastTtl)];

  t.test(
    `[5.1.1.3-2 +-] [5.1.2.3-2 +-] [v2-5.2.3-2 +-] ${family}, multicast: the group alone, from no farther than this network`,
    async (t) => {
      const audience = new Audience({ ...hears, unicastPeers: [], unicastStrict: false });
      for (const source of [near, far, other]) {
        t.equal(verdictOf(audience, source, group, 255), "peer");
        t.equal(verdictOf(audience, source, us, 255), "unicast-destination");
        for (const destination of elsewhere) {
          t.equal(verdictOf(audience, source, destination, 255), "other-group", destination);
        }
        for (const ttl of TTLS.slice(1)) {
          for (const destination of [group, us, ...elsewhere]) {
            t.equal(verdictOf(audience, source, destination, ttl), "ttl", `${destination} ${ttl}`);
          }
        }
      }
    },
  );

  t.test(`${family}, unicast: never what was sent to a group`, async (t) => {
    for (const unicastStrict of [false, true]) {
      const audience = new Audience({ ...hears, unicastPeers: peers(1), unicastStrict });
      for (const source of [near, far, other]) {
        for (const destination of [group, ...elsewhere]) {
          t.equal(verdictOf(audience, source, destination, 255), "multicast-destination", destination);
          t.equal(verdictOf(audience, source, destination, 63), "ttl", destination);
        }
      }
    }
  });

  t.test(`${family}, unicast: a peer is as near as its route says`, async (t) => {
    for (const unicastStrict of [false, true]) {
      const any = new Audience({ ...hears, unicastPeers: peers(1), unicastStrict });
      const least = new Audience({ ...hears, unicastPeers: peers(254), unicastStrict });
      for (const ttl of TTLS) {
        t.equal(verdictOf(any, near, us, ttl), ttl === 255 ? "peer" : "peer-ttl", `on-link, ${ttl}`);
        t.equal(verdictOf(any, far, us, ttl), ttl >= 1 ? "peer" : "min-ttl", `routed, ${ttl}`);
        t.equal(verdictOf(least, far, us, ttl), ttl >= 254 ? "peer" : "min-ttl", `two routers, ${ttl}`);
      }
    }
  });

  t.test(
    `${family}, unicast: others from this network alone, and none where the list is strict`,
    async (t) => {
      const open = new Audience({ ...hears, unicastPeers: peers(1), unicastStrict: false });
      const strict = new Audience({ ...hears, unicastPeers: peers(1), unicastStrict: true });
      for (const ttl of TTLS) {
        t.equal(verdictOf(open, other, us, ttl), ttl === 255 ? "other" : "foreign-peer-ttl", `${ttl}`);
        t.equal(verdictOf(strict, other, us, ttl), "foreign-peer", `strict, ${ttl}`);
      }
    },
  );

  t.test(
    `${family}: of virtual routers that are none of ours only what is of this network tells`,
    async (t) => {
      const multicast = new Audience({ ...hears, unicastPeers: [], unicastStrict: false });
      const unicast = new Audience({ ...hears, unicastPeers: peers(1), unicastStrict: true });
      for (const audience of [multicast, unicast]) {
        for (const source of [near, far, other]) {
          t.equal(verdictOf(audience, source, group, 255, true), "peer");
          for (const ttl of TTLS.slice(1)) {
            t.equal(verdictOf(audience, source, us, ttl, true), "ttl", "even of a routed peer");
            t.equal(verdictOf(audience, source, group, ttl, true), "ttl");
          }
        }
      }
      t.equal(verdictOf(multicast, near, us, 255, true), "unicast-destination");
      t.equal(verdictOf(unicast, near, us, 255, true), "peer");
      t.equal(verdictOf(unicast, other, us, 255, true), "foreign-peer");
    },
  );
}
