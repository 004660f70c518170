/** `npm run schema`: makes docs/status.schema.json of the types in src/daemon/status/types.ts. */
import { runTypeScript } from "./run-typescript.mjs";

await runTypeScript("test/schema/main.ts", ["test/schema"]);
