/** Why a program cannot be run, in words. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";

/** The end of the sentence "/path …", or null: it is an executable file. Looks at it off the loop. */
export async function whyNotExecutable(path: string): Promise<string | null> {
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

/** This host is short of something; that says nothing about the script. */
export function isShortage(code: string): boolean {
  return ["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"].includes(code);
}

/** The sentence for a program that could not be started with this errno name. */
export async function describeNotStarted(path: string, code: string): Promise<string> {
  const why = await whyNotExecutable(path);
  if (why !== null) return `${path} ${why}`;
  if (code === "ENOENT")
    return `${path} could not be started: the interpreter that its first line names is missing`;
  return `${path} could not be started (${code})`;
}
