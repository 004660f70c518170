/**
 * The live page in a real browser: what it shows is what the daemon does, it says at once that the daemon is gone, it
 * can be read, heard and worked without a mouse, and it asks nobody but the daemon. VRRPD_SCREENSHOT in the environment
 * names a file for a picture of it (`npm run pictures`).
 */
import t from "tap";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import type { Look, Seen } from "./live-page-visit.js";
import { Visit } from "./live-page-visit.js";

const URL_OF_PAGE = "http://127.0.0.1:9650/";
const LISTEN = { VRRPD_METRICS_LISTEN: "127.0.0.1:9650" };
const FILE = "/etc/keepalived/keepalived.conf";
const LOOKS: readonly Look[] = [
  { width: 320, scheme: "light" },
  { width: 320, scheme: "dark" },
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
];

const instance = (name: string, id: number, address: string) => `vrrp_instance ${name} {
  interface ens3
  virtual_router_id ${id}
  version 3
  priority 100
  virtual_ipaddress {
    ${address}
  }
  track_script {
    http_answers
  }
}
`;
/** A check that fails, and a sync group. */
const CONF = `vrrp_script http_answers {
  script /bin/true
  interval 1
}
vrrp_sync_group together {
  group {
    web
    mail
  }
}
${instance("web", 1, VIP)}${instance("mail", 2, "192.0.2.102")}`;

async function begin(t: Parameters<typeof Nodes.create>[0]) {
  const nodes = await Nodes.create(t, {}, { privateDirectories: ["/etc/keepalived", "/run/vrrpd"] });
  for (const name of ["a", "b"])
    await nodes.host(name).writeFile(FILE, CONF.replaceAll("100", name === "a" ? "200" : "100"));
  const a = startVrrpd(nodes.host("a"), {}, VRRPD, FILE);
  await nodes.untilState("a", "MASTER");
  const b = startVrrpd(nodes.host("b"), LISTEN, VRRPD, FILE);
  await nodes.untilState("b", "BACKUP");
  await b.waitForLine(/metrics and health on/);
  const visit = await Visit.begin(nodes.host("b"), URL_OF_PAGE);
  return { nodes, a, b, visit };
}

async function looksWell(
  t: Pick<typeof import("tap").default, "strictSame" | "equal">,
  visit: Visit,
  what: string,
): Promise<void> {
  for (const look of LOOKS) {
    await visit.look(look);
    const name = `${what}, ${look.width} px, ${look.scheme}`;
    t.strictSame(await visit.axe(), [], `${name}: WCAG 2.2 AA`);
    t.equal((await visit.see()).overflow, 0, `${name}: nothing beside the window`);
  }
}

