/** The log in syslog: a real datagram socket in the place of /dev/log, which reads, rests, goes and comes back. */
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { createLogger, isJournal } from "../../../src/host/log/index.js";
import { SyslogWriter } from "../../../src/host/log/syslog-writer.js";
import { MAX_BUFFERED_BYTES } from "../../../src/host/log/writer.js";
import { DatagramReceiver } from "../../lab/datagram-receiver.js";
import { until } from "../../netns/until.js";

const FLOOD = 100_000;
const LOST = / (\d+) log lines were lost here, because nothing took them at (\S+) lostLines=\1$/;

function pathIn(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-syslog-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, "log");
}

async function receiverAt(t: Test, path: string): Promise<DatagramReceiver> {
  const receiver = await DatagramReceiver.start(path);
  t.teardown(() => receiver.stop());
  return receiver;
}

function loggerTo(path: string) {
  const syslog = { facility: 3, ident: "Keepalived_vrrp", path };
  return createLogger({ level: "info", format: "text", output: { syslog } });
}

/** One that gives up soon, and what it has given up. */
function writerTo(t: Test, path: string, patienceMillis: number) {
  const events = { progress: 0, lost: 0 };
  const writer = new SyslogWriter({
    path,
    patienceMillis,
    recordOf: (line) => line,
    onProgress: () => events.progress++,
    onLost: (records) => {
      events.lost += records;
    },
  });
  // Its own timers let the process end.
  const keepsAlive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(keepsAlive));
  return { writer, events };
}

const textOf = (message: string) => message.replace(/^.*?\]: /, "");

t.test("lines arrive in order, each as one datagram, from its level on", async (t) => {
  const path = pathIn(t);
  const receiver = await receiverAt(t, path);
  const logger = loggerTo(path);
  logger.log("debug", "not this one");
  for (let n = 0; n < 500; n++) logger.log("info", `line ${n}\nä`);
  logger.log("error", "(VI_1) Entering FAULT STATE", { instance: "VI_1", to: "FAULT", cause: "no carrier" });
  t.equal(await logger.close(60_000), true);
  await until(() => receiver.messages.length === 501, { what: "the lines" });
  const pattern = new RegExp(
    `^<27>\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d Keepalived_vrrp\\[${process.pid}\\]: \\(VI_1\\) Entering FAULT STATE cause="no carrier"$`,
  );
  t.match(receiver.messages.pop(), pattern);
  t.strictSame(
    receiver.messages.map(textOf),
    Array.from({ length: 500 }, (_, n) => `line ${n}\\u000aä`),
  );
  t.equal(logger.lostLines, 0);
});

t.test("what is logged while syslog restarts arrives when it is back", async (t) => {
  const path = pathIn(t);
  const receiver = await receiverAt(t, path);
  const logger = loggerTo(path);
  const lines = ["before", "meanwhile", "again", "after"];
  logger.log("info", lines[0]!);
  await until(() => receiver.messages.length === 1, { what: "the first line" });
  await receiver.order("close");
  logger.log("info", lines[1]!);
  logger.log("info", lines[2]!);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await receiver.order("open");
  await until(() => receiver.messages.length === 3, { what: "what was logged meanwhile" });
  logger.log("info", lines[3]!);
  t.equal(await logger.close(60_000), true);
  await until(() => receiver.messages.length === lines.length, { what: "the last line" });
  t.strictSame(receiver.messages.map(textOf), lines);
  t.equal(logger.lostLines, 0);
});

