/** `npm run schema`: writes the schemas in docs anew from the types. Run from the project's root. */
import { writeFileSync } from "node:fs";
import { SCHEMAS, schemaText } from "./documents.js";

for (const one of SCHEMAS) writeFileSync(one.path, schemaText(one, process.cwd()));
