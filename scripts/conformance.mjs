/** `npm run conformance`: makes docs/conformance.md of the ids in the titles of the tests. */
import { runTypeScript } from "./run-typescript.mjs";

await runTypeScript("test/conformance/main.ts", ["test/conformance", "test/rules"]);
