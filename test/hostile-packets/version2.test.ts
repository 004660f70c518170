/** The same for nodes that speak version 2 with a password: 2,000 packets, each counted by its reason. */
import t from "tap";
import { accountOf, difference, times } from "./account.js";
import { ADDRESSES, Field, type NodeName, VIPS } from "./field.js";
import { COMMON, received, versionTwo } from "./kinds.js";
import { mix } from "./mixture.js";

const SEED = Number(process.env.VRRPD_HOSTILE_SEED ?? Date.now() % 1_000_000_000);
const PACKETS = 2_000;
/** Fits into the smallest of the sockets. */
const BURST = 100;
const NODES: readonly NodeName[] = ["a", "b"];

/** Of version 3, these are whole and right; here they are refused for their version. */
const WELL_FORMED = ["255 addresses of a stranger", "a stranger's addresses", "a lower priority"];

function refused(reason: string) {
  return () => received("ipv4", reason);
}

t.test(`[7.1-1 -] [v2-7.1-6 -] hostile packets at nodes that speak version 2, seed ${SEED}`, async (t) => {
  const field = await Field.create(t, {
    OPENSHIFT_HA_VIRTUAL_IPS: VIPS.ipv4,
    OPENSHIFT_HA_PREEMPTION: "preempt",
    VRRPD_VERSION: "2",
  });
  const malformed = Object.entries(COMMON).filter(([name]) => !WELL_FORMED.includes(name));
  const { packets, expected, kinds } = mix(
    SEED,
    {
      ipv4: [
        ...malformed.map(([, kind]) => kind),
        versionTwo("another", refused("authentication-mismatch")),
        versionTwo("", refused("authentication-mismatch")),
        versionTwo(null, refused("authentication-type")),
        versionTwo("ipfailov", () => ["ipv4 authentication-type"], { authenticationType: 2 }),
        versionTwo("ipfailov", refused("interval-mismatch"), { seconds: 2 }),
        ...WELL_FORMED.map((name) => asVersion3(COMMON[name]!)),
      ],
    },
    PACKETS,
  );
  const account = async (name: NodeName) =>
    accountOf(await field.status(name), name === "b" ? [ADDRESSES.a] : []);
  const before = { a: await account("a"), b: await account("b") };
  const rate = await field.throw(packets, { rounds: 1, burst: BURST });
  for (const name of NODES) {
    const counted = difference(await account(name), before[name]);
    t.strictSame(counted, times(expected[name], 1), `${name}, by reason`);
    const { instances } = await field.status(name);
    t.match(instances, [
      { state: name === "a" ? "MASTER" : "BACKUP", transitions: { length: name === "a" ? 2 : 1 } },
    ]);
  }
  t.comment(`${packets.length} packets of ${kinds} kinds, ${rate} a second`);
});

function asVersion3(kind: (typeof COMMON)[string]): (typeof COMMON)[string] {
  return (draw) => kind(draw).map((packet) => ({ ...packet, counts: received("ipv4", "version") }));
}
