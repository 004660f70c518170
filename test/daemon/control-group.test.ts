/** VRRPD_SOCKET_GROUP: its members may ask, and tell the daemon nothing. */
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { Nodes } from "../lab/nodes.js";
import { type Host, until } from "../netns/index.js";
import { noStrangers } from "./stranger.js";

const [GROUP, MEMBER, STRANGER] = ["4712", "4711", "4713"];
const SOCKET = "/run/vrrpd/deep/a.sock";
const ENV = { VRRPD_SOCKET: SOCKET };

/** Sends a request line, and prints the answer. */
const ASK = `use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un($ARGV[0])) or die "$!\\n";
  syswrite($s, qq({"command":"$ARGV[1]"}\\n)); print while <$s>;`;

/**
 * Words that run a command as this user, with one more group. The user may read the program wherever it lies, but has no
 * right to any socket by that.
 */
function as(user: string, group: string): string[] {
  const reads = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"];
  return ["setpriv", `--reuid=${user}`, `--regid=${user}`, `--groups=${group}`, ...reads];
}

const modeOf = async (host: Host, path: string) => (await host.ok(["stat", "-c", "%a %u %g", path])).trim();

async function ask(host: Host, who: readonly string[], command: string): Promise<Record<string, unknown>> {
  return JSON.parse(await host.ok([...who, "perl", "-e", ASK, SOCKET, command]));
}

t.test("the group of the control socket", { skip: noStrangers }, async (t) => {
  const nodes = await Nodes.create(t);
  const host = nodes.host("a");
  const member = as(MEMBER, GROUP);
  const daemon = nodes.startAs("a", ["sh", "-c", 'umask 077; exec "$0" "$@"', ...VRRPD], {
    ...ENV,
    VRRPD_SOCKET_GROUP: GROUP,
  });
  await daemon.waitForLine(/Entering BACKUP STATE/);
  await until(() => modeOf(host, SOCKET).catch(() => null), { what: "the socket" });

  t.test("it has mode 0660, in a folder that others can enter", async (t) => {
    await until(async () => (await modeOf(host, SOCKET)).startsWith("660"), { what: "its mode" });
    t.equal(await modeOf(host, SOCKET), `660 0 ${GROUP}`);
    t.equal((await modeOf(host, "/run/vrrpd/deep")).split(" ")[0], "755");
  });

  t.test("a member asks, with the commands that show something", async (t) => {
    const run = (command: string) => host.run([...member, ...VRRPD, command, "--socket", SOCKET]);
    t.match(await run("status"), { code: 0, stdout: /ipfailover_VIP_1/ });
    t.match((await run("check-nagios")).stdout, /^VRRP (OK|WARNING): 1 (backup|master)/);
  });

  t.test("what changes something is refused, and logged once a minute", async (t) => {
    for (let i = 0; i < 3; i++) {
      const answer = await ask(host, member, "stop");
      t.match(answer, {
        code: "EFORBIDDEN",
        error: /^“stop” is for root, .* may ask for status, health$/,
      });
    }
    t.match(await ask(host, member, "yield"), { code: "EFORBIDDEN" });
    t.match(await ask(host, member, "nonsense"), {
      error: /^unknown request; known are: status, health, stop/,
    });
    t.match(
      await host.run([...member, ...VRRPD, "cleanup", "--config", "env"], {
        env: { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101", VRRPD_SOCKET: SOCKET },
      }),
      { code: 4, stderr: /missing/ },
    );
    const refusals = daemon.lines.filter(({ text }) =>
      text.includes("user 4711 asked for “stop” over the control socket"),
    );
    t.equal(refusals.length, 1);
    t.ok(daemon.running);
    t.match(await ask(host, [], "health"), { healthy: true });
  });

  t.test("others do not get in", async (t) => {
    const stranger = as(STRANGER, STRANGER);
    t.match(await host.run([...stranger, ...VRRPD, "check-nagios", "--socket", SOCKET]), {
      code: 3,
      stdout: /^VRRP UNKNOWN: the control socket .* is not for this user/,
    });
  });

  t.test("root stops it", async (t) => {
    t.match(await ask(host, [], "stop"), { pid: daemon.pid });
    t.match(await daemon.exited, { code: 0 });
  });

  t.test("a daemon that cannot give it to the group keeps it for itself, and says so", async (t) => {
    const confined = ["setpriv", "--bounding-set=-chown", ...VRRPD];
    const other = nodes.startAs("a", confined, { ...ENV, VRRPD_SOCKET_GROUP: GROUP });
    await other.waitForLine(/is for its owner alone: it cannot be given to the group 4712 \(EPERM\)/);
    t.equal(await modeOf(host, SOCKET), "600 0 0");
    t.match(await ask(host, [], "status"), { name: "ipfailover" });
    await other.stop();
  });

  t.test("an unknown group is exit code 2, beside a file too", async (t) => {
    await host.writeFile(
      "/run/vrrpd/v.conf",
      "vrrp_instance V {\n interface ens3\n virtual_router_id 7\n virtual_ipaddress {\n 192.0.2.101\n }\n}\n",
      0o644,
    );
    const env = { VRRPD_SOCKET_GROUP: "no-such-group" };
    t.match(await host.run([...VRRPD, "check", "--config", "/run/vrrpd/v.conf"], { env }), {
      code: 2,
      stderr:
        /VRRPD_SOCKET_GROUP="no-such-group" names the group no-such-group, which this host does not know; accepted: a group/,
    });
  });
});
