/** Who can change what is run, on real files. */
import { chmodSync, chownSync, lchownSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import t from "tap";
import { whyUnsafe } from "../../../src/host/scripts/security.js";
import { ScriptFolder } from "./script-folder.js";

const OPTIONS = { runner: 0, searchPath: "/usr/bin:/bin" };
const why = (...command: string[]) => whyUnsafe(command, OPTIONS);
/** Folders on the way have to be root's. */
const asRoot = process.getuid!() === 0 ? {} : { skip: "takes root, whose files these have to be" };

t.test("the script itself, and each folder on the way to it", asRoot, async (t) => {
  const folder = new ScriptFolder(t);
  const file = folder.shell("script", "exit 0");
  t.equal(await why(file), null, "root's, below a sticky folder");
  chmodSync(file, 0o775);
  t.equal(await why(file), null, "root's group may, as under Keepalived");
  chownSync(file, 0, 12345);
  t.match(await why(file), `can be changed by others: ${file} can be written by group 12345`);
  chmodSync(file, 0o757);
  t.match(await why(file), `${file} can be written by everybody`);
  chmodSync(file, 0o755);
  chownSync(file, 12345, 0);
  t.match(await why(file), `${file} belongs to user 12345`);
  t.equal(await whyUnsafe([file], { ...OPTIONS, runner: 12345 }), null, "of the user who runs it");
  chownSync(file, 0, 0);
  for (const mode of [0o777, 0o757]) {
    chmodSync(folder.path, mode);
    t.match(await why(file), `${folder.path} can be written by everybody`);
  }
  chmodSync(folder.path, 0o1777);
  t.equal(await why(file), null, "a sticky folder");
  chownSync(folder.path, 12345, 0);
  t.match(await why(file), `${folder.path} belongs to user 12345`);
});

t.test("behind symbolic links too", asRoot, async (t) => {
  const folder = new ScriptFolder(t);
  mkdirSync(folder.file("real"));
  mkdirSync(folder.file("links"));
  renameSync(folder.shell("script", "exit 0"), folder.file("real/script"));
  symlinkSync("../real", folder.file("links/folder"));
  symlinkSync("folder/../folder/script", folder.file("links/script"));
  const link = folder.file("links/script");
  t.equal(await why(link), null);
  chmodSync(folder.file("links"), 0o777);
  t.match(await why(link), `${folder.file("links")} can be written by everybody`);
  chmodSync(folder.file("links"), 0o755);
  chmodSync(folder.file("real"), 0o777);
  t.match(await why(link), `${folder.file("real")} can be written by everybody`);
  chmodSync(folder.file("real"), 0o755);
  lchownSync(folder.file("links/folder"), 12345, 12345);
  t.match(await why(link), `${folder.file("links/folder")} belongs to user 12345`);
  symlinkSync("loop", folder.file("loop"));
  t.equal(await why(folder.file("loop")), null, "what leads nowhere is nobody's");
});

t.test("the interpreter, and the script that a shell is given", asRoot, async (t) => {
  const folder = new ScriptFolder(t);
  const interpreter = folder.write("interpreter", "#!/bin/sh\n", 0o777);
  const script = folder.write("script", `#!${interpreter}\n`);
  t.match(await why(script), `${interpreter} can be written by everybody`);
  t.match(await why("/bin/sh", interpreter), `${interpreter} can be written by everybody`);
  t.equal(await why("/bin/echo", interpreter), null, "an argument of anything else is data");
});
