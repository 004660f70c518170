/**
 * Checks and notify scripts as people write them, in one file: what the real Keepalived does with them, and what our
 * `keepalived` command does. `systemctl` and `mail` are stand-ins, as there is no systemd and no mail here, and so is what
 * else this machine lacks (stand-ins.ts).
 */
import t, { type Test } from "tap";
import { createLan } from "../netns/index.js";
import { type Check, checksOf, expectedOf, type Surroundings } from "./common-scripts/checks.js";
import { type Outcome, priorityOf, type Records, Trial } from "./common-scripts/trial.js";
import type { Program } from "./migration/node.js";

/** A namespace of users knows one, so that nobody can be another there. */
const otherUsers = process.getuid!() === 0 ? {} : { skip: "takes root: no other user is to be had" };
const OWN = "192.0.2.11";
const NEIGHBOUR = "192.0.2.99";
/**
 * Never under the real Keepalived: it follows Debian's link to killall5, which as root ends what it is told to. Ours runs
 * what is written.
 */
const PIDOF: Check = { name: "pidof", command: "pidof keepalived", good: true };

/** Names of processes are seen by everybody on the machine. @param unique to this run */
function surroundings(unique: string): Surroundings {
  return {
    running: `hap-${unique}`,
    dead: `ngx-${unique}`,
    pidFile: "/run/haproxy.pid",
    port: 8080,
    closedPort: 8081,
    neighbour: NEIGHBOUR,
    elsewhere: "203.0.113.1",
    own: OWN,
    heldLock: "/run/held.lock",
  };
}

async function tryOut(t: Test, program: Program, more: readonly Check[]) {
  const lan = await createLan({
    privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
    hosts: { node: { addresses: [`${OWN}/24`] }, neighbour: { addresses: [`${NEIGHBOUR}/24`] } },
  });
  t.teardown(() => lan.destroy());
  const given = surroundings(`${process.pid}-${program[0]}`);
  const checks = [...checksOf(given), ...more];
  return { checks, outcome: await Trial.run(program, lan.host("node"), checks, given) };
}

t.test("common scripts, under Keepalived and under our command", otherUsers, async (t) => {
  const [theirs, ours] = await Promise.all([tryOut(t, "keepalived", []), tryOut(t, "vrrpd", [PIDOF])]);
  for (const [program, { checks, outcome }] of [
    ["keepalived", theirs],
    ["vrrpd", ours],
  ] as const) {
    const expected = checks.map((check) => [check.name, expectedOf(check, program)] as const);
    t.strictSame(outcome.verdicts, Object.fromEntries(expected), `${program}: the verdicts`);
    t.equal(
      outcome.priority,
      priorityOf(expected.map(([, verdict]) => verdict)),
      `${program}: what they weigh`,
    );
  }
  notifies(t, theirs.outcome, ours.outcome);
  // One that hangs is ended with Keepalived, as it happens; with ours it may go on.
  const left = { leftByNotify: true, leftByCheck: true };
  t.match(theirs.outcome.lives, left, "keepalived: what scripts have left in the background goes on");
  t.match(ours.outcome.lives, { ...left, hanging: true }, "vrrpd: so does it, and a script that hangs");
  t.strictSame(ours.outcome.kernel, theirs.outcome.kernel, "what a notify script does to the kernel");
  t.match(ours.outcome.kernel, /^1\n/);
  for (const kind of ["check", "notify"] as const)
    t.strictSame(
      ours.outcome.facts[kind].filter(isAlike),
      theirs.outcome.facts[kind].filter(isAlike),
      `what a ${kind} script finds`,
    );
});

function notifies(t: Test, theirs: Outcome, ours: Outcome): void {
  const [mine, others] = [ours, theirs].map(({ before }) =>
    sorted({ ...before, CLOUD: once(before.CLOUD!) }),
  );
  t.strictSame(mine, others, "the same scripts, with the same arguments");
  const { STATE_FILE, CLOUD } = ours.after;
  t.strictSame(STATE_FILE!.map(stateOf), ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER", "STOP"]);
  t.strictSame(CLOUD!.slice(0, 9), [
    ...["begin BACKUP", "end BACKUP", "begin MASTER", "end MASTER", "begin FAULT", "end FAULT"],
    ...["begin BACKUP", "end BACKUP", "begin MASTER"],
  ]);
  t.strictSame(
    ours.toldMeanwhile,
    ["begin BACKUP", "end BACKUP", "begin MASTER"],
    "one that waits holds up its own instance's alone",
  );
  t.ok(theirs.toldMeanwhile.includes("begin FAULT"), "Keepalived runs them beside each other");
}

/** Keepalived's second script for MASTER may find the answer that the first one waits for, or may not be begun yet. */
function once(lines: readonly string[]): string[] {
  return lines.filter((line, index) => line !== "end MASTER" || lines.indexOf(line) === index);
}

function sorted(records: Records): Record<string, string[]> {
  return Object.fromEntries(Object.entries(records).map(([name, lines]) => [name, [...lines].sort()]));
}

function stateOf(line: string): string {
  return line.split(" ")[3]!;
}

/** What leads Keepalived to its libraries, what was said to the daemon alone, and descriptors beside the first three differ. */
function isAlike(fact: string): boolean {
  return !/^(LD_LIBRARY_PATH|NOTIFY_SOCKET|cwd|umask|Groups|fd)\b/.test(fact);
}
