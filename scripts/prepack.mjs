/**
 * What npm runs before it packs or publishes: makes everything that is packed and is in no commit. The build, the addon
 * for each architecture that there is a compiler for, and what is taken along of other packages. What is newer than its
 * sources stays. `npm publish` refuses a package that lacks an architecture, or that does not say where it comes from.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { prebuilt, TRIPLETS } from "./addons.mjs";
import { buildDist, ROOT, SetupError, setUp } from "./setup.mjs";
import { vendor } from "./vendor.mjs";

try {
  setUp({ build: false });
  buildDist();
  const missing = Object.keys(TRIPLETS).filter((architecture) => prebuilt(architecture) === null);
  vendor();
  const { repository } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const faults = [
    ...missing.map((architecture) => `it has no addon for ${architecture}`),
    ...(/\.example\b/.test(repository.url) ? ["its package.json names no repository that there is"] : []),
  ];
  for (const fault of faults) console.error(`prepack: ${fault}`);
  if (process.env.npm_command === "publish" && faults.length > 0)
    throw new SetupError("prepack: a package like this is not published");
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.output}${error.message}\n`);
  process.exitCode = 1;
}
