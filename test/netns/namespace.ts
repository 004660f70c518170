/**
 * One host: a network, mount and UTS namespace without a name, held by a process that does nothing. The holder ends
 * when this process does (parent-death signal) and when its stdin closes, and the namespaces end with their last
 * process, so nothing can be left behind and nothing can be shared between two runs.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { HarnessError } from "./errors.js";
import { baseEnvironment } from "./execute.js";
import { holderCommand, type NamespaceOptions } from "./holder.js";

/** Kills what it starts when the parent dies, however it dies. */
export const DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"] as const;

export class Namespace {
  private constructor(
    readonly name: string,
    private readonly holder: ChildProcess,
  ) {}

  /** Throws `EPERMISSION` where namespaces cannot be made, `ECOMMAND` when the set-up inside fails. */
  static open(name: string, options: NamespaceOptions): Promise<Namespace> {
    const unshare = ["unshare", "--net", "--mount", "--uts", "--propagation", "private", "--"];
    const [program, ...parameters] = [...DIE_WITH_PARENT, ...unshare, ...holderCommand(name, options)] as [
      string,
      ...string[],
    ];
    const holder = spawn(program, parameters, { env: baseEnvironment(), stdio: "pipe" });
    return new Promise((resolve, reject) => {
      let said = "";
      holder.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString("utf8");
      });
      holder.on("error", reject);
      holder.on("close", (code) => reject(failure(name, code, said.trim())));
      holder.stdout.once("data", () => {
        detach(holder);
        resolve(new Namespace(name, holder));
      });
    });
  }

  /** For `ip link … netns PID`. */
  get holderPid(): number {
    return this.holder.pid!;
  }

  /**
   * The command that runs `command` inside: the same process all the way, so its pid is the command's. What is left of
   * it when this process dies the warden ends (warden.ts).
   */
  enter(command: readonly string[], cwd = "/"): string[] {
    const into = [
      "nsenter",
      "-t",
      String(this.holderPid),
      "--net",
      "--mount",
      "--uts",
      `--wdns=${cwd}`,
      "--",
    ];
    return [...into, ...command];
  }

  close(): Promise<void> {
    if (this.holder.exitCode !== null || this.holder.signalCode !== null) return Promise.resolve();
    this.holder.ref();
    return new Promise((resolve) => {
      this.holder.once("exit", () => resolve());
      this.holder.kill("SIGKILL");
    });
  }
}

/** A forgotten LAN must not keep the process alive. */
export function detach(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) (stream as { unref?: () => void } | null)?.unref?.();
}

function failure(name: string, code: number | null, said: string): HarnessError {
  if (/unshare|Operation not permitted/.test(said)) {
    return new HarnessError("EPERMISSION", `host ${name}: this process may not make namespaces (${said})`);
  }
  return new HarnessError("ECOMMAND", `host ${name} could not be set up (exit code ${code}): ${said}`);
}
