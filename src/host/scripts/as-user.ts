/** Whether the user who is to run a program may: asked of the kernel, as that user, without running it. */

import { constants } from "node:fs";
import { constants as system } from "node:os";
import { errnoName, spawn } from "../native.js";
import { confinementOf, type Identity } from "./identity.js";
import { readFirstLine } from "./interpreter.js";

const { EACCES } = system.errno;

export interface Runner {
  readonly identity: Identity;
  readonly confined: boolean;
  /** What says so, as its source spells it; null: it needs no name. */
  readonly setting: string | null;
}

/** The end of the sentence "/path …"; null: this user may. */
export async function whyNotAsUser(path: string, runner: Runner): Promise<string | null> {
  const { identity, setting } = runner;
  // Its interpreter has to read a script.
  const mode = (await readFirstLine(path)) === null ? constants.X_OK : constants.X_OK | constants.R_OK;
  const errno = await accessAs(path, mode, runner);
  if (errno === 0) return null;
  if (errno === EACCES) return `may not be run by ${identity.name}${setting === null ? "" : ` (${setting})`}`;
  return `could not be looked at as ${identity.name} (${errnoName(errno)})`;
}

function accessAs(file: string, access: number, { identity, confined }: Runner): Promise<number> {
  return new Promise((resolve) => {
    let result = 0;
    spawn(
      { file, args: [], environment: [], captureOutput: false, ...confinementOf(identity, confined), access },
      (errno, process) => {
        result = errno;
        if (process === null) resolve(result);
      },
      () => resolve(result),
    );
  });
}
