/** A lock between processes, on a file (flock(2)): held by a process that ends when this one does, however it ends. */
import { spawn } from "node:child_process";
import { baseEnvironment } from "../netns/execute.js";
import { HarnessError } from "../netns/index.js";
import { DIE_WITH_PARENT, detach } from "../netns/namespace.js";

const HOLD = ["sh", "-c", "echo held; exec cat > /dev/null"];

/** Waits until nobody else has it. @param waitSeconds then `ETIMEOUT` is thrown @returns what gives it up */
export function lockFile(path: string, waitSeconds: number): Promise<() => Promise<void>> {
  const flock = ["flock", "--no-fork", "--exclusive", "--wait", `${waitSeconds}`, path, ...HOLD];
  const [program, ...parameters] = [...DIE_WITH_PARENT, ...flock] as [string, ...string[]];
  const holder = spawn(program, parameters, { env: baseEnvironment(), stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => holder.once("exit", () => resolve()));
  return new Promise((resolve, reject) => {
    const failure = `${path} was not to be had within ${waitSeconds} s`;
    holder.once("error", reject);
    holder.once("exit", () => reject(new HarnessError("ETIMEOUT", failure)));
    holder.stdout.once("data", () => {
      detach(holder);
      resolve(() => {
        holder.ref();
        holder.stdin.end();
        return ended;
      });
    });
  });
}
