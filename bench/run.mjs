/**
 * `npm run bench`: compares vrrpd with Keepalived and FRR on this machine (docs/benchmarks.md). Makes the clone ready,
 * and runs bench/main.ts.
 *
 *   npm run bench                         all parts, some 25 minutes
 *   npm run bench -- --quick              fewer rounds, some 7 minutes
 *   npm run bench -- failover release     these parts; the figures of the others stay
 *   npm run bench -- cpu --dry            prints, and writes nothing
 */
import { runTypeScript } from "../scripts/run-typescript.mjs";
import { SetupError, setUp } from "../scripts/setup.mjs";

try {
  setUp({ peers: true });
  await runTypeScript("bench/main.ts", ["src", "test/netns", "test/lab", "bench"]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.output}${error.message}\n`);
  process.exitCode = 1;
}
