/** What the manifests of docs/deploy and the specification's Deployment say, as far as the tests need it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** The specification's own example, as it is printed there: callout digits stand behind some of the names. */
export const SPECIFICATION = "test/image/specification-deployment.yaml";

export type Environment = Readonly<Record<string, string>>;

export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsUser?: number;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

export interface ContainerManifest {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly { readonly containerPort: number; readonly hostPort?: number }[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly livenessProbe?: { readonly exec: { readonly command: readonly string[] } };
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string; readonly defaultMode?: number };
  readonly emptyDir?: object;
  readonly hostPath?: { readonly path: string };
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly hostNetwork?: boolean;
        readonly containers: readonly ContainerManifest[];
        readonly volumes?: readonly Volume[];
      };
    };
  };
}

/** Every document of the file. Throws on what is no YAML. @param path relative to the root */
export function readYaml(path: string): unknown[] {
  // Kubernetes reads YAML 1.1: 0755 is octal there.
  const documents = parseAllDocuments(readFileSync(`${ROOT}/${path}`, "utf8"), { version: "1.1" });
  if (!Array.isArray(documents)) throw new Error(`${path} is empty`);
  return documents.map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]!.message}`);
    return document.toJS();
  });
}

/** The one document that starts containers. */
export function readManifest(path: string): Manifest {
  const found = (readYaml(path) as Manifest[]).filter((document) => document.spec?.template !== undefined);
  if (found.length !== 1) throw new Error(`${path} has ${found.length} documents with a template, not 1`);
  return found[0]!;
}

export function containerOf(manifest: Manifest): ContainerManifest {
  const { containers } = manifest.spec.template.spec;
  if (containers.length !== 1) throw new Error(`${containers.length} containers, not 1`);
  return containers[0]!;
}

/** The list `env`, without the callout digits behind its names. */
export function environmentOf(container: ContainerManifest): Environment {
  const entries = (container.env ?? []).map(({ name, value }) => [name.replace(/ \d+$/, ""), value] as const);
  return Object.fromEntries(entries);
}

/** `NAME=value` lines, as podman's --env-file and systemd's EnvironmentFile read them. Throws on any other. */
export function readEnvironmentFile(path: string): Environment {
  const lines = readFileSync(`${ROOT}/${path}`, "utf8").split("\n");
  const entries = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, value] = /^([A-Z0-9_]+)=([^"'\\]*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`${path}: ${line}`);
      return [name, value] as const;
    });
  return Object.fromEntries(entries);
}

/** `[Section]` → key → values, in order; a key may stand more than once. Throws on any other line. */
export function readUnit(path: string): Record<string, Record<string, string[]>> {
  const unit: Record<string, Record<string, string[]>> = {};
  let section = "";
  for (const line of readFileSync(`${ROOT}/${path}`, "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const head = /^\[(\w+)\]$/.exec(line)?.[1];
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (head === undefined && (key === undefined || section === "")) throw new Error(`${path}: ${line}`);
    if (head !== undefined) section = head;
    unit[section] ??= {};
    if (key !== undefined) {
      unit[section]![key] ??= [];
      unit[section]![key]!.push(value!);
    }
  }
  return unit;
}
