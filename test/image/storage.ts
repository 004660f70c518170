/**
 * buildah with a storage of its own among this user's caches, whose layers make the second build of the same sources
 * take seconds, in whichever clone. One run at a time has it; it works in private namespaces, so that no mount and no
 * process stays behind, whatever ends a build.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { executeOk } from "../netns/execute.js";
import { DIE_WITH_PARENT } from "../netns/namespace.js";
import { lockFile } from "./lock.js";
import { ROOT } from "./manifests.js";

export const CACHE = `${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/vrrpd-image`;
/** Emptied when a run takes the storage. */
export const SCRATCH = `${CACHE}/scratch`;
/** Where the overlays' layers lie. */
export const LAYERS = `${CACHE}/storage/overlay`;
const BUILD_TIMEOUT_MS = 900_000;
/** As long as a run may take beside others. */
const LOCK_WAIT_SECONDS = 900;

const PRIVATE = `
mount -t tmpfs tmpfs "$1"
shift
exec "$@"
`;

/** Null: images can be built here; else why not. Debian's packages belong to many users, so a user namespace of one
 *  does not do. */
export function whyNotHere(): string | null {
  const mapping = readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/);
  const isRoot = process.getuid!() === 0 && mapping[2] === "4294967295";
  return isRoot ? null : "the image is built as root alone";
}

/**
 * Waits until no other run has the storage, and removes what one that was killed has left. Throws `ETIMEOUT`.
 * @returns what gives it up
 */
export async function takeStorage(): Promise<() => Promise<void>> {
  mkdirSync(`${CACHE}/run`, { recursive: true });
  const release = await lockFile(`${CACHE}/lock`, LOCK_WAIT_SECONDS);
  rmSync(SCRATCH, { recursive: true, force: true });
  mkdirSync(SCRATCH);
  await buildah(["rm", "--all"]);
  return release;
}

/** Removes the layers of builds that later ones have taken the place of: those that lead to no name. */
export async function pruneStorage(): Promise<void> {
  await buildah(["rmi", "--prune"]);
}

/** How this machine reaches Debian's packages and npm's, as words for env. */
export function waysOut(): string[] {
  const named = /^((https?|no|all)_proxy|node_extra_ca_certs|npm_config_(registry|cafile|\w*config))$/i;
  const found = Object.entries(process.env).filter(([name]) => named.test(name));
  return ["env", ...found.map(([name, value]) => `${name}=${value}`)];
}

/** Runs a command in the root's folder, in namespaces that end with this process. Throws `ECOMMAND` with what it said. */
export function inPrivate(command: readonly string[]): Promise<string> {
  const inside = ["sh", "-ec", PRIVATE, "private", `${CACHE}/run`, ...command];
  const namespaces = [
    "--mount",
    "--propagation",
    "private",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
  ];
  const environment = [...waysOut(), "BUILDAH_ISOLATION=chroot", `TMPDIR=${SCRATCH}`];
  const whole = [
    ...DIE_WITH_PARENT,
    "env",
    `--chdir=${ROOT}`,
    ...environment,
    "unshare",
    ...namespaces,
    "--",
    ...inside,
  ];
  return executeOk(whole, { timeoutMs: BUILD_TIMEOUT_MS, shown: command.join(" ") });
}

const STORAGE = ["--root", `${CACHE}/storage`, "--runroot", `${CACHE}/run`, "--storage-driver", "overlay"];
export const BUILDAH = ["buildah", ...STORAGE];

export function buildah(parameters: readonly string[]): Promise<string> {
  return inPrivate([...BUILDAH, ...parameters]);
}

export async function inStorage(name: string): Promise<boolean> {
  const images = JSON.parse((await buildah(["images", "--json"])) || "[]") as { names?: string[] }[] | null;
  return (images ?? []).some((image) => image.names?.includes(name));
}
