/** The files below .github can be read, call scripts that are there, and try every Node that is served. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { ROOT } from "./tree.js";

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly strategy?: Strategy; readonly steps: readonly Step[] }>>;
}
interface Strategy {
  readonly matrix: Readonly<Record<string, readonly unknown[]>>;
}
interface Step {
  readonly run?: string;
  readonly uses?: string;
}

const GITHUB = join(ROOT, ".github");
const SCRIPTS = Object.keys(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts);

function workflow(name: string): Workflow {
  return parse(readFileSync(join(GITHUB, "workflows", name), "utf8"));
}

t.test("every step runs a script of this tree, or npm itself", async (t) => {
  for (const name of readdirSync(join(GITHUB, "workflows"))) {
    const steps = Object.values(workflow(name).jobs).flatMap((job) => job.steps);
    for (const { run, uses } of steps) {
      t.ok(run !== undefined || /^[\w./-]+@v\d+$/.test(uses ?? ""), `${name}: ${run ?? uses}`);
      const [, script] = /^npm run ([\w:-]+)/.exec(run ?? "") ?? [];
      if (script !== undefined) t.ok(SCRIPTS.includes(script), `${name}: ${script}`);
      if (run?.startsWith(".")) t.ok(existsSync(join(ROOT, run)), `${name}: ${run}`);
    }
  }
});

t.test("everything is tried on each Node and processor that is served", async (t) => {
  const { strategy, steps } = workflow("test.yml").jobs.test!;
  t.strictSame(strategy!.matrix.node, [20, 22, 24, 26]);
  t.equal(strategy!.matrix.runner!.length, 2);
  t.strictSame(
    steps.flatMap(({ run }) => run ?? []),
    [".ci/run"],
  );
});

t.test("forms and updates can be read", async (t) => {
  for (const file of ["dependabot.yml", "ISSUE_TEMPLATE/bug.yml", "ISSUE_TEMPLATE/feature.yml"])
    t.type(parse(readFileSync(join(GITHUB, file), "utf8")), "object", file);
});
