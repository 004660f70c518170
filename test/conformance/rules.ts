/** What the proofs lack. Each rule returns one sentence a violation. */
import type { Proof } from "./proofs.js";
import type { Requirement, Standard } from "./requirements.js";

/** Whose tests meet a real kernel, in namespaces of their own. */
const NAMESPACE_FOLDERS = [
  "test/netns/",
  "test/native/",
  "test/host/",
  "test/daemon/",
  "test/cli/",
  "test/interop/",
];

export function lacking(standards: readonly Standard[], proofs: readonly Proof[]): string[] {
  return standards.flatMap(({ rows }) => rows.flatMap((row) => lackingOf(row, proofs)));
}

function lackingOf({ id, kind, reason }: Requirement, proofs: readonly Proof[]): string[] {
  const own = proofs.filter((proof) => proof.id === id);
  if (kind === "do") {
    return ["+", "-"]
      .filter((sign) => !own.some((proof) => proof.sign.includes(sign)))
      .map((sign) => `${id} has no ${sign === "+" ? "positive" : "negative"} test: [${id} ${sign}]`);
  }
  if (kind === "kernel") {
    const shown = own.some(({ path }) => NAMESPACE_FOLDERS.some((folder) => path.startsWith(folder)));
    return shown ? [] : [`${id} is shown in no network namespace`];
  }
  return reason ? [] : [`${id} is not done as the standard has it, and does not say why`];
}

export function unknownIds(standards: readonly Standard[], proofs: readonly Proof[]): string[] {
  const known = new Set(standards.flatMap(({ rows }) => rows.map((row) => row.id)));
  return proofs
    .filter(({ id }) => !known.has(id))
    .map(({ id, path, title }) => `${path}: "${title}" proves ${id}, which is no requirement`);
}

export function repeatedIds(standards: readonly Standard[]): string[] {
  const ids = standards.flatMap(({ rows }) => rows.map((row) => row.id));
  return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is listed twice`);
}
