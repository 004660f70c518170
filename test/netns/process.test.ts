import t from "tap";
import { createLan, until } from "./index.js";

const lan = await createLan({ hosts: { a: {} } });
t.teardown(() => lan.destroy());
const a = lan.host("a");

t.test("a started process has exactly the environment it is given", async (t) => {
  const env = { HOME: "/nowhere", WITH_SPACES: "one two\tthree=four" };
  const started = a.start(["env", "-0"], { env, cwd: "/usr" });
  t.strictSame(await started.exited, { code: 0, signal: null });
  const names = started.output
    .trim()
    .split("\0")
    .map((entry) => entry.split("=")[0]);
  t.strictSame(names.filter(Boolean).sort(), ["HOME", "LANG", "PATH", "WITH_SPACES"]);
  t.match(started.output, "WITH_SPACES=one two\tthree=four\0");
  t.equal(await a.ok(["pwd"], { cwd: "/usr" }), "/usr\n");
});

t.test("lines are collected and waited for", async (t) => {
  const started = a.start(["sh", "-c", "echo first; echo oops >&2; read -r forever < /dev/zero"], {
    name: "talker",
  });
  t.match(await started.waitForLine(/fir/), { stream: "stdout", text: "first" });
  t.match(await started.waitForLine(/oops/), { stream: "stderr" });
  t.match(await started.waitForLine(/fir/), { text: "first" }, "also when it came before");
  const late = started.waitForLine(/fir/, { after: started.lines.length, timeoutMs: 50 });
  await t.rejects(late, {
    code: "ETIMEOUT",
    message: /talker \(pid \d+\) printed no \/fir\/ within 0.05 s.*\n {2}first/s,
  });
  const waiting = started.waitForLine(/second/);
  started.kill("SIGKILL");
  await t.rejects(waiting, { code: "EEXITED", message: /ended \(SIGKILL\) before \/second\// });
  t.notOk(started.running);
});

t.test("its pid is its own, and its signals reach it", async (t) => {
  const script =
    "process.on('SIGTERM', () => process.exit(7)); console.log(process.pid); setInterval(() => {}, 1e6)";
  const started = a.start([process.execPath, "-e", script]);
  t.match(await started.waitForLine(/^\d+$/), { text: String(started.pid) });
  const before = Date.now() * 1000;
  t.ok(started.kill("SIGTERM") >= before, "kill tells when");
  t.strictSame(await started.exited, { code: 7, signal: null });
  t.doesNotThrow(() => started.kill("SIGTERM"), "a signal to the dead is harmless");
});

t.test("a frozen process stands still until it is thawed", async (t) => {
  const started = a.start([process.execPath, "-e", "setInterval(() => console.log('tick'), 10)"]);
  await started.waitForLine(/tick/);
  started.freeze();
  const state = async () => /^State:\s+(\S)/m.exec(await a.ok(["cat", `/proc/${started.pid}/status`]))?.[1];
  await until(async () => (await state()) === "T", { what: "the process to stop" });
  started.thaw();
  await started.waitForLine(/tick/, { after: started.lines.length });
  t.match(await started.stop(), { signal: "SIGTERM" });
});

t.test("stop kills what does not listen, frozen or not", async (t) => {
  const deaf = a.start(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"]);
  await deaf.waitForLine(/ready/);
  t.match(await deaf.stop(100), { signal: "SIGKILL" });
  const frozen = a.start(["sh", "-c", "echo ready; read -r forever < /dev/zero"]);
  await frozen.waitForLine(/ready/);
  frozen.freeze();
  t.match(await frozen.stop(), { signal: "SIGTERM" });
});

t.test("a program that is not there is an end with an exit code", async (t) => {
  const started = a.start(["/no/such/program"]);
  t.match(await started.exited, { code: 127 });
  t.match(started.output, /No such file/);
});
