/** The image: built from the real Containerfile. */
import { readFileSync } from "node:fs";
import { baseImages } from "./base.js";
import { ROOT } from "./manifests.js";
import { BUILDAH, buildah, inPrivate, LAYERS } from "./storage.js";

export interface ImageConfig {
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  readonly StopSignal: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly User?: string;
}

export interface Image {
  readonly nodeMajor: number;
  /** `lowerdir` of the overlay that holds its files, below `LAYERS`. */
  readonly layers: string;
  readonly config: ImageConfig;
  readonly sizeBytes: number;
  readonly baseSizeBytes: number;
  readonly buildSeconds: { readonly base: number; readonly image: number };
}

/** $1 the image, then buildah. Prints the options of the overlay that the image is mounted as. */
const MOUNT = `
image=$1; shift
container=$("$@" from --pull-never "$image")
findmnt --noheadings --output FS-OPTIONS --target "$("$@" mount "$container")"
"$@" umount "$container" > /dev/null
"$@" rm "$container" > /dev/null
`;

const seconds = (since: number) => (performance.now() - since) / 1000;

/** Needs the storage (`takeStorage`). Throws `ECOMMAND` with what the failing step said. */
export async function buildImage(nodeMajor: number): Promise<Image> {
  const begun = performance.now();
  const bases = await baseImages(nodeMajor);
  const baseSeconds = seconds(begun);
  const built = performance.now();
  const name = `localhost/vrrpd:${nodeMajor}`;
  const based = [`BASE_IMAGE=${bases.node}`, `RUNTIME_IMAGE=${bases.debian}`].flatMap((one) => [
    "--build-arg",
    one,
  ]);
  const parameters = ["--pull-never", "--layers", "--jobs", "2", ...based];
  const build = (...more: string[]) => buildah(["build", ...parameters, ...more, ...commandOfReadme()]);
  await build("--tag", name);
  // What has a name is kept: also the stage that the image was copied from.
  await build("--target", "build", "--tag", `${name}-build`);
  const imageSeconds = seconds(built);
  return {
    nodeMajor,
    layers: await layersOf(name),
    config: await configOf(name),
    sizeBytes: await sizeOf(name),
    baseSizeBytes: await sizeOf(bases.debian),
    buildSeconds: { base: baseSeconds, image: imageSeconds },
  };
}

/** The one command that the README gives to a reader, without its first two words. It is run in the root's folder. */
function commandOfReadme(): string[] {
  const command = /^podman build (.+)$/m.exec(readFileSync(`${ROOT}/README.md`, "utf8"))?.[1];
  if (command === undefined) throw new Error("the README does not say how the image is built");
  return command.split(" ");
}

async function layersOf(name: string): Promise<string> {
  const options = await inPrivate(["sh", "-ec", MOUNT, "mount", name, ...BUILDAH]);
  const layers = /lowerdir=([^,\s]+)/.exec(options)?.[1];
  if (layers === undefined) throw new Error(`${name} is mounted without layers: ${options}`);
  // The kernel takes at most a page of options.
  return layers.replaceAll(`${LAYERS}/`, "");
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
