/** A file that others find whole or not at all, in a folder in which anybody may make files and links. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const NAME_BYTES = 12;

/**
 * Made anew beside it, under a name that nobody can know before, for its owner alone, and renamed once it is complete: a
 * link of that name is replaced, never followed, and of somebody else's file nothing is written to. Whatever fails, nothing
 * stays behind, and what was there is as it was.
 * @throws {Error} with `code`
 */
export async function writeWholeFile(path: string, parts: AsyncIterable<string>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(NAME_BYTES).toString("hex")}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await fill(file, parts);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

async function fill(file: FileHandle, parts: AsyncIterable<string>): Promise<void> {
  try {
    for await (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}
