/**
 * Runs test files in processes that speak TAP, and makes one TAP stream of what they say: a subtest a file, closed by a
 * line that says whether it ended well.
 */
import { spawn } from "node:child_process";
import { Room } from "./room.mjs";

/** How node is to run a file of TypeScript; its children inherit it. */
const LOADER = ["--enable-source-maps", `--import=${new URL("./typescript.mjs", import.meta.url).href}`];
/** From the polite signal to the other one. */
const GRACE_MILLIS = 10_000;

/** Runs several files in its process, and says where each begins. */
const TOGETHER = new URL("./together.mjs", import.meta.url).pathname;
const BEGINNING = /^# file: (.+)$/m;

/**
 * @param {readonly string[]} files relative to the working folder
 * @param {{ prefix: readonly string[], jobs: number, most?: number, timeoutSeconds: number, together?: number,
 *   room?: { everyMillis: number, isThere(): boolean } }} options
 *   prefix: a command that runs node; jobs: how many processes run at once, and up to `most` of them while the machine has
 *   room; together: how many files share a process, by default none; timeoutSeconds: of a process
 * @param {NodeJS.WritableStream} output
 */
export async function runTests(
  files,
  { prefix, jobs, most = jobs, timeoutSeconds, together = 1, room = new Room() },
  output,
) {
  const waiting = [...files];
  const workers = new Set();
  let number = 0;
  const work = async () => {
    do {
      const some = waiting.splice(0, together);
      const script = together === 1 ? some[0] : TOGETHER;
      const result = await runProcess(script, { prefix, timeoutSeconds, files: some });
      for (const one of together === 1 ? [{ ...result, file: some[0] }] : byFile(result)) {
        number += 1;
        output.write(subtest(number, one.file, one));
      }
    } while (waiting.length > 0 && workers.size <= jobs);
  };
  const begin = () => {
    if (waiting.length === 0) return;
    const worker = work().finally(() => workers.delete(worker));
    workers.add(worker);
  };
  output.write("TAP version 14\n");
  const look = () => {
    if (room.isThere() && workers.size < most) begin();
  };
  const timer = most > jobs ? setInterval(look, room.everyMillis) : undefined;
  for (let job = 0; job < jobs; job += 1) begin();
  while (workers.size > 0) await Promise.all(workers);
  clearInterval(timer);
  output.end(`1..${number}\n`);
}

/** What a process said of several files, by file. Those that it did not come to are left out. */
export function byFile({ code, said, timeMs: _, ...ending }) {
  const [, ...parts] = said.split(BEGINNING);
  const found = [];
  for (let index = 0; index < parts.length; index += 2) found.push(ofFile(parts[index], parts[index + 1]));
  // It ended badly, and no test says so: whoever was last.
  const isSilent = code !== 0 && found.every((one) => one.code === 0);
  return found.map((one, index) => ({
    ...one,
    ...(isSilent && index === found.length - 1 ? { ...ending, code } : {}),
  }));
}

/** As if its process had said nothing else. */
function ofFile(file, text) {
  let tests = 0;
  let timeMs = 0;
  const lines = text
    .split("\n")
    .filter((line) => !/^(TAP version 14|1\.\.\d+|# \{.*\}|# time=.*)$/.test(line));
  const numbered = lines.map((line) =>
    line.replace(/^((?:not )?ok) \d+(.*?(?: # time=([\d.]+)ms)?)$/, (_, verdict, rest, millis = "0") => {
      tests += 1;
      timeMs += Number(millis);
      return `${verdict} ${tests}${rest}`;
    }),
  );
  const isGood = !lines.some((line) => line.startsWith("not ok"));
  const said = `${numbered.join("\n").trim()}\n1..${tests}\n`;
  return { file, code: isGood ? 0 : 1, said, timeMs, complained: "" };
}

function runProcess(script, { prefix, timeoutSeconds, files }) {
  const [program, ...parameters] = [...prefix, process.execPath, ...LOADER, script];
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const env = { ...process.env, TAP_TIMEOUT: String(timeoutSeconds), TEST_FILES: files.join(" ") };
    const child = spawn(program, parameters, { env, stdio: ["ignore", "pipe", "pipe"] });
    const [said, complained] = [[], []];
    child.stdout.on("data", (chunk) => said.push(chunk));
    child.stderr.on("data", (chunk) => complained.push(chunk));
    // What its own time limit could not end.
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutSeconds * 1_000 + GRACE_MILLIS);
    const finish = (ending) => {
      clearTimeout(timer);
      const timeMs = performance.now() - startedAt;
      resolve({ ...ending, timeMs, said: textOf(said), complained: textOf(complained) });
    };
    child.on("error", (error) => finish({ code: 1, signal: null, error: error.message }));
    child.on("close", (code, signal) => finish({ code, signal }));
  });
}

function subtest(number, file, { code, signal, error, timeMs, said, complained }) {
  const isGood = code === 0;
  const lines = said.replace(/^TAP version 14\n/, "").trimEnd();
  const inner = lines === "" ? "" : `# Subtest: ${file}\n${lines.replace(/^(?=.)/gm, "    ")}\n`;
  const verdict = `${isGood ? "ok" : "not ok"} ${number} - ${file} # time=${timeMs.toFixed(0)}ms\n`;
  return inner + verdict + (isGood ? "" : diagnosis({ exitCode: code, signal, error, stderr: complained }));
}

/** JSON is YAML. */
function diagnosis(facts) {
  const lines = Object.entries(facts)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return `  ---\n${lines.join("")}  ...\n`;
}

function textOf(chunks) {
  return Buffer.concat(chunks).toString("utf8");
}
