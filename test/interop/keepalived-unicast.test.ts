/** Keepalived 2.2.7, version 3 over IPv4 unicast. */
import t from "tap";
import type { Host } from "../netns/index.js";
import { Cell, hostAddress } from "./cell.js";
import { CELLS_AT_ONCE, other, type Side } from "./events.js";
import { V3_IPV4 } from "./groups.js";
import { keepalived, vrrpd } from "./speakers.js";

t.jobs = CELLS_AT_ONCE;

const NAME = "keepalived v3 IPv4 unicast";
const OURS = hostAddress(0);
const THEIRS = hostAddress(1);
/** Documentation's, and nobody's on this LAN. */
const NOBODY = "192.0.2.77";

async function open(
  t: Parameters<typeof Cell.open>[0],
  higher: Side,
  lists: { readonly ours?: string; readonly theirs?: string } = {},
) {
  const priority = { ours: 100, theirs: 100, [higher]: 200 };
  const pair = await Cell.open<Side>(t, V3_IPV4, {
    ours: vrrpd({ priority: priority.ours, unicastPeers: [lists.ours ?? THEIRS] }),
    theirs: keepalived({ priority: priority.theirs, unicastPeers: [lists.theirs ?? OURS] }),
  });
  await pair.start(higher);
  await pair.start(other(higher));
  await pair.settled(higher);
  return pair;
}

/** Adverts to a dead peer, who answers no request for its MAC, are on the wire where its MAC is known already. */
async function know(host: Host, peer: Host, address: string): Promise<void> {
  const { mac } = peer;
  await host.ok([
    "ip",
    "neighbor",
    "replace",
    address,
    "lladdr",
    mac,
    "dev",
    host.interface,
    "nud",
    "reachable",
  ]);
}

for (const side of ["ours", "theirs"] as const) {
  t.test(`${NAME}: cold start, ${side} higher`, async (t) => {
    const pair = await open(t, side);
    const destinations = pair.capture.adverts().map(({ destination }) => destination);
    t.strictSame([...new Set(destinations)], [side === "ours" ? THEIRS : OURS], "nothing is multicast");
    await pair.verdict();
  });

  t.test(`${NAME}: ${side} killed`, async (t) => {
    const pair = await open(t, side);
    await know(pair.host(other(side)), pair.host(side), side === "ours" ? OURS : THEIRS);
    await pair.die(side);
    await pair.settled(other(side));
    await pair.verdict();
  });
}

t.test(`${NAME}: their address is missing from our list, their adverts count and are reported`, async (t) => {
  const pair = await open(t, "theirs", { ours: NOBODY });
  t.equal(pair.sentFrom("ours").length, 0, "ours is their backup");
  t.match(pair.speaker("ours").output, /192\.0\.2\.41 is not one of the unicast peers/);
  await pair.verdict();
});

t.test(`${NAME}: our address is missing from their list, our adverts count with them`, async (t) => {
  const pair = await open(t, "ours", { theirs: NOBODY });
  t.equal(pair.sentFrom("theirs").length, 0, "theirs is our backup");
  await pair.verdict();
});
