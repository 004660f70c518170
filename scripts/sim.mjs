/** `npm run sim`: the simulator of test/sim, with the real core. */
import { runTypeScript } from "./run-typescript.mjs";

await runTypeScript("test/sim/main.ts", [
  "src/base",
  "src/config",
  "src/core",
  "src/daemon",
  "src/wire",
  "test/core",
  "test/sim",
]);
