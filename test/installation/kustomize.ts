/** What `kubectl kustomize` makes of a folder, as far as docs/deploy/kubernetes asks for it. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

export type Value = string | number | boolean | null | readonly Value[] | Resource;
export interface Resource {
  readonly [key: string]: Value;
}

interface Kustomization {
  readonly namespace?: string;
  readonly resources: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
}

const DELETED = "$patch";
const WITHOUT_NAMESPACE = new Set(["Namespace", "SecurityContextConstraints"]);
/** What tells the entries of a list apart, by the list. */
const KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  env: "name",
  volumes: "name",
  volumeMounts: "mountPath",
};

/** @param folder with a kustomization.yaml. Generated ConfigMaps keep their names. */
export function render(folder: string): Resource[] {
  const own = parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")) as Kustomization;
  let resources = own.resources.flatMap((name) => read(join(folder, name)));
  for (const { name, files } of own.configMapGenerator ?? []) {
    const data = Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
    resources.push({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
  }
  for (const { path } of own.patches ?? []) {
    const [patch] = read(join(folder, path)) as [Resource];
    if (!resources.some((one) => isMeant(one, patch))) throw new Error(`${join(folder, path)} meets nothing`);
    resources = resources.flatMap((one) => {
      if (!isMeant(one, patch)) return [one];
      return patch[DELETED] === "delete" ? [] : [merged(one, patch, "") as Resource];
    });
  }
  return resources.map((one) => within(one, own.namespace));
}

function read(path: string): Resource[] {
  if (statSync(path).isDirectory()) return render(path);
  const documents = parseAllDocuments(readFileSync(path, "utf8"), { version: "1.1" });
  return [...documents].map((document) => document.toJS() as Resource);
}

function isMeant(resource: Resource, patch: Resource): boolean {
  return resource.kind === patch.kind && nameOf(resource) === nameOf(patch);
}

export function nameOf({ metadata }: Resource): string {
  return (metadata as { readonly name: string }).name;
}

function merged(value: Value | undefined, patch: Value, key: string): Value {
  if (isMap(value) && isMap(patch)) {
    const changed = Object.entries(patch).map(([name, to]) => [name, merged(value[name], to, name)]);
    return { ...value, ...Object.fromEntries(changed) };
  }
  const by = KEYS[key];
  if (!Array.isArray(value) || !Array.isArray(patch) || by === undefined) return patch;
  const [before, changes] = [value, patch] as [Resource[], Resource[]];
  const matching = (one: Resource, all: readonly Resource[]) => all.find((other) => other[by] === one[by]);
  const kept = before.flatMap((one) => {
    const change = matching(one, changes);
    if (change === undefined) return [one];
    return change[DELETED] === "delete" ? [] : [merged(one, change, "") as Resource];
  });
  // As kustomize does: what is new stands first.
  return [...changes.filter((one) => matching(one, before) === undefined), ...kept];
}

function isMap(value: Value | undefined): value is Resource {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function within(resource: Resource, namespace: string | undefined): Resource {
  if (namespace === undefined || WITHOUT_NAMESPACE.has(resource.kind as string)) return resource;
  return { ...resource, metadata: { ...(resource.metadata as Resource), namespace } };
}
