/**
 * Kills whatever still runs in the namespaces of a LAN, once it is destroyed or the process that made it is dead:
 * scripts that a daemon left behind, which no parent-death signal reaches. It waits for the end of its stdin.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { baseEnvironment } from "./execute.js";
import { detach } from "./namespace.js";

/** Reads one namespace a line (`net:[4026532…]`); /proc tells who is in it. */
const WARDEN_SCRIPT = `
trap '' HUP INT TERM
list=" "
while read -r id; do list="$list$id "; done
round=0
while [ $round -lt 100 ]; do
  found=
  for entry in $(find /proc/[0-9]*/ns/net -maxdepth 0 -printf '%p=%l ' 2>/dev/null); do
    case "$list" in
      *" \${entry#*=} "*) pid=\${entry#/proc/}; kill -KILL "\${pid%%/*}" 2>/dev/null || true; found=1 ;;
    esac
  done
  [ -n "$found" ] || exit 0
  round=$((round + 1))
done
exit 1
`;

export class Warden {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  constructor() {
    // Its own session: a signal to the process group of the tests must not end it before its work is done.
    this.child = spawn("sh", ["-c", WARDEN_SCRIPT], {
      detached: true,
      env: baseEnvironment(),
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.ended = new Promise((resolve) => {
      this.child.once("exit", () => resolve());
      this.child.once("error", () => resolve());
    });
    detach(this.child);
  }

  /** @param networkId as `Namespace.networkId` */
  watch(networkId: string): void {
    this.child.stdin!.write(`${networkId}\n`);
  }

  /** Kills all that is left, and returns when nothing is. */
  async sweep(): Promise<void> {
    this.child.ref();
    this.child.stdin!.end();
    await this.ended;
  }
}
