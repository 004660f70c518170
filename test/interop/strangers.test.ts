/** Two clusters with one router id and no address in common: both serve, and each fails over by itself. */
import t from "tap";
import { type Host, until } from "../netns/index.js";
import { Cell } from "./cell.js";
import { V3_IPV4 } from "./groups.js";
import { keepalived, vrrpd } from "./speakers.js";

const THEIR_ADDRESS = "192.0.2.102";
/** Several down intervals. */
const LONG_MICROS = 10_000_000;

t.test("keepalived v3 IPv4: two clusters share a router id but no address, and both serve", async (t) => {
  const ours = await Cell.open(t, V3_IPV4, {
    "ours-1": vrrpd({ priority: 150 }),
    "ours-2": vrrpd({ priority: 50 }),
  });
  const high = keepalived({ priority: 200 });
  const low = keepalived({ priority: 100 });
  const theirGroup = { ...V3_IPV4, virtualAddress: THEIR_ADDRESS };
  const theirs = await Cell.open(t, theirGroup, { "theirs-1": high, "theirs-2": low }, ours);
  const client = await ours.lan.add("client", { addresses: ["192.0.2.99/24"] });
  const serves = (address: string, host: Host) =>
    until(async () => (await host.hasAddress(address)) && (await asks(client, address)) === host.mac, {
      what: `${address} to be served by ${host.name}`,
      timeoutMs: 30_000,
    });

  await Promise.all([ours.start(), theirs.start("theirs-1")]);
  await theirs.start("theirs-2");
  await ours.settled("ours-1");
  await serves(THEIR_ADDRESS, theirs.host("theirs-1"));
  t.match(ours.speaker("ours-1").output, /192\.0\.2\.42 uses our virtual router id for other addresses/);
  const laterMicros = Date.now() * 1000 + LONG_MICROS;
  await ours.capture.waitFor(({ atMicros }) => atMicros > laterMicros, { timeoutMs: 30_000 });
  t.equal(theirs.heldBy("theirs-1").length, 1, "their master has held its address without a break");

  await ours.die("ours-1");
  await ours.settled("ours-2");
  await serves(THEIR_ADDRESS, theirs.host("theirs-1"));
  await theirs.die("theirs-1");
  await serves(THEIR_ADDRESS, theirs.host("theirs-2"));
  await serves(V3_IPV4.virtualAddress, ours.host("ours-2"));
  await ours.settled("ours-2");
  await ours.verdict();
});

/** Who answers the client for this address, by its ARP table. */
async function asks(client: Host, address: string): Promise<string | null> {
  if (!(await client.reaches(address))) return null;
  return (await client.neighbors()).find((entry) => entry.address === address)?.mac ?? null;
}
