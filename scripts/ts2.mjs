import { register } from "node:module";

if (process.argv[1]?.endsWith(".test.ts")) await import("tap");
register("./typescript-hooks.mjs", import.meta.url);
