/**
 * Lets node run TypeScript: `node --import ./scripts/typescript.mjs FILE.ts`. A file is translated once, and again when
 * its text changes; types are not looked at, the compiler does that.
 */
import { register } from "node:module";

// tap is hundreds of modules, each of which would pass through the hooks: a quarter of what the start of a test costs.
if (process.argv[1]?.endsWith(".test.ts")) await import("tap");
register("./typescript-hooks.mjs", import.meta.url);
