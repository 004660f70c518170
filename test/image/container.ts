/**
 * Runs an image on a host of the harness as a container engine would, in a process tree of its own: the image's
 * entrypoint is process 1, the root is read-only, and only the named capabilities are left.
 */
import { execute } from "../netns/execute.js";
import { type CommandResult, type Host, type HostProcess, type ProcessEnd, until } from "../netns/index.js";
import type { Image } from "./image.js";
import type { Environment } from "./manifests.js";
import { LAYERS } from "./storage.js";

export interface ContainerOptions {
  readonly env: Environment;
  /** As in a manifest: `NET_ADMIN`. Default: the two that vrrpd needs. */
  readonly capabilities?: readonly string[];
  /** Default 0. Any other gets the capabilities as ambient ones, as podman and systemd do it. */
  readonly user?: number;
  /** Every capability, whatever `capabilities` says, and a root that can be written. */
  readonly privileged?: boolean;
  /** Folders and files of the host and where they are mounted, read-only. Those that the host does not have are left out. A file takes a root that can be written. */
  readonly volumes?: readonly (readonly [source: string, target: string])[];
  /** False: /run/vrrpd is as read-only as the rest. */
  readonly writableRun?: boolean;
  /** Instead of the image's entrypoint and its arguments. */
  readonly command?: readonly string[];
}

/** $1 the layers, $2 what can be written: nothing, /run/vrrpd or all; $3 volumes, "source target" a line; the command */
const SETUP = `
layers=$1 writable=$2 volumes=$3; shift 3
root=$(mktemp -d /run/container.XXXXXX)
mkdir "$root-upper" "$root-work"
top=
[ "$writable" != all ] || top=,upperdir=$root-upper,workdir=$root-work
mount -t overlay -o "lowerdir=$layers$top" overlay "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mount -o remount,ro "$root/dev"
[ "$writable" != run ] || mount -t tmpfs -o mode=1777,size=1m tmpfs "$root/run/vrrpd"
echo "$volumes" | while read -r source target; do
  if [ -f "$source" ]; then
    mkdir -p "$(dirname "$root$target")"
    : >> "$root$target"
  fi
  [ -e "$source" ] || continue
  [ -e "$root$target" ] || mkdir -p "$root$target"
  mount --bind "$source" "$root$target"
  mount -o remount,bind,ro "$root$target"
done
exec chroot "$root" "$@"
`;

export class Container {
  readonly process: HostProcess;
  private readonly environment: readonly string[];
  private readonly privileges: readonly string[];

  constructor(host: Host, image: Image, options: ContainerOptions) {
    const variables = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
    this.environment = ["env", "-i", ...image.config.Env, ...variables];
    this.privileges = setpriv(options);
    const { privileged = false, writableRun = true, volumes = [] } = options;
    const { command = [...image.config.Entrypoint, ...(image.config.Cmd ?? [])] } = options;
    const writable = privileged ? "all" : writableRun ? "run" : "nothing";
    const mounts = [image.layers, writable, volumes.map((volume) => volume.join(" ")).join("\n")];
    const unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
    const setup = [...unshare, "sh", "-ec", SETUP, "container", ...mounts];
    const whole = [...setup, ...this.environment, ...this.privileges, ...command];
    this.process = host.start(whole, { name: `container on ${host.name}`, cwd: LAYERS });
  }

  /** Process 1 of the container, as the machine counts. Throws where there is none. */
  async pid(): Promise<number> {
    const found = (await execute(["pgrep", "--parent", `${this.process.pid}`])).stdout.trim();
    if (!/^\d+$/.test(found)) throw new Error(`no process 1 in the ${this.process.name}: "${found}"`);
    return Number(found);
  }

  /** Runs a command in the container, with its environment and its privileges, as a probe does. */
  async exec(command: readonly string[]): Promise<CommandResult> {
    const enter = ["nsenter", "--target", `${await this.pid()}`, "--mount", "--pid", "--net", "--uts"];
    return execute([...enter, "--root", "--wd", "--", ...this.environment, ...this.privileges, ...command]);
  }

  /** To process 1, as container engines do it. Returns when the signal was sent: wall clock, in microseconds. */
  async signal(signal: NodeJS.Signals): Promise<number> {
    const pid = await this.pid();
    const atMicros = Date.now() * 1000;
    process.kill(pid, signal);
    return atMicros;
  }

  /** Sends it, and returns how the container ended. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<ProcessEnd> {
    await this.signal(signal);
    return this.ended();
  }

  /** Returns when the container has ended by itself. */
  async ended(): Promise<ProcessEnd> {
    const { name, output } = this.process;
    await until(() => !this.process.running, {
      what: `the end of the ${name}: ${output}`,
      timeoutMs: 30_000,
    });
    return this.process.exited;
  }
}

function setpriv(options: ContainerOptions): string[] {
  const { capabilities = ["NET_ADMIN", "NET_RAW"], user = 0, privileged = false } = options;
  if (privileged) return [];
  const names = capabilities.map((capability) => `+${capability.toLowerCase()}`);
  const set = ["-all", ...names].join(",");
  const ambient = [`--inh-caps=${set}`, `--ambient-caps=${set}`];
  const identity = [`--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const sets = user === 0 ? ["--inh-caps=-all"] : [...ambient, ...identity];
  return ["setpriv", "--no-new-privs", `--bounding-set=${set}`, ...sets];
}
