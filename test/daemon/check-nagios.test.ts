/** `vrrpd check-nagios` beside a real daemon: serving, with a warning, in FAULT, not there; and of made-up problems. */
import t from "tap";
import { verdictOn } from "../../src/cli/view/nagios-view.js";
import type { HealthDocument } from "../../src/daemon/status/health.js";
import type { ProblemDocument, StatusDocument } from "../../src/daemon/status/types.js";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { Nodes } from "../lab/nodes.js";

const CHECK = "/etc/keepalive/check.sh";
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
  const look = async () => {
    const { code, stdout, stderr } = await host.run([...VRRPD, "check-nagios"]);
    t.match(stdout, LINE, stderr);
    const [, word, text, figures = ""] = LINE.exec(stdout) ?? [];
    return { code, word, text: text!, figures: Object.fromEntries(figures.split(" ").map(figureOf)) };
  };

  t.match(await look(), { code: 2, word: "CRITICAL", text: /no vrrpd runs here/ });
  await check(0);
  const daemon = nodes.start("a");
  await nodes.untilState("a", "MASTER");
  const seen = await look();
  // Unless this machine was too slow for it to be all right.
  const { problems } = await nodes.status("a");
  t.match(seen, { code: problems.length > 0 ? 1 : 0, text: /^1 master/ });
  const none = { backups: "0", faults: "0", waiting: "0" };
  t.match(seen.figures, { ...none, masters: "1", problems: String(problems.length), transitions: "1c" });

  const hasStalled = async () => (await nodes.status("a")).lateness.stalls > 0;
  while (!(await hasStalled())) {
    daemon.freeze();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    daemon.thaw();
    await nodes.untilState("a", "MASTER");
  }
  t.match(await look(), { code: 1, word: "WARNING", text: /^1 master; the daemon has stalled/ });

  await check(1, "a|b");
  await nodes.untilState("a", "FAULT");
  t.match(await look(), {
    ...{ code: 2, word: "CRITICAL", text: /^1 fault; .*check script/ },
    figures: { masters: "0", faults: "1" },
  });
  await daemon.stop();
});

function figureOf(text: string): [string, string] {
  const [name, value = ""] = text.split("=");
  return [name!, value.split(";")[0]!];
}

const HEALTHY: HealthDocument = { healthy: true, ready: true, problems: [], waitsFor: [] };
const FIGURES = "transitions=3c lost_log_lines=4c uptime=61s";

const instance = (name: string, state: string) => ({
  ...{ name, state, reason: "because" },
  counters: { becomeMaster: 2, releaseMaster: 1 },
});

function status(state: string, problems: Partial<ProblemDocument>[] = [], name = "a"): StatusDocument {
  return {
    ...{ at: "2026-01-01T00:01:01.999Z", startedAt: "2026-01-01T00:00:00.000Z", lostLogLines: 4 },
    instances: [instance(name, state)],
    problems: problems.map((one) => {
      const { instance: whose = null } = one;
      return { text: "x", acknowledged: false, instances: whose === null ? [] : [whose], ...one };
    }),
  } as unknown as StatusDocument;
}

t.test("the gravest reason stands in the line, and how many more there are", async (t) => {
  t.strictSame(verdictOn(status("MASTER"), HEALTHY), {
    line: `VRRP OK: 1 master | masters=1;;;0 backups=0;;;0 faults=0;;0;0 waiting=0;0;;0 problems=0;0;;0 ${FIGURES}`,
    exitCode: 0,
  });
  const problems = [
    { severity: "warning", text: "slow" },
    { severity: "error", text: "broken", instance: "a" },
  ] as const;
  const both = verdictOn(status("MASTER", [...problems]), HEALTHY);
  t.match(both, { exitCode: 2, line: /^VRRP CRITICAL: 1 master; a: broken \(and 1 more\) \| / });
  t.match(both.line, "problems=2;0;;0");
  t.match(verdictOn(status("MASTER", [problems[0]]), HEALTHY), {
    exitCode: 1,
    line: /^VRRP WARNING: 1 master; slow \| /,
  });
});

t.test("FAULT, INIT and a daemon that is not healthy are no OK, whatever the problems say", async (t) => {
  const starts = (state: string, problems: Partial<ProblemDocument>[], start: string, exitCode: number) => {
    const found = verdictOn(status(state, problems), HEALTHY);
    t.ok(found.line.startsWith(start), found.line);
    t.equal(found.exitCode, exitCode);
  };
  starts("FAULT", [], "VRRP CRITICAL: 1 fault; a is in FAULT: because | ", 2);
  starts(
    "FAULT",
    [{ severity: "error", instance: "a", text: "no carrier" }],
    "VRRP CRITICAL: 1 fault; a: no carrier |",
    2,
  );
  starts("FAULT", [{ severity: "warning", instance: "a" }], "VRRP CRITICAL: 1 fault; a is in FAULT", 2);
  starts("INIT", [], "VRRP WARNING: 1 waiting; a is in INIT: because | ", 1);
  starts(
    "INIT",
    [{ severity: "warning", instance: "a", text: "no link" }],
    "VRRP WARNING: 1 waiting; a: no link | ",
    1,
  );
  const sick = { ...HEALTHY, healthy: false, problems: ["the deadline is overdue"] };
  t.match(verdictOn(status("BACKUP"), sick), { exitCode: 2, line: /^VRRP CRITICAL: 1 backup; the deadline/ });
});

t.test("whatever a problem says, it is one short line with one bar", async (t) => {
  for (const text of ["a|b | c", "a\nb\u2028\u001b[2J", "x".repeat(10_000), "|".repeat(500)]) {
    const { line } = verdictOn(status("MASTER", [{ severity: "error", text }], "n|m"), HEALTHY);
    t.equal(line.split("|").length, 2);
    t.equal(line.split("|")[1]!.trim().split(" ").length, 8);
    t.notMatch(line, /[\p{Cc}\p{Zl}]/u);
    t.ok(line.length < 400);
  }
});
