/**
 * Runs test files one after the other in this process: most of what a small one costs is the start of Node and of tap.
 * Each begins with a line of its own, by which run-tests.mjs tells whose what follows is. It names them in a variable:
 * tap makes names of folders from parameters.
 */
import { pathToFileURL } from "node:url";
import t from "tap";

for (const file of process.env.TEST_FILES.split(" ")) {
  t.comment(`file: ${file}`);
  await import(pathToFileURL(file).href);
}
