/** Node's inspector, which lets any local user run code as root, and signals that end a process by default. */
import { readFileSync } from "node:fs";
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { Nodes } from "../lab/nodes.js";
import type { HostProcess } from "../netns/index.js";

const REALTIME = Array.from({ length: 31 }, (_, i) => 34 + i);
/** As whoever starts the command may do, and the image does: from the exec on nothing can end it. */
const IGNORING = ["sh", "-c", `trap '' USR1 ${REALTIME.join(" ")}; exec "$@"`, "sh"];
const BY_NODE = [process.execPath, ...VRRPD];
/** The command line of vrrpd from its first exec on, and not yet that of what leads into the host. */
const IS_VRRPD = /^(\/bin\/sh\0[^\0]*vrrpd\.js\0|node\0)/;

async function listeners(nodes: Nodes): Promise<string[]> {
  const sockets = await nodes.host("a").ok(["cat", "/proc/net/tcp", "/proc/net/tcp6"]);
  return sockets.split("\n").filter((line) => / 0A /.test(line));
}

/** Sends all of them again and again from the exec on, until told to stop; counts the rounds. */
function fire(daemon: HostProcess): { stop: () => number } {
  let rounds = 0;
  const timer = setInterval(() => {
    if (!daemon.running || !IS_VRRPD.test(readFileSync(`/proc/${daemon.pid}/cmdline`, "utf8"))) return;
    rounds += 1;
    for (const signal of ["SIGUSR1", ...REALTIME]) process.kill(daemon.pid, signal);
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return rounds;
    },
  };
}

t.test("SIGUSR1 and real-time signals from the exec on neither open it nor end the daemon", async (t) => {
  const nodes = await Nodes.create(t);
  for (let start = 1; start <= 2; start += 1) {
    const daemon = nodes.startAs("a", [...IGNORING, ...VRRPD]);
    const fired = fire(daemon);
    await daemon.waitForLine(/SIGRTMIN/);
    await daemon.waitForLine(/SIGUSR1: /);
    t.ok(fired.stop() > 10, "many of each");
    await nodes.untilHeldBy("a");
    t.same(await listeners(nodes), []);
    const said = daemon.lines.filter(({ text }) => text.includes("SIGRTMIN"));
    t.equal(said.length, 1, "one line, for many of them");
    t.match(said[0]!.text, /SIGRTMIN\+\d+ received: it is ignored/);
    t.match(await nodes.status("a"), { pid: daemon.pid, instances: [{ state: "MASTER" }] });
    daemon.kill("SIGTERM");
    t.strictSame(await daemon.exited, { code: 0, signal: null });
  }
});

t.test("NODE_OPTIONS opens it for scripts alone, whichever way the daemon is started", async (t) => {
  const nodes = await Nodes.create(t, { NODE_OPTIONS: "--inspect=127.0.0.1:9229" });
  for (const command of [VRRPD, BY_NODE]) {
    const daemon = nodes.startAs("a", command);
    await daemon.waitForLine(/NODE_OPTIONS=--inspect=127.0.0.1:9229 is for scripts alone/);
    await daemon.waitForLine(/Entering BACKUP STATE/);
    t.same(await listeners(nodes), []);
    for (const signal of ["SIGUSR1", ...REALTIME]) process.kill(daemon.pid, signal);
    await daemon.waitForLine(/SIGUSR1: /);
    t.same(await listeners(nodes), []);
    daemon.kill("SIGTERM");
    t.strictSame(await daemon.exited, { code: 0, signal: null });
  }
});