t.test("a flood at a syslog that does not read stays bounded, and costs counted lines", async (t) => {
  const path = pathIn(t);
  const receiver = await receiverAt(t, path);
  await receiver.order("rest");
  const logger = loggerTo(path);
  for (let n = 0; n < FLOOD; n++) {
    logger.log("info", `line ${n}`);
    if (n % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const lost = logger.lostLines;
  t.ok(lost > FLOOD / 2, `${lost} lost`);
  t.equal(await logger.close(1), false, "the end does not wait for them");
  await receiver.order("read");
  const report = () => receiver.messages.map((message) => LOST.exec(message)).find((found) => found !== null);
  const said = await until(report, { what: "the report of the loss", timeoutMs: 60_000 });
  t.equal(said[2], path);
  await until(() => receiver.messages.length === FLOOD - logger.lostLines + reports(receiver), {
    what: "every line that was not lost",
    timeoutMs: 60_000,
  });
  const numbers = receiver.messages.flatMap((message) => /line (\d+)$/.exec(message)?.[1] ?? []).map(Number);
  t.strictSame(
    numbers,
    numbers.toSorted((a, b) => a - b),
    "in order",
  );
});

function reports({ messages }: DatagramReceiver): number {
  return messages.filter((message) => LOST.test(message)).length;
}

t.test("the buffer has a bound in bytes", async (t) => {
  const { writer } = writerTo(t, pathIn(t), 60_000);
  const record = "x".repeat(1000);
  let taken = 0;
  while (writer.write(record)) taken++;
  t.equal(taken, Math.floor(MAX_BUFFERED_BYTES / record.length));
});

t.test("where nobody comes, lines are given up, and counted", async (t) => {
  const stream = createServer();
  const paths = {
    nothing: pathIn(t),
    "a socket of another kind": pathIn(t),
    "no folder": "/nonexistent/log",
  };
  await new Promise<void>((resolve) => stream.listen(paths["a socket of another kind"], resolve));
  t.teardown(() => stream.close());
  for (const [what, path] of Object.entries({ ...paths, "too long": `/${"x".repeat(200)}` })) {
    const { writer, events } = writerTo(t, path, 1);
    for (let n = 0; n < 100; n++) t.ok(writer.write(`line ${n}`));
    const drained = writer.drain(60_000);
    await until(() => events.lost === 100, { what: `the loss where there is ${what}` });
    t.equal(await drained, false);
    t.equal(events.progress, 0);
    t.ok(writer.write("another"), "there is room again");
  }
});

t.test("the end does not wait where nobody is there", async (t) => {
  const { writer, events } = writerTo(t, pathIn(t), 60_000);
  writer.write("line");
  t.equal(await writer.drain(600_000), false, "as soon as it is known");
  t.equal(await writer.drain(600_000), false, "and when it was known");
  t.equal(events.lost, 0);
});

t.test("a loss is reported when it works again, once", async (t) => {
  const path = pathIn(t);
  const logger = loggerTo(path);
  const long = "x".repeat(900);
  for (let n = 0; n < 2000; n++) logger.log("info", `${n} ${long}`);
  const lost = logger.lostLines;
  t.ok(lost > 0);
  const receiver = await receiverAt(t, path);
  const found = await until(() => receiver.messages.map((one) => LOST.exec(one)).find(Boolean), {
    what: "the report",
    timeoutMs: 60_000,
  });
  t.equal(Number(found[1]), lost);
  logger.log("info", "last");
  await until(() => receiver.messages.some((one) => one.endsWith(": last")), { what: "the last line" });
  t.equal(reports(receiver), 1);
  t.equal(logger.lostLines, lost, "the report itself is none");
});

t.test("the journal collects what JOURNAL_STREAM names by device and inode", async (t) => {
  const fd = openSync("/dev/null", "w");
  const other = openSync("/", "r");
  const named = (of: number) => {
    const { dev, ino } = fstatSync(of, { bigint: true });
    return { JOURNAL_STREAM: `${dev}:${ino}` };
  };
  t.equal(isJournal(fd, named(fd)), true);
  t.equal(isJournal(fd, named(other)), false, "it was inherited, and the output goes elsewhere");
  for (const env of [{}, { JOURNAL_STREAM: "" }, { JOURNAL_STREAM: "1" }, { JOURNAL_STREAM: "x:y" }])
    t.equal(isJournal(fd, env), false);
  closeSync(other);
  closeSync(fd);
  t.equal(isJournal(fd, named(1)), false, "a closed one");
});

t.test("lines that the journal collects begin with their priority, in both formats", async (t) => {
  for (const format of ["json", "text"] as const) {
    const path = pathIn(t);
    const fd = openSync(path, "w");
    t.teardown(() => closeSync(fd));
    const { dev, ino } = fstatSync(fd, { bigint: true });
    process.env.JOURNAL_STREAM = `${dev}:${ino}`;
    const log = createLogger({ level: "debug", format, output: { fd } });
    delete process.env.JOURNAL_STREAM;
    for (const level of ["debug", "info", "warn", "error"] as const) log.log(level, "x <2> y");
    t.ok(await log.close(5_000));
    const lines = readFileSync(path, "utf8").trim().split("\n");
    const marks = lines.map((line) => line.slice(0, 3));
    t.strictSame(marks, ["<7>", "<6>", "<4>", "<3>"]);
    t.equal(lines[1]!.startsWith("<6>{"), format === "json");
  }
});
