/**
 * Lets node run TypeScript: `node --import ./scripts/typescript.mjs FILE.ts`. A file is translated once, and again when
 * its text changes; types are not looked at, the compiler does that.
 */
import { register } from "node:module";

register("./typescript-hooks.mjs", import.meta.url);
