/** `npm run manual`: writes manual page and completion anew. Run from the project's root. */
import { writeFileSync } from "node:fs";
import { madeDocuments } from "./documents.js";

for (const { path, text } of await madeDocuments()) writeFileSync(path, text);
