/** The hooks behind typescript.mjs: where a `.ts` file is found, and what node is given in its place. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { translated } from "./translations.mjs";

/** Imports name the file that the compiler would write. */
export function resolve(specifier, context, next) {
  if (specifier.startsWith(".") && specifier.endsWith(".js") && context.parentURL?.endsWith(".ts")) {
    const url = new URL(specifier.replace(/\.js$/, ".ts"), context.parentURL);
    if (existsSync(url)) return { url: url.href, format: "module", shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  return { format: "module", source: await translated(fileURLToPath(url)), shortCircuit: true };
}
