import t from "tap";
import { parseAddress } from "../../../src/base/address.js";
import { prepareAdvert } from "../../../src/host/adverts/prepare.js";
import { Sieve } from "../../../src/host/adverts/sieve.js";
import { GROUP, router } from "./support.js";

const SOURCE = { ipv4: parseAddress("192.0.2.9")!, ipv6: parseAddress("fe80::9")! };
const HEADER_BYTES = { ipv4: 0, ipv6: 40 } as const;
const CHECKSUM = { ipv4: 26, ipv6: 6 } as const;
/** More than is looked at closely at once. */
const MANY = 20_000;

for (const family of ["ipv4", "ipv6"] as const) {
  const virtualAddresses = [family === "ipv4" ? "198.51.100.1" : "2001:db8::1"];
  const config = router({ family, virtualAddresses });
  /** As a receiver has it in its second slot. */
  const placed = (sieve: Sieve, priority: number, { broken = false, pseudoHeader = true } = {}) => {
    const group = parseAddress(GROUP[family])!;
    const whole = prepareAdvert(
      { ...config, checksumPseudoHeader: pseudoHeader },
      SOURCE[family],
      group,
      priority,
    );
    const packet = Uint8Array.from(whole.subarray(HEADER_BYTES[family]));
    if (broken) packet[CHECKSUM[family]]! ^= 0x55;
    const packets = new Uint8Array(2000);
    packets.set(packet, 1000);
    const addresses = new Uint8Array(64);
    addresses.set([...SOURCE.ipv6.bytes, ...parseAddress(GROUP.ipv6)!.bytes], 32);
    sieve.readFrom({ packets, addresses });
    return () => sieve.admits(1000, 1000 + packet.length, 32);
  };
  const admitted = (one: () => boolean) => Array.from({ length: MANY }, one).filter(Boolean).length;

  t.test(`${family}: calm traffic is looked at whatever it is; a flood of wrong sums is not`, async (t) => {
    const sieve = new Sieve(family, false);
    sieve.earn(0);
    const few = admitted(placed(sieve, 100, { broken: true }));
    t.equal(few, 4_000);
    t.equal(sieve.leftOut, MANY - few);
    sieve.earn(500_000);
    t.equal(admitted(placed(sieve, 100, { broken: true })), 500, "half a second later");
  });

  t.test(`${family}: a better one comes through a flood of lower ones, and of broken ones`, async (t) => {
    const sieve = new Sieve(family, false);
    sieve.earn(0);
    sieve.bestPriority = 200;
    admitted(placed(sieve, 150));
    t.equal(placed(sieve, 150)(), false);
    t.equal(placed(sieve, 255, { broken: true })(), false);
    t.equal(placed(sieve, 200)(), true);
    t.equal(placed(sieve, 250, { pseudoHeader: false })(), true);
  });

  t.test(
    `${family}: of those that would win there is a bound too, but not for the followed master`,
    async (t) => {
      const sieve = new Sieve(family, false);
      sieve.earn(0);
      t.equal(admitted(placed(sieve, 255)), 12_000);
      const followed = new Sieve(family, true);
      followed.earn(0);
      t.equal(admitted(placed(followed, 1)), MANY);
      t.equal(placed(followed, 1, { broken: true })(), false);
    },
  );
}
