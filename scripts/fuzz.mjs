/** `npm run fuzz -- [--seconds N] [--seed S]`: the properties of test/properties for as long as one likes. */
import { runTypeScript } from "./run-typescript.mjs";

const SOURCES = ["src/base", "src/wire", "src/core", "src/config", "src/host", "src/daemon"];
await runTypeScript("test/properties/main.ts", [
  ...SOURCES,
  "test/properties",
  "test/wire",
  "test/config",
  "test/core",
  "test/host/bpf",
]);
