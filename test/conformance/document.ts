/** docs/conformance.md, made of the requirements and of what the tests prove. */
import type { Proof } from "./proofs.js";
import type { Requirement, Standard } from "./requirements.js";

export const DOCUMENT = "docs/conformance.md";

const INTRODUCTION = `# Conformance

What the standards demand of a VRRP router, and the tests that prove it here. The ids are section and number. A **+**
marks a test which shows that the demanded happens, a **-** one which shows that the contrary is refused or does not
happen. What the kernel does is shown with real kernels, in network namespaces.

This page is made by \`npm run conformance\` from the titles of the tests; \`test/rules/conformance.test.ts\` fails when a
proof is missing, or when this page is not what the tests say.
`;

export function conformanceDocument(standards: readonly Standard[], proofs: readonly Proof[]): string {
  const chapters = standards.map((standard) => chapter(standard, proofs));
  return [INTRODUCTION, summary(standards), ...chapters].join("\n");
}

function summary(standards: readonly Standard[]): string {
  const counts = ["do", "kernel", "deviates", "not-applicable"] as const;
  const lines = standards.map(({ standard, rows }) => {
    const numbers = counts.map((kind) => rows.filter((row) => row.kind === kind).length);
    return `| ${standard} | ${numbers.join(" | ")} | ${rows.length} |`;
  });
  const head = "| | done, proven both ways | by the kernel, shown | done otherwise | not applicable | all |";
  return [head, "|---|---|---|---|---|---|", ...lines, ""].join("\n");
}

function chapter({ standard, title, rows }: Standard, proofs: readonly Proof[]): string {
  const isProven = ({ kind }: Requirement) => kind === "do" || kind === "kernel";
  const proven = rows.filter(isProven).map((row) => {
    const limits = row.reason === undefined ? "" : `<br>${cell(row.reason)}`;
    return `| ${row.id} | ${row.level} | ${cell(row.demand)}${limits} | ${proofCell(row, proofs)} |`;
  });
  const others = rows
    .filter((row) => !isProven(row))
    .map((row) => {
      const kind = row.kind === "deviates" ? "otherwise" : "not applicable";
      const shown = proofs.some((proof) => proof.id === row.id) ? `<br>${proofCell(row, proofs)}` : "";
      return `| ${row.id} | ${row.level} | ${cell(row.demand)} | ${kind} | ${cell(row.reason ?? "")}${shown} |`;
    });
  return [
    `## ${standard}, ${title}\n`,
    "### Done\n",
    "| id | level | demand | proven by |",
    "|---|---|---|---|",
    ...proven,
    "",
    "### Not done, or otherwise\n",
    "| id | level | demand | here | why |",
    "|---|---|---|---|---|",
    ...others,
    "",
  ].join("\n");
}

/** A line a file: its tests in the order of the file. */
function proofCell({ id }: Requirement, proofs: readonly Proof[]): string {
  const own = proofs.filter((proof) => proof.id === id);
  const paths = [...new Set(own.map(({ path }) => path))];
  return paths
    .map((path) => {
      const titles = own
        .filter((proof) => proof.path === path)
        .map(({ sign, title }) => `**${sign}** ${cell(title)}`);
      return `\`${path}\`: ${titles.join("; ")}`;
    })
    .join("<br>");
}

/** As it may stand in a table. */
function cell(text: string): string {
  return text.replaceAll("\n", " ").replace(/[\\|<*_`]/g, "\\$&");
}
