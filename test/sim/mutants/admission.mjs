/** Mutants of who may be heard. */
const ADMISSION = "src/core/peers/admission.ts";

export const admissionMutants = [
  {
    what: "multicast is heard from beyond a router",
    file: ADMISSION,
    find: 'if (ttl !== VRRP_TTL) return { reason: "ttl" };',
    replace: "",
  },
  {
    what: "multicast hears what was sent to this node alone",
    file: ADMISSION,
    find: 'return sameBytes(destination, this.#group) ? LISTED : { reason: "unicast-destination" };',
    replace: "return LISTED;",
  },
  {
    what: "a peer is heard from any distance",
    file: ADMISSION,
    find: "if (ttl >= peer.leastTtl) return LISTED;",
    replace: "return LISTED;",
  },
  {
    what: "an advert that would have won is refused without a word",
    file: "src/core/router/receive.ts",
    find: "router.attempts.note(now, reason, source.text, advert.priority);",
    replace: "",
  },
  {
    what: "strict unicast hears everybody",
    file: ADMISSION,
    find: 'if (this.#strict) return { reason: "foreign-peer" };',
    replace: "",
  },
];
