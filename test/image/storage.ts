/**
 * buildah with a storage of its own below node_modules, whose layers make the second build of the same sources take
 * seconds. Everything runs in a private mount namespace: whatever ends a build, no mount stays behind.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { executeOk } from "../netns/execute.js";
import { DIE_WITH_PARENT } from "../netns/namespace.js";
import { ROOT } from "./manifests.js";

export const CACHE = `${ROOT}/node_modules/.cache/vrrpd-image`;
const BUILD_TIMEOUT_MS = 900_000;
/** Every build of changed sources leaves about ten. */
const MOST_IMAGES = 400;

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

/** How this machine reaches Debian's packages and npm's, as words for env. */
export function waysOut(): string[] {
  const named = /^((https?|no|all)_proxy|node_extra_ca_certs|npm_config_(registry|cafile|\w*config))$/i;
  const found = Object.entries(process.env).filter(([name]) => named.test(name));
  return ["env", ...found.map(([name, value]) => `${name}=${value}`)];
}

/** Runs a command whose mounts nobody else sees and that end with it. Throws `ECOMMAND` with what it said. */
export function inPrivateMounts(command: readonly string[]): Promise<string> {
  mkdirSync(`${CACHE}/run`, { recursive: true });
  const inside = ["sh", "-ec", PRIVATE, "private", `${CACHE}/run`, ...command];
  const unshare = ["unshare", "--mount", "--propagation", "private", "--"];
  const environment = [...waysOut(), "BUILDAH_ISOLATION=chroot", `TMPDIR=${CACHE}`];
  const whole = [...DIE_WITH_PARENT, ...environment, ...unshare, ...inside];
  return executeOk(whole, { timeoutMs: BUILD_TIMEOUT_MS, shown: command.join(" ") });
}

export const BUILDAH = ["buildah", "--root", `${CACHE}/storage`, "--runroot", `${CACHE}/run`];

export function buildah(parameters: readonly string[]): Promise<string> {
  return inPrivateMounts([...BUILDAH, ...parameters]);
}

export async function inStorage(name: string): Promise<boolean> {
  const images = JSON.parse((await buildah(["images", "--json"])) || "[]") as { names?: string[] }[] | null;
  return (images ?? []).some((image) => image.names?.includes(name));
}

/** Layers of sources that changed long ago go, with all others. */
export async function keepStorageSmall(): Promise<void> {
  const images = (await buildah(["images", "--all", "--quiet"])).trim().split("\n");
  if (images.length > MOST_IMAGES) await buildah(["rmi", "--all", "--force"]);
}
