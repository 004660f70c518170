/** Mutants of who may be heard. */

export const admissionMutants = [
  {
    what: "multicast is heard from beyond a router",
    within: "Audience.admit",
    find: 'if ($ttl !== VRRP_TTL) return { reason: "ttl" };',
    replace: "",
  },
  {
    what: "multicast hears what was sent to this node alone",
    within: "Audience.admit",
    find: "if (sameBytes($destination, this.$group)) return LISTED;",
    replace: "return LISTED;",
  },
  {
    what: "a peer is heard from any distance",
    within: "Audience.admit",
    find: "if ($ttl >= $peer.leastTtl) return LISTED;",
    replace: "return LISTED;",
  },
  {
    what: "an advert that would have won is refused without a word",
    within: "refuseAdvert",
    find: "$router.attempts.note($now, $reason, $source.text, $advert.priority);",
    replace: "",
  },
  {
    what: "strict unicast hears everybody",
    within: "Audience.admit",
    find: 'if (this.$strict) return { reason: "foreign-peer" };',
    replace: "",
  },
];
