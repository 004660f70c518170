/** Whether a file lies on a mount that is read-only here, as a ConfigMap's of Kubernetes is, whatever its mode says. */
import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";

/** open(2): the place alone, which takes no permission for the file itself. */
const O_PATH = 0o10000000;

/** False where the kernel does not tell. */
export async function isOnReadOnlyMount(path: string): Promise<boolean> {
  try {
    const file = await open(path, O_PATH | constants.O_NOFOLLOW);
    try {
      const info = await readFile(`/proc/self/fdinfo/${file.fd}`, "utf8");
      const id = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1];
      return id !== undefined && isReadOnly(await readFile("/proc/self/mountinfo", "utf8"), id);
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** proc_pid_mountinfo(5): the options of the mount stand sixth, those of its file system last. */
function isReadOnly(mountinfo: string, id: string): boolean {
  const fields = mountinfo.split("\n").map((line) => line.split(" "));
  const found = fields.find(([first]) => first === id);
  if (found === undefined) return false;
  return [found[5], found.at(-1)].some((options) => options?.split(",").includes("ro") === true);
}
