/** A node whose keepalived is the real one or ours, by the same command line on the same file: what a package would exchange. */
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { findProgram } from "../../lab/daemons/programs.js";
import { ROOT } from "../../lab/daemons/vrrpd.js";
import { DatagramReceiver } from "../../lab/datagram-receiver.js";
import { type CapturedFrame, type Host, type HostProcess, until } from "../../netns/index.js";
import type { Speaker } from "../judge/continuity.js";

export type Program = "keepalived" | "vrrpd";
/** As Debian's unit has it, which waits for the word READY, or as an init script has it. */
export type Mode = "foreground" | "background";

export const FOLDER = "/etc/keepalived";
/** What is called, whichever it leads to. */
const COMMAND = "/run/sbin/keepalived";
const PID_FILE = "/run/keepalived.pid";
const VRRP_PID_FILE = "/run/vrrp.pid";
const OPTIONS = ["-f", `${FOLDER}/keepalived.conf`, "-p", PID_FILE, "-r", VRRP_PID_FILE, "--vrrp"];
const IN_FOREGROUND = ["--dont-fork", "--log-console"];
const NOTIFY_SOCKET = "/run/notify";
const OURS = `${ROOT}/dist/bin/keepalived.js`;
const PATIENCE_MILLIS = 60_000;

/** From a start to an end: who spoke then. */
class Run implements Speaker {
  untilMicros = Number.POSITIVE_INFINITY;
  readonly sinceMicros = nowMicros();

  constructor(
    readonly kind: Program,
    readonly host: Host,
  ) {}

  sent({ from, atMicros }: CapturedFrame): boolean {
    return from === this.host.name && atMicros >= this.sinceMicros && atMicros < this.untilMicros;
  }
}

export class Node {
  readonly runs: Run[] = [];
  /** null: it is in the background. */
  #process: HostProcess | null = null;
  #manager: DatagramReceiver | null = null;

  /**
   * @param environment of either program
   * @param within words before the command that is started in the foreground
   */
  constructor(
    readonly host: Host,
    private readonly environment: Readonly<Record<string, string>> = {},
    private readonly within: readonly string[] = [],
  ) {}

  /** Returns when it has said that it is ready: to the service manager, or by the end of what was called. */
  async start(program: Program, mode: Mode): Promise<void> {
    const { path, env: own } =
      program === "vrrpd" ? { path: OURS, env: {} } : findProgram("usr/sbin/keepalived");
    const env = { ...own, ...this.environment };
    const command = this.host.pathOf(COMMAND);
    mkdirSync(dirname(command), { recursive: true });
    rmSync(command, { force: true });
    symlinkSync(path, command);
    this.runs.push(new Run(program, this.host));
    if (mode === "background") await this.host.ok([COMMAND, ...OPTIONS], { env });
    else await this.startUnderManager(program, env);
    await until(() => this.pids().length > 0, { what: `the pid files on ${this.host.name}` });
  }

  /** Keepalived tells none but systemd itself. */
  private async startUnderManager(program: Program, env: Readonly<Record<string, string>>): Promise<void> {
    this.#manager ??= await DatagramReceiver.start(this.host.pathOf(NOTIFY_SOCKET));
    const { messages } = this.#manager;
    const { length } = messages;
    this.#process = this.host.start([...this.within, COMMAND, ...IN_FOREGROUND, ...OPTIONS], {
      env: { ...env, NOTIFY_SOCKET },
      name: `keepalived on ${this.host.name}`,
    });
    const isReady = () => messages.slice(length).some((message) => /^READY=1$/m.test(message));
    await until(() => program === "keepalived" || isReady() || !this.#process!.running, {
      what: `${this.host.name} to be ready`,
      timeoutMs: PATIENCE_MILLIS,
    });
    if (!this.#process.running) throw new Error(`it ended before it was ready: ${this.output}`);
  }

  /** What the pid files say, which is all that an init script knows. Each once. */
  pids(): number[] {
    const numbers = [PID_FILE, VRRP_PID_FILE].flatMap((path) => numberIn(this.host.pathOf(path)));
    return [...new Set(numbers)];
  }

  /** Of the one that is in the foreground. */
  get output(): string {
    return this.#process?.output ?? "";
  }

  /** SIGTERM to the process of the pid file. Returns when that has ended, as its pid file has. */
  async stop(): Promise<void> {
    const [pid] = this.pids();
    process.kill(pid!, "SIGTERM");
    await until(() => this.pids().length === 0, {
      what: `the end on ${this.host.name}`,
      timeoutMs: PATIENCE_MILLIS,
    });
    await this.ended([pid!]);
  }

  /**
   * SIGKILL for all of its processes: no goodbye. A parent would start another child, and a child that loses its parent
   * says goodbye: so they stand still first.
   */
  async kill(): Promise<void> {
    const pids = this.pids();
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await this.ended(pids);
  }

  private async ended(pids: readonly number[]): Promise<void> {
    await this.#process?.exited;
    this.#process = null;
    await until(() => pids.every(hasEnded), {
      what: `${pids.join(" and ")} to end`,
      timeoutMs: PATIENCE_MILLIS,
    });
    this.runs.at(-1)!.untilMicros = nowMicros();
  }

  close(): void {
    this.#manager?.stop();
  }
}

export function nowMicros(): number {
  return Date.now() * 1000;
}

function numberIn(path: string): number[] {
  try {
    return [Number(readFileSync(path, "utf8"))].filter((number) => number > 0);
  } catch {
    return [];
  }
}

/** Nobody may have asked for the exit code of one in the background. */
function hasEnded(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return true;
  }
}
