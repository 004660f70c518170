/** `npm run conformance`: writes docs/conformance.md anew, and says what is not proven. Run from the project's root. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { conformanceDocument, DOCUMENT } from "./document.js";
import { readProofs, readTests } from "./proofs.js";
import { readStandards } from "./requirements.js";
import { lacking, unknownIds } from "./rules.js";

const root = process.cwd();
const standards = readStandards(root);
const { proofs, violations } = readProofs(readTests(root));
writeFileSync(join(root, DOCUMENT), conformanceDocument(standards, proofs));
const missing = [...violations, ...unknownIds(standards, proofs), ...lacking(standards, proofs)];
for (const sentence of missing) console.error(sentence);
for (const { standard, rows } of standards) {
  const isProven = (id: string) =>
    lacking([{ standard, title: "", rows: rows.filter((row) => row.id === id) }], proofs).length === 0;
  for (const kind of ["do", "kernel"] as const) {
    const demanded = rows.filter((row) => row.kind === kind);
    const proven = demanded.filter(({ id }) => isProven(id));
    console.log(`${standard}, ${kind}: ${proven.length} of ${demanded.length} proven`);
  }
}
process.exitCode = missing.length === 0 ? 0 : 1;
