/** A mutant whose text is gone is not planted: the list follows the core. `npm run mutants` plants them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mutants } from "../sim/mutants/list.mjs";
import { ROOT } from "./tree.js";

t.test("the text of each mutant stands in its file, once", async (t) => {
  const misplaced = mutants.flatMap(({ what, file, find }) => {
    const times = readFileSync(join(ROOT, file), "utf8").split(find).length - 1;
    return times === 1 ? [] : [`${what}: ${times} times in ${file}`];
  });
  t.strictSame(misplaced, []);
  t.ok(mutants.length >= 25);
});
