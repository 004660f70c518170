/**
 * One host: a network, mount and UTS namespace without a name, held by a process that does nothing. The holder ends
 * when this process does (parent-death signal) and when its stdin closes, and the namespaces end with their last
 * process, so nothing can be left behind and nothing can be shared between two runs.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { HarnessError } from "./errors.js";
import { baseEnvironment } from "./execute.js";

/**
 * $1 the host name, $2 1 for duplicate address detection, then the private directories. A directory that the machine
 * does not have gets a parent that shows the same entries (links to the original) and can be added to.
 */
const HOLDER_SCRIPT = `
set -eu
hostname "$1"; dad=$2; shift 2
mount -t tmpfs -o mode=755 tmpfs /run
shadow() {
  below="/run/.below$(echo "$1" | tr / _)"
  [ ! -d "$below" ] || return 0
  mkdir "$below"
  mount --rbind "$1" "$below"
  mount -t tmpfs -o mode=755 tmpfs "$1"
  find "$below" -mindepth 1 -maxdepth 1 -type l -exec cp -P -t "$1" {} +
  find "$below" -mindepth 1 -maxdepth 1 ! -type l -exec ln -s -t "$1" {} +
}
for directory in "$@"; do
  if [ -d "$directory" ]; then mount -t tmpfs -o mode=755 tmpfs "$directory"; continue; fi
  parent=$(dirname "$directory")
  case "$parent" in /run*) ;; *) [ -d "$parent" ] && shadow "$parent" ;; esac
  mkdir -p "$directory"
done
mount -t sysfs sysfs /sys 2>/dev/null || true
for conf in /proc/sys/net/ipv6/conf/all /proc/sys/net/ipv6/conf/default; do
  [ -d $conf ] || continue
  echo 0 > $conf/accept_ra
  echo 0 > $conf/router_solicitations
  [ "$dad" = 1 ] || { echo 0 > $conf/accept_dad; echo 0 > $conf/dad_transmits; }
done
ip link set lo up
echo ready
exec cat > /dev/null
`;

/** Kills what it starts when the parent dies, however it dies. */
export const DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"] as const;

export interface NamespaceOptions {
  readonly privateDirectories: readonly string[];
  readonly duplicateAddressDetection: boolean;
}

export class Namespace {
  private constructor(
    readonly name: string,
    private readonly holder: ChildProcess,
  ) {}

  /** Throws `EPERMISSION` where namespaces cannot be made, `ECOMMAND` when the set-up inside fails. */
  static open(name: string, options: NamespaceOptions): Promise<Namespace> {
    const dad = options.duplicateAddressDetection ? "1" : "0";
    const script = ["sh", "-c", HOLDER_SCRIPT, "holder", name, dad, ...options.privateDirectories];
    const unshare = ["unshare", "--net", "--mount", "--uts", "--propagation", "private", "--", ...script];
    const [program, ...parameters] = [...DIE_WITH_PARENT, ...unshare] as [string, ...string[]];
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

  /** The command that runs `command` inside: the same process all the way, so its pid is the command's. */
  enter(command: readonly string[]): string[] {
    const into = ["nsenter", "-t", String(this.holderPid), "--net", "--mount", "--uts", "--"];
    return [...into, ...DIE_WITH_PARENT, ...command];
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
