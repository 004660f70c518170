/** Where a program is, and why it cannot be run, in words. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";

/** The end of the sentence "/path …", or null: it is an executable file. Looks at it off the loop. */
export async function whyNotProgram(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isFile()) return "is not a file";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "cannot be reached" : "is missing";
  }
  return access(path, constants.X_OK).then(
    () => null,
    () => "is not executable",
  );
}

/** The path of the first program of this name in the folders of PATH; null: in none. */
export async function findInPath(name: string, searchPath: string): Promise<string | null> {
  // A folder that is not absolute would mean another one wherever vrrpd was started.
  for (const folder of searchPath.split(":").filter((one) => one.startsWith("/"))) {
    const path = resolve(folder, name);
    if ((await whyNotProgram(path)) === null) return path;
  }
  return null;
}

/** This host is short of something; that says nothing about the script. */
export function isShortage(code: string): boolean {
  return ["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"].includes(code);
}
