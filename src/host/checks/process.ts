/** How many processes of a command run (Keepalived's `vrrp_track_process`). */
import { microsToSeconds } from "../../base/time.js";
import { type CheckPlan, joinWords, type ProcessCheck } from "../../config/index.js";
import { nameOf } from "../../core/origin.js";
import { type Finding, ok, warning } from "../finding.js";
import { bytesCompared, comparedOf, isMeant } from "../processes/criteria.js";
import { tellsOfProcesses } from "../processes/events.js";
import { readProcesses } from "../processes/proc.js";
import { Quorum } from "../processes/quorum.js";
import { type Counter, PROCESSES } from "../processes/table.js";
import type { CheckHooks, CheckKind } from "./kind.js";

export const process: CheckKind<ProcessCheck> = {
  title: "process",
  listedAs: null,
  start(check, hooks) {
    const counted = new Counted(check, hooks);
    return { update: () => {}, count: () => counted.count, stop: async () => counted.stop() };
  },
  describe: (check) =>
    `${joinWords(check.process.command)}, ${neededBy(check)}; ${tellsOfProcesses() ? "the kernel tells of processes" : "/proc is gone through every second"}`,
  fact: ({ process: { command } }) => command[0]!,
  settings(check) {
    const { command, match, whole } = check.process;
    return {
      process: command,
      match,
      fullCommand: whole,
      quorum: check.quorum.least,
      quorumMax: check.quorum.most,
      forkDelaySeconds: microsToSeconds(check.quorum.forkDelayMicros),
      terminateDelaySeconds: microsToSeconds(check.quorum.terminateDelayMicros),
      watchedBy: tellsOfProcesses() ? "events" : "scanning",
      intervalSeconds: microsToSeconds(check.intervalMicros),
    };
  },
  examine: async (check) => [await examine(check)],
  action: (check) =>
    check.quorum.most === 0
      ? `End ${check.process.command[0]} on this node.`
      : `Start ${check.process.command[0]} on this node: ${neededBy(check)}.`,
};

/** "at least 1 has to run" */
function neededBy({ quorum: { least, most } }: Pick<ProcessCheck, "quorum">): string {
  if (most === 0) return "none may run";
  if (most === null) return `at least ${least} ${least === 1 ? "has" : "have"} to run`;
  return least === most ? `just ${least} may run` : `${least} to ${most} may run`;
}

function say(count: number, check: Pick<ProcessCheck, "quorum">): string {
  return `${count === 0 ? "no process runs" : count === 1 ? "1 process runs" : `${count} processes run`}, and ${neededBy(check)}`;
}

class Counted {
  readonly #quorum: Quorum;
  readonly #counter: Counter;

  constructor(
    private readonly check: CheckPlan<ProcessCheck>,
    private readonly hooks: CheckHooks,
  ) {
    this.#quorum = new Quorum(check.quorum, (held) => this.#report(held));
    this.#counter = {
      compared: comparedOf(check.process),
      onCounted: (count) => this.#quorum.counted(count),
      onChanged: (count, change) => this.#quorum.changed(count, change),
      onProblem: (why) => hooks.onProblem(`the processes of ${check.name} are not counted: ${why}`),
    };
    PROCESSES.add(this.#counter);
  }

  get count(): number {
    return this.#quorum.count;
  }

  stop(): void {
    PROCESSES.remove(this.#counter);
    this.#quorum.stop();
  }

  #report(held: boolean): void {
    this.hooks.onResult(held ? "pass" : "fail", say(this.#quorum.count, this.check));
  }
}

async function examine(check: CheckPlan<ProcessCheck>): Promise<Finding> {
  const name = nameOf(check.origin);
  const compared = comparedOf(check.process);
  const running = await readProcesses(compared.whole ? bytesCompared(compared) : 0);
  const count = [...running.values()].filter((one) => isMeant(compared, one)).length;
  const { least, most } = check.quorum;
  const text = `${joinWords(check.process.command)}: ${say(count, check)}`;
  if (count >= least && (most === null || count <= most)) return ok(name, text);
  return warning(name, text, process.action(check, "failing"));
}
