/** What is made of the registry of commands, and where it is. */
import { allCommands } from "../../src/cli/commands/index.js";
import { completionText } from "./completion.js";
import { pageText } from "./page.js";

export interface Made {
  readonly path: string;
  readonly text: string;
}

export async function madeDocuments(): Promise<Made[]> {
  const commands = await allCommands();
  return [
    { path: "docs/vrrpd.8", text: pageText(commands) },
    { path: "docs/vrrpd.bash", text: completionText(commands) },
  ];
}