t.test("the live page shows the host, follows it, and says when it is gone", async (t) => {
  const { nodes, b, visit } = await begin(t);
  await visit.until('document.querySelectorAll(".checks .good").length === 2');
  const first = await visit.see();
  t.equal(first.title, "BACKUP BACKUP · b");
  t.strictSame(first.states, ["BACKUP", "BACKUP", "BACKUP"], "of the group, and of both instances");
  t.strictSame(first.chips, [`${VIP}/32 not here`, "192.0.2.102/32 not here"]);
  t.strictSame(first.problems, ["Nothing is wrong."]);
  t.match(first.groups, [/together[\s\S]*Members: web, mail/]);
  t.match(first.checks, [/^passing check http_answers/, /^passing check http_answers/]);
  t.match(first.body, /192\.0\.2\.40, priority 200, advertises, heard \d\.\d s ago/);
  t.match(first.transitions, [/INIT to BACKUP: ready/, /INIT to BACKUP: ready/]);
  t.strictSame(first.links, ["status", "metrics", "runbook"]);
  const lefts = new Set<number>();
  for (let count = 0; count < 8; count += 1) {
    lefts.add((await visit.see()).left);
    await visit.evaluate("new Promise((resolve) => setTimeout(resolve, 120))");
  }
  t.ok(lefts.size >= 4, `timers run between the answers: ${[...lefts].join(", ")}`);
  await looksWell(t, visit, "healthy");

  await t.test("a selection stays, and so does the focus", async (t) => {
    await visit.evaluate('getSelection().selectAllChildren(document.querySelector("article h3"))');
    await visit.evaluate('document.querySelector("nav a").focus()');
    await visit.evaluate("globalThis.seenAt = status.at");
    await visit.until("status.at > seenAt");
    t.equal((await visit.see()).selected, "web");
    t.equal(await visit.evaluate("document.activeElement.textContent"), "Status (JSON)");
  });

  await t.test("pause, with the keyboard", async (t) => {
    await visit.evaluate('document.querySelector("#pause").focus()');
    await visit.press("Enter");
    await visit.until('document.querySelector("#pause").getAttribute("aria-pressed") === "true"');
    const paused = await visit.see();
    t.match(paused.connection, [/^paused at /]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    t.equal((await visit.see()).left, paused.left, "nothing moves");
    await visit.press("Enter");
    await visit.until('document.querySelector("#connection").textContent === "live"');
  });

  await t.test("a takeover, and an address that another host has", async (t) => {
    await nodes.host("a").cut();
    await nodes.untilHeldBy("b");
    await visit.until('document.querySelectorAll("article .MASTER").length >= 4');
    const later = await visit.see();
    t.strictSame(later.chips, [`${VIP}/32 here`, "192.0.2.102/32 here"]);
    t.match(later.news, /is MASTER/, "a screen reader is told");
    t.match(later.lanes, [
      [/./, "BACKUP", "MASTER"],
      [/./, "BACKUP", "MASTER"],
    ]);
    if (process.env.VRRPD_SCREENSHOT) {
      await visit.look({ width: 1100, scheme: "light" });
      await visit.evaluate("(getSelection().removeAllRanges(), document.activeElement.blur())");
      await visit.picture(process.env.VRRPD_SCREENSHOT);
    }
    const client = nodes.host("client");
    await client.ok(["sysctl", "-q", "-w", "net.ipv4.conf.ens3.arp_notify=1"]);
    await client.ok(["ip", "address", "add", `${VIP}/32`, "dev", "ens3"]);
    await client.ok(["ip", "link", "set", "ens3", "address", "02:00:00:00:00:77"]);
    await visit.until('document.querySelector("#problems > .error") !== null');
    const contested = await visit.see();
    t.match(contested.chips, [/contested: also at 02:00:00:00:00:77/, /here$/]);
    t.match(contested.problems, [/^Error: [\s\S]*web[\s\S]*192\.0\.2\.101[\s\S]*Runbook: address-conflict/]);
    t.match(contested.title, /^1 wrong · /);
    t.ok(contested.links.includes("runbook#address-conflict"));
    await looksWell(t, visit, "with an error");
  });

  await t.test("the daemon is gone", async (t) => {
    b.kill("SIGKILL");
    await b.exited;
    await visit.until('!document.querySelector("#gone").hidden');
    const gone = await visit.see();
    t.match(gone.gone, [/^The daemon does not answer\./]);
    t.match(gone.title, /^no answer/);
    t.notMatch(gone.body, /Nothing is wrong/);
    t.match(gone.states, [/^was /, /^was /, /^was /]);
    await looksWell(t, visit, "gone");
    startVrrpd(nodes.host("b"), LISTEN, VRRPD, FILE);
    await visit.until(
      'document.querySelector("#gone").hidden && document.querySelector("#connection").textContent === "live"',
    );
    const back: Seen = await visit.see();
    t.notMatch(back.states.join(), /was/);
    t.strictSame(
      back.errors.filter((text) => !/ERR_|Failed to load/.test(text)),
      [],
      "no error on the page",
    );
    t.strictSame(back.requests, [URL_OF_PAGE, `${URL_OF_PAGE}status`], "nobody else was asked");
  });

  await t.test("the runbook", async (t) => {
    await visit.open(`${URL_OF_PAGE}runbook#address-conflict`);
    t.match(await visit.evaluate('document.querySelector("tr:has(:target)").innerText'), /also answered by/);
    await looksWell(t, visit, "runbook");
    visit.end();
  });
});
