/** The FIFOs of a configuration over reloads, and at an end that a file system holds up. */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { FifoPlan } from "../../src/config/index.js";
import { Fifos } from "../../src/daemon/fifos.js";
import { Launchers } from "../../src/host/scripts/launchers.js";
import { notifyCommand } from "../core/configurations.js";
import { ScriptFolder } from "../host/scripts/script-folder.js";
import { until } from "../netns/until.js";

const LAUNCHERS = new Launchers(
  {
    user: null,
    confined: false,
    security: "none",
    environment: "inherit",
    notifyTimeoutMicros: 60_000_000,
    stopTimeoutMicros: 1_000_000,
  },
  { scriptUser: { variable: "THE_USER" } },
);

function made(t: Test) {
  const folder = new ScriptFolder(t);
  const problems: string[] = [];
  const fifos = new Fifos({ launchers: LAUNCHERS, onProblem: (sentence) => problems.push(sentence) });
  t.teardown(() => fifos.close());
  const path = join(folder.path, "fifo");
  const plan = (script: string | null): FifoPlan => ({
    ...{ path, owner: null, origin: notifyCommand().origin },
    script: script === null ? null : notifyCommand({ command: [script] }),
  });
  const log = (name: string) => join(folder.path, name);
  const has = (name: string, line: string) => {
    try {
      return readFileSync(log(name), "utf8").includes(line);
    } catch {
      return false;
    }
  };
  return { folder, problems, fifos, path, plan, log, has };
}

t.test("a reload with another script leaves a FIFO that the new one reads", async (t) => {
  const { folder, problems, fifos, path, plan, log, has } = made(t);
  const script = (name: string) => folder.shell(name, `exec cat "$1" >> ${log(`${name}.log`)}`);
  const [first, second] = [script("first"), script("second")];
  fifos.configure([plan(first)]);
  fifos.tell("one\n");
  await until(() => has("first.log", "one"), { what: "the first line" });
  fifos.configure([plan(second)]);
  fifos.tell("two\n");
  await until(() => has("second.log", "two"), { what: "the second line" });
  t.notOk(has("first.log", "two"));
  t.ok(lstatSync(path).isFIFO());
  fifos.configure([plan(null)]);
  fifos.configure([plan(first)]);
  fifos.configure([plan(second)]);
  fifos.tell("three\n");
  await until(() => has("second.log", "three"), { what: "a line after several reloads at once" });
  await fifos.close();
  t.throws(() => lstatSync(path), { code: "ENOENT" });
  t.same(problems, [], "nobody is told that its reader has ended");
});
