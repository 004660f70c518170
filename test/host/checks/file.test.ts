/** A tracked file as a check: what it tells, what it is made with, and what says nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { CheckPlan, FileCheck } from "../../../src/config/checks.js";
import { plan } from "../../../src/config/plan/plan.js";
import { file } from "../../../src/host/checks/file.js";
import { Launchers } from "../../../src/host/scripts/launchers.js";
import { readText } from "../../config/keepalived/support.js";
import { FIRST_LOOK, host } from "../../config/support.js";
import { hang } from "../../native/hang.js";
import { until } from "../../netns/until.js";

const PATIENCE = { what: "the result", timeoutMs: 20_000 };
const planned = plan(
  readText("vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress { 192.0.2.9 }\n}"),
  host({ eth0: ["192.0.2.10/24"] }),
  FIRST_LOOK,
);
const launchers = new Launchers(planned.settings.scripts, planned.origins);

interface Running {
  readonly path: string;
  readonly told: string[];
  readonly problems: string[];
}

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "tracked-file-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

function checkOf(path: string, init: FileCheck["init"] = null): CheckPlan<FileCheck> {
  const usual = { connectsTo: null, command: null, user: null, address: null } as const;
  const origin = { file: "/k.conf", line: 1, column: 1, keyword: "track_file" };
  const times = { intervalMicros: 50_000, rise: 1, fall: 1, advisoryUntilFirstPass: false };
  return { ...usual, ...times, kind: "file", name: "file f", origin, path, init };
}

/** Told as "value: detail". */
function start(t: Test, path: string, init: FileCheck["init"] = null, isReload = false): Running {
  const [told, problems]: [string[], string[]] = [[], []];
  const running = file.start(checkOf(path, init), {
    launchers,
    isReload,
    onResult: (_outcome, detail, value) => told.push(`${value}: ${detail}`),
    onProblem: (sentence) => problems.push(sentence),
    onStarted: () => {},
    onEnded: () => {},
  });
  t.teardown(() => running.stop());
  return { path, told, problems };
}

async function first(running: Running): Promise<string> {
  await until(() => running.told.length > 0, PATIENCE);
  return running.told[0]!;
}

t.test("what it says of a file", async (t) => {
  const path = join(folderOf(t), "f");
  t.equal(await first(start(t, path)), `0: ${path} is not there, which counts as 0`);
  writeFileSync(path, "12\n");
  t.equal(await first(start(t, path)), `12: ${path} says 12`);
  writeFileSync(path, "12 of 20\u0007\n");
  t.match(await first(start(t, path)), /^12: .* says “12 of 20\\.*”, which counts as 12$/);
  writeFileSync(path, "");
  t.equal(await first(start(t, path)), `0: ${path} says nothing, which counts as 0`);
  t.match(await first(start(t, join(path, "below"))), /cannot be read \(ENOTDIR\), which counts as 0$/);
});

t.test("a number beyond 32 bits leaves the one before", async (t) => {
  const path = join(folderOf(t), "f");
  writeFileSync(path, "7");
  const running = start(t, path);
  await first(running);
  writeFileSync(path, "99999999999");
  await until(
    () => running.told.some((one) => /^7: .* more than 32 bits hold: 7 still counts$/.test(one)),
    PATIENCE,
  );
  t.same(running.problems, []);
});

t.test("a file that somebody holds a lease on says nothing until it is let go", async (t) => {
  const path = join(folderOf(t), "f");
  writeFileSync(path, "5");
  const release = await hang(t, path);
  const running = start(t, path);
  await until(() => running.problems.length > 1, PATIENCE);
  t.match(running.problems[0], /could not be read \(EAGAIN\); it is tried again$/);
  t.same(running.told, []);
  release();
  t.equal(await first(running), `5: ${path} says 5`);
});

t.test("init_file makes what is missing, and overwrites at the start alone", async (t) => {
  const folder = folderOf(t);
  const path = join(folder, "f");
  t.match(await first(start(t, path, { value: -3, overwrite: false })), /^-3: /);
  t.equal(readFileSync(path, "utf8"), "-3\n");
  t.match(await first(start(t, path, { value: 4, overwrite: false })), /^-3: /);
  t.match(await first(start(t, path, { value: 4, overwrite: true }, true)), /^-3: /);
  t.match(await first(start(t, path, { value: 4, overwrite: true })), /^4: /);
  const [target, link] = [join(folder, "target"), join(folder, "link")];
  symlinkSync(target, link);
  await first(start(t, link, { value: 4, overwrite: true }));
  t.notOk(existsSync(target), "a link is not followed");
  const missing = start(t, join(folder, "no/f"), { value: 1, overwrite: false });
  t.match(await first(missing), /^0: /);
  t.match(missing.problems, [/could not be made \(ENOENT\), as init_file says$/]);
});

t.test("doctor says what it holds", async (t) => {
  const path = join(folderOf(t), "f");
  const found = async () =>
    (await file.examine(checkOf(path), launchers)).map(({ level, text }) => `${level} ${text}`);
  t.same(await found(), [`ok ${path} is not there, which counts as 0`]);
  writeFileSync(path, "3");
  t.same(await found(), [`ok ${path} says 3`]);
  writeFileSync(path, "3333333333");
  t.match(await found(), [/^warning .* holds no number of 32 bits$/]);
});
