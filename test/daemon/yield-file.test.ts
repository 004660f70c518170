/** What of a yield outlives the daemon, and what of a file is believed. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import {
  type PersistentYield,
  readYieldFile,
  writeYieldFile,
  yieldFileOf,
} from "../../src/daemon/yield-file.js";

const folder = mkdtempSync(join(tmpdir(), "vrrpd-yields-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const NODE: PersistentYield = {
  ...{ instance: null, except: ["VI_2"], force: false },
  ...{ since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2) },
};
const NAMED: PersistentYield = { ...NODE, instance: "VI_1", except: [], force: true, until: null };

t.test("each daemon of a host has its own", async (t) => {
  t.equal(yieldFileOf("/run/vrrpd/ipfailover.sock"), "/var/lib/vrrpd/ipfailover.yield.json");
});

t.test("what is written is read again, by its owner alone, and nothing else stays behind", async (t) => {
  const path = join(folder, "a", "b.yield.json");
  await writeYieldFile(path, [NODE, NAMED]);
  t.strictSame(readYieldFile(path), { yields: [NODE, NAMED] });
  t.equal(statSync(path).mode & 0o777, 0o600);
  await writeYieldFile(path, [NAMED]);
  t.strictSame(readYieldFile(path), { yields: [NAMED] });
  t.strictSame(readdirSync(join(folder, "a")), ["b.yield.json"]);
  await writeYieldFile(path, []);
  t.strictSame(readYieldFile(path), { yields: [] });
  t.strictSame(readdirSync(join(folder, "a")), []);
  await writeYieldFile(path, []);
});

t.test("what has no room is not written, and what was there stays", async (t) => {
  const path = join(folder, "large.yield.json");
  await writeYieldFile(path, [NODE]);
  const many = Array.from({ length: 2000 }, (_, at) => ({ ...NAMED, instance: `${at}`.padStart(200, "x") }));
  await t.rejects(writeYieldFile(path, many), /larger than/);
  t.strictSame(readYieldFile(path), { yields: [NODE] });
});

const [{ since, until, ...rest }] = [NODE];
const SOUND = { ...rest, since: new Date(since).toISOString(), until: new Date(until!).toISOString() };
const REFUSED: Readonly<Record<string, unknown>> = {
  "no object": [],
  "another version": { version: 2, yields: [] },
  "no list": { version: 1, yields: {} },
  "a yield that is none": { version: 1, yields: [SOUND, null] },
  "a name that is a number": { version: 1, yields: [{ ...SOUND, instance: 1 }] },
  "no time": { version: 1, yields: [{ ...SOUND, since: "yesterday" }] },
  "an end that is none": { version: 1, yields: [{ ...SOUND, until: "soon" }] },
  "no end at all": { version: 1, yields: [{ ...SOUND, until: undefined }] },
  "an end in the far future": { version: 1, yields: [{ ...SOUND, until: "+275760-09-13T00:00:00.000Z" }] },
  "a span of more than a year": { version: 1, yields: [{ ...SOUND, until: "2027-02-01T00:00:00.000Z" }] },
  "force that is a word": { version: 1, yields: [{ ...SOUND, force: "yes" }] },
  "exceptions that are none": { version: 1, yields: [{ ...SOUND, except: [1] }] },
  "more than there ever are": { version: 1, yields: Array(3000).fill({ ...SOUND, except: [] }) },
};

for (const [what, document] of Object.entries(REFUSED)) {
  t.test(`refused: ${what}`, async (t) => {
    const path = join(folder, "refused.yield.json");
    writeFileSync(path, JSON.stringify(document), { mode: 0o600 });
    t.match(readYieldFile(path), {
      problem: /refused\.yield\.json .*: yields of an earlier run are not honoured/,
    });
  });
}

t.test(
  "refused: no file, one that others can write, one that is too large, and a way to another one",
  async (t) => {
    const path = join(folder, "odd.yield.json");
    mkdirSync(path);
    t.match(readYieldFile(path), { problem: /is a folder/ });
    rmSync(path, { recursive: true });
    writeFileSync(path, " ".repeat(300_000), { mode: 0o600 });
    t.match(readYieldFile(path), { problem: /is larger than/ });
    writeFileSync(path, JSON.stringify({ version: 1, yields: [SOUND] }));
    chmodSync(path, 0o620);
    t.match(readYieldFile(path), { problem: /can be written by other users/ });
    rmSync(path);
    writeFileSync(join(folder, "elsewhere"), JSON.stringify({ version: 1, yields: [SOUND] }), {
      mode: 0o600,
    });
    symlinkSync(join(folder, "elsewhere"), path);
    t.match(readYieldFile(path), { problem: /is a symbolic link/ });
  },
);
