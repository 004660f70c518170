/** The image: built from the real Containerfile, with its root file system in a folder. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { baseImage } from "./base.js";
import { ROOT } from "./manifests.js";
import { BUILDAH, buildah, CACHE, inPrivateMounts, keepStorageSmall } from "./storage.js";

export interface ImageConfig {
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly StopSignal: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly User?: string;
}

export interface Image {
  readonly nodeMajor: number;
  /** The folder that holds its files. */
  readonly root: string;
  readonly config: ImageConfig;
  readonly sizeBytes: number;
  readonly baseSizeBytes: number;
  readonly buildSeconds: { readonly base: number; readonly image: number };
}

/** $1 the image, $2 the folder, then buildah */
const EXPORT = `
image=$1 folder=$2; shift 2
container=$("$@" from --pull-never "$image")
cp -a "$("$@" mount "$container")/." "$folder"
"$@" umount "$container" > /dev/null
"$@" rm "$container" > /dev/null
`;

const seconds = (since: number) => (performance.now() - since) / 1000;

/** Throws `ECOMMAND` with what the failing step said. */
export async function buildImage(nodeMajor: number): Promise<Image> {
  mkdirSync(CACHE, { recursive: true });
  const begun = performance.now();
  await keepStorageSmall();
  const base = await baseImage(nodeMajor);
  const baseSeconds = seconds(begun);
  const built = performance.now();
  const idFile = `${CACHE}/id-${process.pid}-${nodeMajor}`;
  const parameters = ["--pull-never", "--layers", "--build-arg", `BASE_IMAGE=${base}`, "--iidfile", idFile];
  await buildah(["build", ...parameters, "--file", `${ROOT}/Containerfile`, ROOT]);
  const imageSeconds = seconds(built);
  const id = readFileSync(idFile, "utf8").trim().replace("sha256:", "");
  rmSync(idFile);
  return {
    nodeMajor,
    root: await exportRoot(id, nodeMajor),
    config: await configOf(id),
    sizeBytes: await sizeOf(id),
    baseSizeBytes: await sizeOf(base),
    buildSeconds: { base: baseSeconds, image: imageSeconds },
  };
}

export function removeRoot(image: Image): void {
  rmSync(image.root, { recursive: true, force: true });
}

async function exportRoot(id: string, nodeMajor: number): Promise<string> {
  removeAbandonedRoots();
  const folder = `${CACHE}/roots/${process.pid}-${nodeMajor}`;
  mkdirSync(folder, { recursive: true });
  await inPrivateMounts(["sh", "-ec", EXPORT, "export", id, folder, ...BUILDAH]);
  return folder;
}

/** Of runs that were killed. */
function removeAbandonedRoots(): void {
  mkdirSync(`${CACHE}/roots`, { recursive: true });
  for (const name of readdirSync(`${CACHE}/roots`)) {
    if (!isAlive(Number.parseInt(name, 10)))
      rmSync(`${CACHE}/roots/${name}`, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

interface Inspection {
  readonly OCIv1: { readonly config: ImageConfig };
}

async function configOf(id: string): Promise<ImageConfig> {
  const { OCIv1, Docker } = JSON.parse(await buildah(["inspect", "--type", "image", id])) as Inspection & {
    Docker: { config: ImageConfig };
  };
  return { ...OCIv1.config, ...Docker.config };
}

async function sizeOf(name: string): Promise<number> {
  const images = JSON.parse(await buildah(["images", "--json", name])) as { size: string }[];
  return parseSize(images[0]!.size);
}

/** "420 MB" */
function parseSize(text: string): number {
  const [number, unit] = text.split(" ") as [string, string];
  const factor = { KB: 1e3, MB: 1e6, GB: 1e9 }[unit];
  if (factor === undefined) throw new Error(`a size of "${text}"`);
  return Number(number) * factor;
}
