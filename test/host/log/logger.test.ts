import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { createLogger, type Logger } from "../../../src/host/log/index.js";

async function linesOf(
  t: Test,
  format: "json" | "text" | null,
  use: (logger: Logger) => void,
  level = "info",
) {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "log");
  const fd = openSync(file, "w");
  const logger = createLogger({ level, format, output: { fd } });
  use(logger);
  t.equal(await logger.close(10_000), true);
  t.equal(logger.lostLines, 0);
  closeSync(fd);
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}

const TRANSITION = "(ipfailover_VIP_1) Entering MASTER STATE";

t.test("what others have written reaches the log as it is read, in both formats", async (t) => {
  const [hostile, shown] = [
    "a\u202eb\u200b\u001b[2J\n\u2028\ud800",
    "a\\u202eb\\u200b\\u001b[2J\\u000a\\u2028\\ud800",
  ];
  const facts = { detail: "x\u2066", addresses: ["y\u00ad"] };
  for (const format of ["json", "text"] as const) {
    const lines = await linesOf(t, format, (logger) => logger.log("info", `check: ${hostile}`, facts));
    t.equal(lines.length, 1);
    t.notMatch(lines[0], /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    if (format === "text") t.ok(lines[0]!.includes(`check: ${shown}`), lines[0]!);
    else
      t.match(JSON.parse(lines[0]!), {
        msg: `check: ${shown}`,
        detail: "x\\u2066",
        addresses: ["y\\u00ad"],
      });
  }
});

t.test("a JSON line has level, time, message and facts, and nothing else", async (t) => {
  const lines = await linesOf(t, "json", (logger) =>
    logger.log("warn", TRANSITION, {
      reason: "down timer",
      priority: 100,
      addresses: ["192.0.2.1/32"],
      master: null,
    }),
  );
  t.equal(lines.length, 1);
  const { time, ...rest } = JSON.parse(lines[0]!);
  t.equal(new Date(time).toISOString(), time);
  t.strictSame(rest, {
    level: "warn",
    reason: "down timer",
    priority: 100,
    addresses: ["192.0.2.1/32"],
    master: null,
    msg: TRANSITION,
  });
});

t.test("a text line has the message first and the facts after it, without colour in a file", async (t) => {
  const lines = await linesOf(t, "text", (logger) => logger.log("info", TRANSITION, { priority: 100 }));
  t.equal(lines.length, 1);
  t.match(
    lines[0],
    /^\[\d{4}-\d\d-\d\d [\d:.]+\] INFO: \(ipfailover_VIP_1\) Entering MASTER STATE \{"priority":100\}$/,
  );
});

t.test("without a format, what is no terminal gets JSON", async (t) => {
  const lines = await linesOf(t, null, (logger) => logger.log("info", TRANSITION));
  t.match(JSON.parse(lines[0]!), { msg: TRANSITION });
});

t.test("lines below the level are not written, those of it and above are", async (t) => {
  const lines = await linesOf(
    t,
    "json",
    (logger) => {
      for (const level of ["debug", "info", "warn", "error"] as const) logger.log(level, "x");
    },
    "warn",
  );
  t.same(
    lines.map((line) => JSON.parse(line).level),
    ["warn", "error"],
  );
});

t.test("many lines arrive whole and in order", async (t) => {
  const lines = await linesOf(t, "json", (logger) => {
    for (let n = 0; n < 5_000; n++) logger.log("info", `line ${n} ä`);
  });
  t.same(
    lines.map((line) => JSON.parse(line).msg),
    Array.from({ length: 5_000 }, (_, n) => `line ${n} ä`),
  );
});
