/**
 * `npm run attack`: attacks on running daemons, in namespaces (docs/security.md). Makes the clone ready, and runs
 * test/attack/main.ts.
 *
 *   npm run attack                           all of them, some ten minutes
 *   npm run attack -- flood --seconds 10     these, each for ten seconds instead of thirty
 */
import { runTypeScript } from "./run-typescript.mjs";
import { SetupError, setUp } from "./setup.mjs";

try {
  setUp();
  await runTypeScript("test/attack/main.ts", ["src", "bench", "test"]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.output}${error.message}\n`);
  process.exitCode = 1;
}
