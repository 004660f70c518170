/**
 * Runs test files, each as a process of its own that speaks TAP, and makes one TAP stream of what they say: a subtest
 * a file, closed by a line that says whether its process ended well.
 */
import { spawn } from "node:child_process";

/** How node is to run a file of TypeScript; its children inherit it. */
const LOADER = ["--enable-source-maps", `--import=${new URL("./typescript.mjs", import.meta.url).href}`];
/** From the polite signal to the other one. */
const GRACE_MILLIS = 10_000;

/**
 * @param {readonly string[]} files relative to the working folder
 * @param {{ prefix: readonly string[], jobs: number, timeoutSeconds: number }} options prefix: a command that runs node
 * @param {NodeJS.WritableStream} output
 */
export async function runTests(files, { prefix, jobs, timeoutSeconds }, output) {
  const waiting = [...files];
  let number = 0;
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(file, prefix, timeoutSeconds);
      number += 1;
      output.write(subtest(number, file, result));
    }
  };
  output.write("TAP version 14\n");
  await Promise.all(Array.from({ length: jobs }, work));
  output.end(`1..${number}\n`);
}

function runFile(file, prefix, timeoutSeconds) {
  const [program, ...parameters] = [...prefix, process.execPath, ...LOADER, file];
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const env = { ...process.env, TAP_TIMEOUT: String(timeoutSeconds) };
    const child = spawn(program, parameters, { env, stdio: ["ignore", "pipe", "pipe"] });
    const [said, complained] = [[], []];
    child.stdout.on("data", (chunk) => said.push(chunk));
    child.stderr.on("data", (chunk) => complained.push(chunk));
    // What the file's own time limit could not end.
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
