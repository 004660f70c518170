import t from "tap";
import type { RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { advertOf, type Heard, ip } from "./values.js";

/** Somebody else's virtual router, which has our address. */
function foreign(scenario: Scenario, heard: Heard = {}): void {
  const source = ip(heard.from ?? "192.0.2.41");
  const advert = advertOf({ virtualRouterId: 11, priority: 1, ...heard });
  scenario.send({ type: "foreignAdvert", interface: "eth0", family: "ipv4", source, advert });
}

/** Heard each second, for so many. */
function foreigns(scenario: Scenario, seconds: number, heard: Heard = {}): void {
  for (let second = 0; second < seconds; second += 1) {
    foreign(scenario, heard);
    scenario.advance(1);
  }
}

t.test("our address under another id holds the claim until it falls silent, and that is said", async (t) => {
  const scenario = Scenario.started();
  foreigns(scenario, 60);
  t.match(scenario.status(), {
    state: "BACKUP",
    code: "id-conflict",
    reason: /^192\.0\.2\.41 advertises our 192\.0\.2\.10 under virtual router id 11; nothing is claimed/,
  });
  const said = scenario.take("info id-conflict");
  t.equal(said.length, 1, "once");
  scenario.until(62.6);
  t.equal(scenario.state, "BACKUP", "its last advert was heard at 59 s");
  scenario.until(62.61);
  t.equal(scenario.state, "MASTER");
  t.match(scenario.status().reason, /^192\.0\.2\.41 no longer advertises our 192\.0\.2\.10 under .* id 11$/);
});

t.test("what was heard in INIT counts, for the owner of the addresses too", async (t) => {
  const owner = new Scenario({ priority: 255 });
  owner.link({});
  owner.addresses([]);
  foreign(owner);
  owner.source("192.0.2.2");
  t.equal(owner.state, "BACKUP");
  owner.until(2.9);
  t.equal(owner.state, "BACKUP");
  owner.until(3.1);
  t.equal(owner.state, "MASTER");
});

t.test("VRRPD_ID_CONFLICT=claim: it is reported, and holds nothing", async (t) => {
  const scenario = Scenario.started({ idConflict: "claim" });
  foreigns(scenario, 4);
  t.equal(scenario.state, "MASTER");
  t.match(scenario.take("error address-under-other-id").length, 1);
  t.match(scenario.status().code, "no-master");
});

t.test("one that releases holds it for an interval more: its own backups come first", async (t) => {
  const scenario = Scenario.started();
  foreigns(scenario, 10);
  foreign(scenario, { priority: 0 });
  scenario.advance(1.6);
  t.equal(scenario.state, "BACKUP");
  foreign(scenario, { from: "192.0.2.42" });
  scenario.advance(3.6);
  t.equal(scenario.state, "BACKUP");
  scenario.advance(0.1);
  t.equal(scenario.state, "MASTER");
  const alone = Scenario.started();
  foreigns(alone, 10);
  foreign(alone, { priority: 0 });
  alone.advance(2.7);
  t.equal(alone.state, "MASTER", "with nobody behind it, no longer than it would have held without a word");
  const stranger = Scenario.started();
  foreigns(stranger, 10);
  foreign(stranger, { priority: 0, from: "192.0.2.42" });
  stranger.advance(2.5);
  t.equal(stranger.state, "BACKUP", "another's release changes nothing");
});

t.test("a longer hold is not cut short by a shorter one, and nobody holds for ever", async (t) => {
  const scenario = Scenario.started();
  foreign(scenario, { advertIntervalMicros: 5_000_000 });
  foreign(scenario, { from: "192.0.2.42" });
  scenario.until(18);
  t.equal(scenario.state, "BACKUP");
  scenario.until(18.1);
  t.equal(scenario.state, "MASTER");
});

t.test("a master stays master; a backup follows whoever has its own id", async (t) => {
  const master = Scenario.master();
  foreigns(master, 10, { priority: 255 });
  t.equal(master.state, "MASTER");
  const backup = Scenario.started();
  foreigns(backup, 10);
  t.equal(backup.status().code, "id-conflict");
  backup.advert({ priority: 200 });
  t.match(backup.status(), { state: "BACKUP", code: "ready", master: { address: "192.0.2.1" } });
});

/** An advert that would be refused under our own id. */
const REFUSED: Readonly<Record<string, { router: RouterOverrides; heard: Heard }>> = {
  "none of our addresses": { router: {}, heard: { addresses: ["192.0.2.99"] } },
  "a version that is not listened to": { router: {}, heard: { version: 2, checksumForm: null } },
  "another password": {
    router: { yieldsToVersion2: true, password: new Uint8Array(8).fill(1) },
    heard: { version: 2, checksumForm: null, password: new Uint8Array(8).fill(2) },
  },
  "a speaker outside the list, which is strict": {
    router: { unicastStrict: true, unicastPeers: [{ address: ip("192.0.2.7"), source: null } as never] },
    heard: {},
  },
};

for (const [what, { router, heard }] of Object.entries(REFUSED)) {
  t.test(`${what}: holds nothing`, async (t) => {
    const scenario = Scenario.started(router);
    foreigns(scenario, 4, heard);
    t.equal(scenario.state, "MASTER");
  });
}

t.test("a version 2 master, as the original speaks it, holds the claim under another id", async (t) => {
  const password = new Uint8Array(8).fill(1);
  const scenario = Scenario.started({ yieldsToVersion2: true, password });
  foreigns(scenario, 10, { version: 2, checksumForm: null, password });
  t.equal(scenario.state, "BACKUP");
});
