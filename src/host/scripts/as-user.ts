/** Whether the user who is to run a program may: asked of the kernel, as that user, without running it. */

import { constants } from "node:fs";
import { constants as system } from "node:os";
import { VARIABLES } from "../../config/index.js";
import { errnoName, spawn } from "../native.js";
import { confinementOf, type Identity } from "./identity.js";
import { readFirstLine } from "./interpreter.js";

const { EACCES } = system.errno;

/** The end of the sentence "/path …"; null: this user may. */
export async function whyNotAsUser(path: string, identity: Identity): Promise<string | null> {
  // Its interpreter has to read a script.
  const mode = (await readFirstLine(path)) === null ? constants.X_OK : constants.X_OK | constants.R_OK;
  const errno = await accessAs(path, mode, identity);
  if (errno === 0) return null;
  if (errno === EACCES) return `may not be run by ${identity.name} (${VARIABLES.scriptUser.name})`;
  return `could not be looked at as ${identity.name} (${errnoName(errno)})`;
}

function accessAs(file: string, access: number, identity: Identity): Promise<number> {
  return new Promise((resolve) => {
    let result = 0;
    spawn(
      { file, args: [], environment: [], captureOutput: false, ...confinementOf(identity), access },
      (errno, process) => {
        result = errno;
        if (process === null) resolve(result);
      },
      () => resolve(result),
    );
  });
}
