/** The same for more files, of kinds that the corpus lacks: what tools and images write, and what people mistake. */
import t from "tap";
import { MORE } from "../config/keepalived/corpus.js";
import { judge } from "./keepalived-conf/judge.js";

t.ok(MORE.length >= 40);

judge(t, MORE, {
  "address-options": { why: "it is said that preferred_lft counts for IPv6 alone", warns: true },
  "docker-image-unicast": {
    why: "a node that is among its own peers does not speak to itself",
    adverts: (advert) => (advert.destination === advert.source ? null : advert),
  },
  "one-id-both-ways": { why: "one id serves one virtual router of an interface and family", refused: true },
  "peers-behind-a-router": { why: "a peer whose route leaves by another interface is named", warns: true },
  "twice-and-odd-values": {
    why: "an address that stands twice is advertised once",
    adverts: (advert) => ({ ...advert, addresses: [...new Set(advert.addresses)] }),
  },
  "unicast-ttl": { why: "it is said from how far adverts count", warns: true },
});
