/**
 * The live page in a real browser: what it shows is what the daemon does, its timers run down, and it asks nobody but
 * the daemon. VRRPD_SCREENSHOT in the environment names a file for a picture of it.
 */
import { fileURLToPath } from "node:url";
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";

const URL_OF_PAGE = "http://127.0.0.1:9650/";
const VISIT = fileURLToPath(new URL("live-page-visit.mjs", import.meta.url));

interface Seen {
  readonly title: string;
  readonly heading: string[];
  readonly states: string[];
  readonly chips: string[];
  readonly problems: string[];
  readonly transitions: string[];
  /** Of each instance, the states of its timeline in order. */
  readonly lanes: string[][];
  readonly body: string;
  /** The first timer, looked at every tenth of a second or so: seconds left, and the width of its bar. */
  readonly samples: { left: number; width: string }[];
  readonly requests: string[];
  /** Of the browser: scripts that failed, what the policy refused. */
  readonly errors: string[];
}

t.test("the live page shows the host, and follows it", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},192.0.2.102,192.0.2.103`,
    OPENSHIFT_HA_VIP_GROUPS: "2",
  });
  nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilState("a", "MASTER");
  const b = nodes.start("b", { VRRPD_PRIORITY: "100", VRRPD_METRICS_LISTEN: "127.0.0.1:9650" });
  await nodes.untilState("b", "BACKUP");
  await b.waitForLine(/metrics and health on/);
  const addresses = [VIP, "192.0.2.102", "192.0.2.103"];
  const screenshot = process.env.VRRPD_SCREENSHOT ?? "";
  const visit = nodes.host("b").start([process.execPath, VISIT, URL_OF_PAGE, "MASTER", screenshot]);
  const first = JSON.parse((await visit.waitForLine(/^\{/, { timeoutMs: 60_000 })).text) as Seen;
  t.equal(first.title, "BACKUP BACKUP · b");
  t.strictSame(first.heading, ["ipfailover on b"]);
  t.strictSame(first.states, ["BACKUP", "BACKUP"]);
  t.strictSame(
    first.chips,
    addresses.map((address) => `${address}/32 not here`),
  );
  t.strictSame(first.problems, ["Nothing is wrong."]);
  t.match(first.body, /becomes MASTER, unless 192\.0\.2\.40 advertises before/);
  t.match(first.body, /192\.0\.2\.40, priority 200, advertises, heard \d\.\d s ago/);
  t.match(first.transitions, [/INIT to BACKUP: ready/, /INIT to BACKUP: ready/]);
  const lefts = first.samples.map(({ left }) => left);
  t.ok(new Set(lefts).size >= 4, `the timer runs between the answers: ${lefts.join(", ")}`);
  t.ok(
    lefts.every((left) => left > 0 && left <= 3.7),
    "as long as the down interval lets it",
  );
  t.ok(new Set(first.samples.map(({ width }) => width)).size >= 4, "and its bar with it");

  const seen = visit.lines.length;
  await nodes.host("a").cut();
  await nodes.untilHeldBy("b");
  const later = JSON.parse((await visit.waitForLine(/^\{/, { timeoutMs: 60_000, after: seen })).text) as Seen;
  t.strictSame(later.states, ["MASTER", "MASTER"]);
  t.strictSame(
    later.chips,
    addresses.map((address) => `${address}/32 here`),
  );
  const moved = /BACKUP to MASTER: no advert from 192\.0\.2\.40 for 3\.6/;
  const ready = /INIT to BACKUP: ready/;
  t.match(later.transitions, [moved, ready, moved, ready]);
  t.match(later.lanes, [
    [/./, "BACKUP", "MASTER"],
    [/./, "BACKUP", "MASTER"],
  ]);
  t.strictSame(later.errors, [], "no error on the page");
  t.strictSame(later.problems, ["Nothing is wrong."]);
  t.strictSame(later.requests.sort(), [URL_OF_PAGE, `${URL_OF_PAGE}status`], "nobody else was asked");
  t.strictSame(await visit.exited, { code: 0, signal: null });
});
