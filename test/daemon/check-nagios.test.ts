/** `vrrpd check-nagios` beside a real daemon: serving, with a warning, in FAULT, gone. */
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { Nodes } from "../lab/nodes.js";
import { noStrangers } from "./stranger.js";

const [CHECK, NOTIFY] = ["/etc/keepalive/check.sh", "/etc/keepalive/notify.sh"];
/** What the guidelines let a plugin print: text, then figures, all of them numbers. */
const LINE =
  /^VRRP (OK|WARNING|CRITICAL|UNKNOWN): ([^|\n]+?)(?: \| ((?:[a-z_]+=\d+[cs]?(?:;\d*){0,3} ?)+))?\n$/;

t.test("each verdict has its word, its exit code and its figures", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_CHECK_SCRIPT: CHECK,
    OPENSHIFT_HA_CHECK_INTERVAL: "1",
  });
  const host = nodes.host("a");
  const check = (code: number, words = "") =>
    host.writeFile(CHECK, `#!/bin/sh\necho '${words}'\nexit ${code}\n`, 0o755);
  const look = async (...options: string[]) => {
    const { code, stdout, stderr } = await host.run([...VRRPD, "check-nagios", ...options]);
    t.match(stdout, LINE, stderr);
    const [, word, text, figures = ""] = LINE.exec(stdout) ?? [];
    return { code, word, text: text!, figures: Object.fromEntries(figures.split(" ").map(figureOf)) };
  };

  t.match(await look(), { code: 2, word: "CRITICAL", text: /no vrrpd runs here/ });
  await check(0);
  const first = nodes.start("a");
  await nodes.untilState("a", "MASTER");
  t.match(await look(), {
    code: 0,
    word: "OK",
    text: "1 master",
    figures: { masters: "1", backups: "0", faults: "0", waiting: "0", problems: "0", transitions: "1c" },
  });

  await first.stop();
  await host.writeFile(NOTIFY, "#!/bin/sh\n", 0o777);
  const daemon = nodes.start("a", { OPENSHIFT_HA_NOTIFY_SCRIPT: NOTIFY });
  await nodes.untilState("a", "MASTER");
  t.match(await look(), { code: 1, word: "WARNING", text: /^1 master; .*can be changed by others/ });

  await check(1, "a|b");
  await nodes.untilState("a", "FAULT");
  t.match(await look(), {
    code: 2,
    word: "CRITICAL",
    text: /^1 fault; .*check script/,
    figures: { masters: "0", faults: "1", transitions: "2c" },
  });

  t.match(await look("--colour"), { code: 3, word: "UNKNOWN", text: /--colour does not belong/ });
  t.match(await look("now"), { code: 3, word: "UNKNOWN" });
  await daemon.stop();
  t.match(await look("--socket", "/run/vrrpd/other.sock"), {
    code: 2,
    word: "CRITICAL",
    text: /no running vrrpd answers at \/run\/vrrpd\/other\.sock/,
  });
});

function figureOf(text: string): [string, string] {
  const [name, value = ""] = text.split("=");
  return [name!, value.split(";")[0]!];
}

t.test("who may not ask learns nothing about the daemon", { skip: noStrangers }, async (t) => {
  const nodes = await Nodes.create(t);
  const daemon = nodes.start("a");
  await nodes.untilState("a", "BACKUP");
  const reads = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"];
  const stranger = ["setpriv", "--reuid=4713", "--regid=4713", "--clear-groups", ...reads];
  t.match(await nodes.host("a").run([...stranger, ...VRRPD, "check-nagios"]), {
    code: 3,
    stdout: /^VRRP UNKNOWN: the control socket .* is not for this user/,
  });
  await daemon.stop();
});
