/**
 * Base images like the official ones of Debian and of Node, made without a registry of images: Debian's packages, the
 * runtime and its headers from npm's packages, npm itself from this machine. Where this machine trusts certificates of its own, or
 * another registry, so does the base.
 */
import { readFileSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { executeOk } from "../netns/execute.js";
import { ROOT } from "./manifests.js";
import { buildah, CACHE, inPrivate, inStorage, SCRATCH, waysOut } from "./storage.js";

const SUITE = "bookworm";
/** What Debian's own slim images leave out, and how they make dpkg faster. */
const SLIM = ["doc", "info", "locale", "man", "lintian"].map(
  (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
);
const DPKG = [...SLIM, "--dpkgopt=force-unsafe-io", "--aptopt=APT::Install-Recommends false"];
const STEP_TIMEOUT_MS = 600_000;
/** Then Debian has new packages, and the base is made anew. */
const BASE_LASTS_MS = 7 * 24 * 3_600_000;

const DEBIAN = `
FROM scratch
ADD debian.tar /
COPY certificates /etc/ssl/certs
CMD ["bash"]
`;

const NODE = `
FROM ${debianName()}
COPY node/package/bin /usr/local/bin
COPY node/package/include /usr/local/include
COPY npm /usr/local/lib/node_modules/npm
COPY npmrc /usr/local/etc/npmrc
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
CMD ["node"]
`;

export interface Bases {
  readonly node: string;
  readonly debian: string;
}

/** @param major of Node @returns names in the storage, of images that are made now if they are not there */
export async function baseImages(major: number): Promise<Bases> {
  const names = { debian: debianName(), node: `localhost/node-base:${major}-${SUITE}` };
  const isFresh = await makeDebian();
  if (!isFresh && (await inStorage(names.debian)) && (await inStorage(names.node))) return names;
  const context = `${SCRATCH}/base-${major}`;
  try {
    await fillContext(context, major);
    for (const kind of ["debian", "node"] as const) {
      const file = `${context}/Containerfile.${kind}`;
      await buildah(["build", "--layers", "--pull-never", "--tag", names[kind], "--file", file, context]);
    }
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  return names;
}

function debianName(): string {
  return `localhost/debian-base:${SUITE}`;
}

/** @returns whether it was made now: there is none, or one that is old */
export async function makeDebian(): Promise<boolean> {
  const archive = `${CACHE}/debian.tar`;
  const madeAt = await stat(archive).then(
    ({ mtimeMs }) => mtimeMs,
    () => Number.NEGATIVE_INFINITY,
  );
  if (Date.now() - madeAt < BASE_LASTS_MS) return false;
  const unfinished = `${SCRATCH}/debian.tar`;
  const minimal = ["mmdebstrap", "--quiet", "--variant=minbase", "--format=tar"];
  await inPrivate([...minimal, ...DPKG, SUITE, unfinished]);
  await rename(unfinished, archive);
  return true;
}

async function fillContext(context: string, major: number): Promise<void> {
  const registry = await npmSetting("registry");
  const certificates = (await npmSetting("cafile")) || process.env.NODE_EXTRA_CA_CERTS || "";
  const script = `
    mkdir -p "$1/node" "$1/certificates"
    cd "$1"
    npm pack --loglevel=error "$2" > /dev/null
    tar xzf ./*.tgz -C node
    cp -rL "$3" npm
    ln "$4" debian.tar
    [ -z "$6" ] || cp -L "$6" certificates/ca-certificates.crt
    echo "registry=$5" > npmrc
    [ -z "$6" ] || echo "cafile=/etc/ssl/certs/ca-certificates.crt" >> npmrc
    echo "$7" > Containerfile.debian
    echo "$8" > Containerfile.node
  `;
  const runtime = `node-linux-${process.arch}@${major}`;
  const npm = `${(await executeOk(["npm", "root", "--global"])).trim()}/npm`;
  const values = [context, runtime, npm, `${CACHE}/debian.tar`, registry, certificates, DEBIAN, NODE];
  const command = [...waysOut(), "sh", "-ec", script, "fill", ...values];
  await executeOk(command, {
    timeoutMs: STEP_TIMEOUT_MS,
    shown: `npm pack ${runtime}`,
  });
}

async function npmSetting(name: string): Promise<string> {
  const value = (await executeOk([...waysOut(), "npm", "config", "get", name])).trim();
  return value === "null" || value === "undefined" ? "" : value;
}

/** The version that the project's package.json has. */
export function projectVersion(): string {
  return (JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { version: string }).version;
}
