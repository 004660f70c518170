/** Packets that come faster than anybody could read them, at a backup that must go on hearing its master. */

import { VIP } from "../../lab/environment.js";
import { advert, type HostProcess } from "../../netns/index.js";
import { type Attack, type AttackOptions, atMost, must, type Row, strongEnough } from "../attack.js";
import { cheap, held, pause, Watch } from "../figures.js";
import { forge, forgedMac, forgedSource, send, sendOnce } from "../frames.js";
import { ADDRESSES, PRIORITIES, Site } from "../site.js";

const PER_SECOND = 100_000;
const DISTINCT = 4_096;
const INTERVAL_SECONDS = 0.1;
const CALM_MILLIS = 3_000;
/** The better node: at its first adverts it must be followed, so it gives no more than these. */
const BETTER = { source: ADDRESSES.attacker, priority: 250 } as const;
const BETTER_ADVERTS = 3;
/** Longer than the patience with the old master, much shorter than that with the better one. */
const SILENCE_MILLIS = 1_500;
/** Beside the skew time: a backup's timers are exact, a machine's are not. */
const AT_ONCE_SECONDS = 0.1;

type Kind = (number: number, to: Uint8Array) => Uint8Array;

/** All with our id, each refused in another way, or only after it has been understood. */
const OUR_ID: readonly Kind[] = [
  (number, mac) => ofOurs(number, mac, { priority: 1 + (number % 90) }),
  (number, mac) => ofOurs(number, mac, { priority: 50, addresses: [VIP, forgedSource(number)] }),
  (number, mac) => ofOurs(number, mac, { priority: 255, addresses: [forgedSource(number)] }),
  (number, mac) => ofOurs(number, mac, { priority: 255, spoil: (message) => increment(message, 6) }),
];

/** What can never be meant: routed, of others, in pieces. */
const NEVER_MEANT: readonly Kind[] = [
  (number, mac) => ofOurs(number, mac, { priority: 255, around: { ttl: 254 } }),
  (number, mac) => ofOurs(number, mac, { priority: 255, virtualRouterId: 2 + (number % 250) }),
  (number, mac) =>
    ofOurs(number, mac, { priority: 255, around: { fragment: 0x2000, identification: number & 0xffff } }),
];

function ofOurs(number: number, mac: Uint8Array, forged: Partial<Parameters<typeof forge>[0]>): Uint8Array {
  const around = { mac, senderMac: forgedMac(number), ...forged.around };
  return forge({ source: forgedSource(number), priority: 255, ...forged, around });
}

function increment(bytes: Uint8Array, at: number): void {
  bytes[at] = (bytes[at]! + 1) & 255;
}

function framesOf(kinds: readonly Kind[], site: Site): Uint8Array[] {
  const to = macOf(site, "b");
  return Array.from({ length: DISTINCT }, (_, number) => kinds[number % kinds.length]!(number, to));
}

function macOf(site: Site, name: string): Uint8Array {
  return Buffer.from(site.host(name).mac.replaceAll(":", ""), "hex");
}

/** The backup's count of the master's adverts beside the wire's: read right after an advert, so that none is on its way. */
async function heardAndSent(site: Site): Promise<{ heard: number; sent: number }> {
  await site.captures.a.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 }));
  await pause((INTERVAL_SECONDS * 1000) / 3);
  const sent = site.captures.a.adverts({ from: "a" }).length;
  const speakers = (await site.status("b")).instances.flatMap((instance) => instance.speakers);
  return { heard: speakers.find(({ address }) => address === ADDRESSES.a)?.adverts ?? 0, sent };
}

async function calmPercent(site: Site, daemon: HostProcess): Promise<number> {
  const watch = new Watch(site, daemon);
  await pause(CALM_MILLIS);
  return (await watch.end()).cpuPercent;
}

