/** What becomes of the process that reads the configuration again: whatever it does, there is one clear sentence. */
import t from "tap";
import { MICROS_PER_MILLISECOND } from "../../src/base/time.js";
import { read, runProgram } from "../../src/cli/read-again.js";

const PROMPT = 100 * MICROS_PER_MILLISECOND;

const node = (code: string, ...flags: string[]) => [process.execPath, ...flags, "-e", code];
const print = (line: unknown) => `console.log(${JSON.stringify(JSON.stringify(line))});`;

async function refusal(command: readonly string[], timeoutMicros?: number): Promise<string> {
  try {
    await read(await runProgram(command, timeoutMicros), "1.2.3");
  } catch (error) {
    t.match(error, { code: "ECONFIG" });
    return (error as Error).message;
  }
  throw new Error("it was not refused");
}

t.test("a configuration that is refused comes with all of its lines", async (t) => {
  const end = { type: "refused", problems: ["the configuration cannot be used:", "one", "another"] };
  t.equal(await refusal(node(print(end))), end.problems.join("\n"));
});

t.test("one that hangs is ended, and given up", async (t) => {
  t.match(
    await refusal(node("setInterval(() => {}, 1000)"), PROMPT),
    /took longer than 30 s, and was given up/,
  );
});

t.test("one that needs too much memory", async (t) => {
  const greedy = "const all = []; for (;;) all.push(new Array(1000).fill(0.5));";
  t.match(await refusal(node(greedy, "--max-old-space-size=8")), /takes more than 256 MiB of memory/);
});

t.test("one that is killed, one that ends too early, one that says something else", async (t) => {
  t.match(
    await refusal(node("process.kill(process.pid, 'SIGKILL')")),
    /ended by SIGKILL, as the kernel does/,
  );
  t.match(await refusal(node(print([["text", "half of it"]]))), /said nothing \(exit code 0\)/);
  t.match(await refusal(node("throw new TypeError('a defect')")), /TypeError: a defect \(exit code 1\)/);
  t.match(await refusal(["/nonexistent"]), /no process could be started for it .*ENOENT/);
});

t.test("a program that was replaced meanwhile reads nothing for a daemon of before", async (t) => {
  const other = { type: "otherVersion", version: "9.9.9" };
  t.match(
    await refusal(node(print(other))),
    /replaced since it was started \(version 9.9.9 is installed, and 1.2.3 runs\)/,
  );
});

t.test("one that says far too much of why it refuses", async (t) => {
  const code = "console.log(JSON.stringify({ type: 'refused', problems: Array(200000).fill('problem') }))";
  t.match(await refusal(node(code)), /what it says of that is too long/);
});

t.test("one that goes on when the daemon stops is ended", async (t) => {
  const stopped = new AbortController();
  const result = runProgram(node("setInterval(() => {}, 1000)"), undefined, stopped.signal);
  stopped.abort();
  t.match((await result).type, /^(signalled|refused)$/, "ended by a signal, or before it began");
});
