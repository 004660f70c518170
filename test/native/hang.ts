/** A program whose exec does not return, and a script that cannot be opened: as on a file system whose server has gone. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";

const LEASE = fileURLToPath(new URL("../attack/programs/lease.pl", import.meta.url));

/**
 * From now on whoever executes or opens the file waits in the kernel, because somebody holds a lease on it and does not
 * give it up, until the function is called that is returned (or 45 s have passed, /proc/sys/fs/lease-break-time).
 */
export async function hang(t: Test, file: string): Promise<() => void> {
  const holder = spawn("perl", [LEASE, JSON.stringify({ files: [file] })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  return () => holder.kill("SIGKILL");
}
