/** FIFOs with readers that are missing, late, slow or gone: lines are lost, counted, and nobody waits. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Fifo } from "../../../src/host/scripts/fifo.js";
import { until } from "../../netns/until.js";

interface Seen {
  readonly path: string;
  readonly problems: string[];
  lost: number;
  readonly fifo: Fifo;
}

function open(t: Test, name = "fifo", folder = t.testdir({})): Seen {
  const path = join(folder, name);
  const problems: string[] = [];
  const seen: Seen = {
    path,
    problems,
    lost: 0,
    fifo: new Fifo({
      path,
      owner: null,
      onProblem: (sentence) => problems.push(sentence),
      onLost: () => {
        seen.lost += 1;
      },
    }),
  };
  return seen;
}

/** What it reads, line by line, until it is ended. */
function reader(path: string) {
  const child = spawn("cat", [path], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (data: Buffer) => {
    text += data.toString();
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return { child, ended, lines: () => text.split("\n").slice(0, -1) };
}

const line = (number: number) => `INSTANCE "V" MASTER ${number}\n`;

t.test(
  "a reader that comes late gets all, from the first line on; one that goes is waited for by nobody",
  async (t) => {
    const { path, fifo, problems } = open(t);
    fifo.write(line(1));
    await fifo.made;
    fifo.write(line(2));
    t.equal(lstatSync(path).mode & 0o777, 0o600);
    const first = reader(path);
    await until(() => first.lines().length === 2, { what: "both lines" });
    first.child.kill();
    await first.ended;
    fifo.write(line(3));
    const second = reader(path);
    await until(() => second.lines().length === 1, { what: "the third line" });
    fifo.write(line(4));
    await fifo.close();
    await second.ended;
    t.same(second.lines(), [line(3).trimEnd(), line(4).trimEnd()], "what is written before the end is read");
    t.notOk(existsSync(path), "what was made is removed");
    t.same(problems, []);
  },
);

t.test(
  "without a reader lines beyond its room are lost, each counted, and the next ones are not",
  async (t) => {
    const seen = open(t);
    await seen.fifo.made;
    const count = 5_000;
    for (let number = 0; number < count; number += 1) seen.fifo.write(line(number));
    t.ok(seen.lost > 0 && seen.lost < count, `${seen.lost} lost`);
    const late = reader(seen.path);
    await until(() => late.lines().length + seen.lost === count, { what: "all that found room" });
    const { lost } = seen;
    seen.fifo.write(line(count));
    await until(() => late.lines().at(-1) === line(count).trimEnd(), { what: "a line after that" });
    t.equal(seen.lost, lost);
    for (const text of late.lines()) if (!/^INSTANCE "V" MASTER \d+$/.test(text)) t.fail(`cut: ${text}`);
    await seen.fifo.close();
    await late.ended;
  },
);

t.test("what was there before is used, and stays", async (t) => {
  const folder = t.testdir({});
  execFileSync("mkfifo", ["-m", "640", join(folder, "theirs")]);
  const { path, fifo, problems } = open(t, "theirs", folder);
  await fifo.made;
  fifo.write(line(1));
  const read = reader(path);
  await until(() => read.lines().length === 1, { what: "a line" });
  await fifo.close();
  await read.ended;
  t.equal(lstatSync(path).mode & 0o777, 0o640);
  t.same(problems, []);
});

t.test("at its end only what was made here is removed, not another one in its place", async (t) => {
  const { path, fifo, problems } = open(t);
  await fifo.made;
  rmSync(path);
  execFileSync("mkfifo", ["-m", "640", path]);
  await fifo.close();
  t.equal(lstatSync(path).mode & 0o777, 0o640);
  t.same(problems, []);
});

t.test("what is no FIFO is left alone, and said", async (t) => {
  const folder = t.testdir({});
  writeFileSync(join(folder, "file"), "precious");
  symlinkSync("file", join(folder, "link"));
  for (const name of ["file", "link", "missing/fifo", "."]) {
    const { fifo, problems } = open(t, name, folder);
    fifo.write(line(1));
    await fifo.made;
    fifo.write(line(2));
    await fifo.close();
    t.match(problems, [/^nothing is written into the FIFO .*: ./], name);
  }
  t.equal(readFileSync(join(folder, "file"), "utf8"), "precious");
  t.ok(lstatSync(join(folder, "link")).isSymbolicLink());
});