async function underFlood(
  site: Site,
  backup: HostProcess,
  kinds: readonly Kind[],
  { seconds, strength, cpuSlack }: AttackOptions,
  mostPercent: number,
): Promise<Row[]> {
  const perSecond = PER_SECOND * strength;
  const calm = await calmPercent(site, backup);
  const before = await heardAndSent(site);
  let watch: Watch | null = null;
  const rate = await send(site, "attacker", { frames: framesOf(kinds, site), perSecond, seconds }, () => {
    watch = new Watch(site, backup);
  });
  const watched = await watch!.end();
  const after = await heardAndSent(site);
  const [sent, heard] = [after.sent - before.sent, after.heard - before.heard];
  return [
    strongEnough(rate, perSecond),
    must(
      "adverts of the master lost by the backup",
      heard === sent,
      `0 of ${sent}`,
      heard < 0 ? "all forgotten" : `${sent - heard} of ${sent}`,
    ),
    cheap(watched, mostPercent * cpuSlack, `CPU time of the daemon (${calm.toFixed(1)} % without the flood)`),
    held(watched),
  ];
}

export const flood: Attack = {
  name: "flood",
  title: "100,000 packets/s with our id from forged sources, at a backup",
  run: (options) =>
    Site.with({ intervalSeconds: INTERVAL_SECONDS }, async (site) => {
      const { a, b } = await site.pair();
      const rows = await underFlood(site, b, OUR_ID, options, 20);
      options.say("a better node and its release, under the flood");
      return [...rows, ...(await electionUnderFlood(site, a, options.strength))];
    }),
};

export const neverMeant: Attack = {
  name: "never-meant",
  title: "100,000 packets/s with TTL 254, foreign ids, fragments, at a backup",
  run: (options) =>
    Site.with({ intervalSeconds: INTERVAL_SECONDS }, async (site) => {
      const { b } = await site.pair();
      return underFlood(site, b, NEVER_MEANT, options, 2);
    }),
};

/**
 * A better node says so three times, with an interval of a second, and is silent then. The old master yields, so a backup
 * that has not heard it claims after 0.4 s; one that has waits for 3.6 s. Then the better one releases: claimed after the
 * skew time if that was heard, and after those 3.6 s if not.
 */
async function electionUnderFlood(site: Site, master: HostProcess, strength: number): Promise<Row[]> {
  // The flood claims to come from others, so this is the better node alone.
  const wire = await site.capture({ from: "attacker" });
  const around = { senderMac: macOf(site, "attacker") };
  const flooding = send(site, "attacker", {
    frames: framesOf(OUR_ID, site),
    perSecond: PER_SECOND * strength,
    seconds: 8,
  });
  await pause(1_000);
  for (let count = 0; count < BETTER_ADVERTS; count += 1) {
    await sendOnce(site, "attacker", [forge({ ...BETTER, around })]);
    if (count < BETTER_ADVERTS - 1) await pause(INTERVAL_SECONDS * 1000);
  }
  await pause(SILENCE_MILLIS);
  const claims = site.captures.b.adverts({ from: "b" }).length;
  master.kill("SIGKILL");
  await master.exited;
  await sendOnce(site, "attacker", [forge({ ...BETTER, priority: 0, around })]);
  const { atMicros: releasedMicros } = await wire.waitFor(advert({ from: "attacker", priority: 0 }));
  const claimed = await site.captures.b
    .waitFor(advert({ from: "b", afterMicros: releasedMicros }), { timeoutMs: 8_000 })
    .then(
      ({ atMicros }) => (atMicros - releasedMicros) / 1e6,
      () => Number.POSITIVE_INFINITY,
    );
  await flooding;
  const skewSeconds = (256 - PRIORITIES.b) / 256;
  return [
    must("a better node is followed", claims === 0, "within three adverts", "not heard: the backup claimed"),
    atMost(
      "its priority 0 counts: claimed after",
      claimed,
      Number((skewSeconds + AT_ONCE_SECONDS).toFixed(2)),
      " s",
    ),
  ];
}
