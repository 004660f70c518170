/**
 * A node of 255 instances at 0.1 s, of which one changes, again and again: the others neither transition nor say less, and
 * nothing stays behind. Times of a shared machine prove nothing, so the daemon is compared with itself at rest, before
 * and after.
 */
import { readdirSync } from "node:fs";
import t from "tap";
import { ROOT, startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { statusOf } from "../lab/status.js";
import { createLan, type Host, type HostProcess, until } from "../netns/index.js";

const PATH = "/etc/keepalived/keepalived.conf";
const PATIENCE = { timeoutMs: 60_000 };
const INSTANCES = 255;
const METRICS = "127.0.0.1:9650";
/** Measured by the daemon: adverts that came later or earlier than this do not count. */
const TENTH_OF_INTERVAL = "0.01";
const PRINT_METRICS = `fetch("http://${METRICS}/metrics").then((answer) => answer.text()).then(console.log)`;
const MEBIBYTE = 1024 * 1024;

let host: Host;
let daemon: HostProcess;

/** The last one has another priority each time, and all of them stand elsewhere in the file. */
function textOf(round: number): string {
  const blocks = Array.from({ length: INSTANCES }, (_, index) => {
    const id = index + 1;
    const priority = id === INSTANCES ? 101 + (round % 50) : 100;
    return `vrrp_instance VI_${id} {
  interface eth0
  virtual_router_id ${id}
  version 3
  priority ${priority}
  advert_int 0.1
  virtual_ipaddress {
    198.51.100.${id}
  }
}
`;
  });
  return `${"! moved\n".repeat(round % 3)}${blocks.join("")}`;
}

async function reload(round: number): Promise<void> {
  await host.writeFile(PATH, textOf(round));
  const after = daemon.lines.length;
  daemon.kill("SIGHUP");
  const line = await daemon.waitForLine(/SIGHUP: (nothing was )?reloaded/, { after, ...PATIENCE });
  t.match(line.text, new RegExp(`reloaded: VI_${INSTANCES} has other settings: priority$`));
}

/** Of all adverts so far: how many there were, and how many were late by more than a tenth of their interval. */
async function adverts(): Promise<{ readonly sent: number; readonly late: number }> {
  const text = await host.ok([process.execPath, "-e", PRINT_METRICS], PATIENCE);
  const value = (name: string) => {
    const line = text.split("\n").find((one) => one.startsWith(`vrrpd_advert_spacing_error_seconds${name} `));
    return Number(line!.split(" ")[1]);
  };
  const sent = value("_count");
  return { sent, late: sent - value(`_bucket{le="${TENTH_OF_INTERVAL}"}`) };
}

/** The part of the adverts that were late while the work went on. */
async function lateDuring(work: () => Promise<void>): Promise<number> {
  const before = await adverts();
  await work();
  const after = await adverts();
  return (after.late - before.late) / (after.sent - before.sent);
}

interface Watched {
  readonly rss: number;
  readonly heapUsed: number;
}

/** After a collection of garbage. */
async function memory(): Promise<Watched> {
  const after = daemon.lines.length;
  daemon.kill("SIGPWR");
  const line = await daemon.waitForLine(/loopWatch/, { after, ...PATIENCE });
  return (JSON.parse(line.text) as { loopWatch: Watched }).loopWatch;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1]!;
}

t.test("twenty reloads of 255 instances", async (t) => {
  const lan = await createLan({
    hosts: { a: { addresses: ["192.0.2.1/24"] } },
    privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
  });
  t.teardown(() => lan.destroy());
  host = lan.host("a");
  await host.writeFile(PATH, textOf(0));
  const watched = [process.execPath, "--expose-gc", "--import", `${ROOT}/test/lab/loop-watch.mjs`, ...VRRPD];
  daemon = startVrrpd(host, { VRRPD_LOG_FORMAT: "text", VRRPD_METRICS_LISTEN: METRICS }, watched, PATH);
  const states = async () =>
    (await statusOf(host)).instances.map(({ state, transitions }) => [state, transitions.length]);
  await until(async () => (await states()).every(([state]) => state === "MASTER"), {
    what: "masters",
    ...PATIENCE,
  });
  const history = await states();

  let round = 0;
  const several = async (count: number, between: () => Promise<unknown>) => {
    for (const last = round + count; round < last; ) {
      await reload(++round);
      await between();
    }
  };
  const descriptors = () => readdirSync(`/proc/${daemon.pid}/fd`).length;
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1_000));
  const restBefore = await lateDuring(pause);
  const early: Watched[] = [];
  // Until V8 has compiled what a reload runs.
  await several(5, async () => {});
  await several(5, async () => early.push(await memory()));
  const open = descriptors();
  const reloading = await lateDuring(() => several(5, async () => {}));
  const atRest = Math.max(restBefore, await lateDuring(pause));
  const late: Watched[] = [];
  await several(5, async () => late.push(await memory()));

  t.comment(
    `late adverts: ${(100 * atRest).toFixed(1)} % at rest, ${(100 * reloading).toFixed(1)} % while reloading`,
  );
  t.ok(reloading < atRest + 0.3, "few adverts are late for it");
  const grown = (of: (one: Watched) => number) => median(late.map(of)) - median(early.map(of));
  t.comment(`RSS grew by ${Math.round(grown(({ rss }) => rss) / 1024)} KiB`);
  t.ok(grown(({ rss }) => rss) < 2 * MEBIBYTE, "memory stays");
  t.ok(grown(({ heapUsed }) => heapUsed) < MEBIBYTE, "and so does the heap");
  t.ok(descriptors() <= open, "no descriptor stays open");
  t.strictSame(await states(), history, "nobody has changed its state");

  await host.writeFile(PATH, textOf(1).replace("interface eth0", "interface nope"));
  const after = daemon.lines.length;
  daemon.kill("SIGHUP");
  await daemon.waitForLine(/SIGHUP: nothing was reloaded/, { after, ...PATIENCE });
  t.strictSame(await states(), history, "a file that is refused changes nothing");
  t.match(await daemon.stop(), { code: 0 });
});
