import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import t from "tap";
import { until } from "../netns/until.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STARTER = `import { runTypeScript } from "./scripts/run-typescript.mjs";
await runTypeScript("test/scripts/fixtures/waits.ts", ["test/scripts/fixtures"]);`;

/** As `npm run attack` and its like start a program. */
async function start(): Promise<{ starter: ChildProcess; program: number }> {
  const starter = spawn(process.execPath, ["--input-type=module", "-e", STARTER], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { starter, program: Number((await once(starter.stdout, "data"))[0]) };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** By the signal itself: what a shell says of a program that a signal ended. SIGKILL leaves nobody to say it. */
const ENDS = [
  { signal: "SIGINT", code: 130 },
  { signal: "SIGTERM", code: 143 },
  { signal: "SIGKILL", code: null },
] as const;

for (const { signal, code } of ENDS) {
  t.test(`${signal} of whoever started a program ends the program`, async (t) => {
    const { starter, program } = await start();
    t.teardown(() => lives(program) && process.kill(program, "SIGKILL"));
    t.ok(lives(program));
    starter.kill(signal);
    const [ended] = await once(starter, "exit");
    t.equal(ended, code);
    await until(() => !lives(program), { what: "the program's end" });
  });
}
