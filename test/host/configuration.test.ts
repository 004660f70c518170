/** Files of a configuration: what is no plain readable text is refused in one sentence, and never waited for. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { VrrpdError } from "../../src/base/errors.js";
import { LIMITS } from "../../src/config/keepalived/limits.js";
import { parseKeepalivedConf } from "../../src/config/keepalived/parser.js";
import { readConfigurationFile, readIncluded } from "../../src/host/configuration/index.js";
import { until } from "../netns/until.js";

/** What it is refused with; exit code 6 whatever it is. */
function refusal(path: string): string {
  try {
    readConfigurationFile(path);
  } catch (error) {
    if (!(error instanceof VrrpdError) || error.exitCode !== 6) throw error;
    return error.message.replace("the configuration cannot be read: ", "").replace(`${path} `, "");
  }
  return "none";
}

function fileIn(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

t.test("a plain file of text is read, whatever it holds", async (t) => {
  const folder = t.testdir();
  for (const text of ["", "vrrp_instance VI_1 {\r\n}", "! ü €\n", "\ufeffvrrp_instance"]) {
    const path = fileIn(folder, "keepalived.conf", text);
    t.same(readConfigurationFile(path), { path, text });
  }
  symlinkSync("keepalived.conf", join(folder, "link.conf"));
  t.equal(readConfigurationFile(join(folder, "link.conf")).text, "\ufeffvrrp_instance");
});

t.test("what is no plain file is refused, and not waited for", async (t) => {
  const folder = t.testdir({ sub: {} });
  t.equal(refusal(join(folder, "none.conf")), "does not exist");
  t.equal(refusal(join(folder, "none.conf", "below")), "does not exist");
  t.equal(refusal(join(folder, "sub")), "is a folder, not a plain file");
  t.equal(refusal("/dev/zero"), "is a device, not a plain file");
  const fifo = join(folder, "fifo");
  const made = spawn("mkfifo", [fifo]);
  await new Promise((resolve) => made.once("exit", resolve));
  t.equal(refusal(fifo), "is a FIFO, not a plain file");
  // The path of a socket is short.
  const short = mkdtempSync(join(tmpdir(), "vrrpd-"));
  t.teardown(() => rmSync(short, { recursive: true }));
  const server = createServer().listen(join(short, "socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  t.equal(refusal(join(short, "socket")), "is a socket, not a plain file");
  server.close();
  symlinkSync("loop", join(folder, "loop"));
  t.equal(refusal(join(folder, "loop")), "cannot be read (ELOOP)");
});

t.test("any execute bit is refused, as by Keepalived", async (t) => {
  const path = fileIn(t.testdir(), "keepalived.conf", "");
  for (const bits of [0o100, 0o010, 0o001]) {
    chmodSync(path, 0o644 | bits);
    t.match(refusal(path), "has an execute bit");
  }
});

t.test("what is too large is not read: 2 GB take no time and no memory", async (t) => {
  const path = fileIn(t.testdir(), "keepalived.conf", "");
  truncateSync(path, LIMITS.fileBytes);
  t.equal(readConfigurationFile(path).text.length, LIMITS.fileBytes);
  const before = process.memoryUsage.rss();
  for (const size of [LIMITS.fileBytes + 1, 2 * 1024 ** 3]) {
    truncateSync(path, size);
    t.equal(refusal(path), `is larger than ${LIMITS.fileBytes} bytes`);
  }
  t.ok(process.memoryUsage.rss() - before < 100_000_000);
});

t.test("text that is not UTF-8 is refused with the place", async (t) => {
  const folder = t.testdir();
  const said = (...bytes: number[]) => refusal(fileIn(folder, "x.conf", Buffer.from(bytes)));
  t.equal(said(0x61, 0x0a, 0x62, 0xfc, 0x62), "is not UTF-8: line 2, byte 2 is 0xfc");
  t.equal(said(0xff), "is not UTF-8: line 1, byte 1 is 0xff");
  t.equal(said(0x0a, 0xe2, 0x82), "is not UTF-8: line 2, byte 1 is 0xe2");
});

t.test("a file that is written all the time is refused; one that comes to rest is read whole", async (t) => {
  const path = fileIn(t.testdir(), "keepalived.conf", "");
  const write = `const { writeFileSync } = require("node:fs");
    const [path, times] = process.argv.slice(1);
    let n = 0;
    const timer = setInterval(() => {
      writeFileSync(path, "# " + "x".repeat(++n % 50) + "\\n");
      if (n === 1) console.log("writing");
      if (n >= Number(times)) { writeFileSync(path, "# at rest\\n"); clearInterval(timer); }
    }, 2);`;
  const writing = async (times: number) => {
    const child = spawn(process.execPath, ["-e", write, path, `${times}`]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    return { child, ended: new Promise((resolve) => child.once("exit", resolve)) };
  };
  const endless = await writing(1_000_000);
  // A writer that gets no processor for a while writes nothing.
  const changed = "changed while it was read, 10 times in a row";
  await until(() => refusal(path) === changed, { what: "a refusal", timeoutMs: 60_000, intervalMs: 1 });
  endless.child.kill();
  await endless.ended;
  const brief = await writing(30);
  const read = readConfigurationFile(path).text;
  await brief.ended;
  t.ok(read === "# at rest\n" || /^# x*\n$/.test(read), "nothing half written");
});

const parse = (path: string) => {
  const { text } = readConfigurationFile(path);
  const { statements, problems } = parseKeepalivedConf(path, text, { read: readIncluded, id: "r1" });
  return {
    keywords: statements.map(({ keyword }) => keyword),
    problems: problems.map(({ reason, severity, kind }) => `${severity} ${kind}: ${reason}`),
  };
};

/** What Keepalived 2.2.7 reads in this folder, and in which order, was seen by running it. */
const CONF_D = {
  "a.conf": "a",
  "b.conf": "b",
  "c.conf": "c",
  "de.conf": "de",
  "e.conf": "e",
  "Z.conf": "Z",
  ".hidden.conf": ".hidden",
  "[x].conf": "[x]",
  "x-1.conf": "x-1",
};

for (const [pattern, keywords, said] of [
  ["conf.d/*.conf", "Z [x] a b c de e x-1"],
  ["conf.d/{b,a}.conf", "b a"],
  ["conf.d/{d,}e.conf", "de e"],
  ["conf.d/{a,{b,c}}.conf", "a b c"],
  ["conf.d/?.conf", "Z a b c e"],
  ["conf.d/[a-c].conf", "a b c"],
  ["conf.d/[^a-cZ].conf", "e"],
  ["conf.d/[[:upper:]].conf", "Z"],
  ["conf.d/\\[x\\].conf", "[x]"],
  ["conf.d/.*.conf", ".hidden"],
  ["conf.d/x-*.conf", "x-1"],
  ["conf.d/x[--]1.conf", "x-1"],
  ["conf.d/x[z-a]1.conf", ""],
  ["conf.d/x[a-[:digit:]]1.conf", ""],
  ["*.d/a.conf", "a"],
  ["./conf.d/../conf.d/a.conf", "a"],
  ["conf.d/{zz,c}.conf", "c", "does not exist, and is skipped"],
  ["conf.d/*.none", ""],
  ["nodir/*.conf", "", "is in a folder that does not exist, and is skipped"],
  ["conf.d/nofile.conf", "", "does not exist, and is skipped"],
  ["conf.d", "", "is a folder, not a plain file, and is skipped"],
  ["conf.d/{", "", "does not exist, and is skipped"],
] as const) {
  t.test(`include ${pattern}`, async (t) => {
    const folder = t.testdir({ "conf.d": CONF_D, "keepalived.conf": `include ${pattern}\nend\n` });
    const found = parse(join(folder, "keepalived.conf"));
    t.same(found.keywords, [...keywords.split(" ").filter((one) => one !== ""), "end"]);
    t.same(found.problems, said === undefined ? [] : [`warning syntax: ${said}`]);
  });
}

t.test("a path is relative to the file that includes it", async (t) => {
  const folder = t.testdir({
    "keepalived.conf": "include sub/one.conf\n",
    sub: { "one.conf": "include two.conf\n", "two.conf": "two\n" },
  });
  t.same(parse(join(folder, "keepalived.conf")).keywords, ["two"]);
});

t.test("an included file that Keepalived would read and vrrpd cannot ends it, exit code 6", async (t) => {
  const folder = t.testdir({ "keepalived.conf": "include latin.conf\n" });
  fileIn(folder, "latin.conf", Buffer.from([0x23, 0xfc, 0x0a]));
  t.throws(() => parse(join(folder, "keepalived.conf")), {
    code: "EFILE",
    message: /latin.conf is not UTF-8/,
  });
});

t.test("many large files are not all read before the limit ends it", async (t) => {
  const folder = t.testdir({ "keepalived.conf": "include big/*\n" });
  mkdirSync(join(folder, "big"));
  const line = `${"# much".padEnd(1000)}\n`.repeat(4000);
  for (let n = 0; n < 40; n++) fileIn(folder, `big/${n}`, line);
  t.match(parse(join(folder, "keepalived.conf")).problems, [/error limit: makes the configuration too long/]);
});

t.test("braces and folders without end are refused", async (t) => {
  const folder = t.testdir({ "keepalived.conf": `include ${"{a,b}".repeat(30)}\n` });
  t.throws(() => parse(join(folder, "keepalived.conf")), { code: "EFILE", message: /means too many files/ });
});
