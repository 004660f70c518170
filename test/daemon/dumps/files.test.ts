/** Dumps as files: whole or not at all, in a folder in which anybody may have laid something. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import t, { type Test } from "tap";
import { Dumps, dumpFolder } from "../../../src/daemon/dumps/dumps.js";
import type { DumpSource } from "../../../src/daemon/dumps/source.js";
import { instanceText, sourceOf } from "../../interop/keepalived-dumps/source.js";

const TEXT = ["A", "B", "C"].map((name, index) => instanceText(name, index + 1)).join("");

interface Setting {
  readonly dumps: Dumps;
  readonly folder: string;
  readonly problems: string[];
  readonly asked: () => number;
}

async function setUp(t: Test, change: (source: DumpSource) => DumpSource = (same) => same): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), "vrrpd-dumps-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const problems: string[] = [];
  let asked = 0;
  const dumps = new Dumps({
    folder,
    source: () => {
      asked += 1;
      return change(sourceOf(TEXT));
    },
    onProblem: (sentence) => problems.push(sentence),
  });
  return { dumps, folder, problems, asked: () => asked };
}

t.test("three files, each for its owner alone, and nothing beside them", async (t) => {
  const { dumps, folder, problems } = await setUp(t);
  for (const kind of ["data", "stats", "json"] as const) dumps.write(kind);
  await dumps.idle();
  t.strictSame(readdirSync(folder).sort(), ["keepalived.data", "keepalived.json", "keepalived.stats"]);
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode, 0o100600);
  t.match(
    readFileSync(join(folder, "keepalived.data"), "utf8"),
    /VRRP Instance = C[\s\S]*Interfaces >------\n/,
  );
  t.strictSame(problems, []);
});

t.test("a link in its place is replaced, and what it leads to stays as it was", async (t) => {
  const { dumps, folder, problems } = await setUp(t);
  const victim = join(folder, "victim");
  writeFileSync(victim, "precious");
  symlinkSync(victim, join(folder, "keepalived.data"));
  symlinkSync(join(folder, "nowhere"), join(folder, "keepalived.stats"));
  for (const kind of ["data", "stats"] as const) dumps.write(kind);
  await dumps.idle();
  t.equal(readFileSync(victim, "utf8"), "precious");
  t.strictSame(readdirSync(folder).sort(), ["keepalived.data", "keepalived.stats", "victim"]);
  t.ok(statSync(join(folder, "keepalived.data")).size > 1000);
  t.strictSame(problems, []);
});

t.test("a file that others have open is not written to: they keep the one of before", async (t) => {
  const { dumps, folder } = await setUp(t);
  const path = join(folder, "keepalived.json");
  writeFileSync(path, "of somebody else");
  const { ino } = statSync(path);
  dumps.write("json");
  await dumps.idle();
  t.not(statSync(path).ino, ino);
  t.equal(JSON.parse(readFileSync(path, "utf8")).length, 3);
});

t.test("what fails is a sentence, and leaves nothing behind", async (t) => {
  const { dumps, folder, problems } = await setUp(t);
  mkdirSync(join(folder, "keepalived.data"));
  dumps.write("data");
  await dumps.idle();
  t.strictSame(problems, [`${folder}/keepalived.data could not be written: EISDIR`]);
  t.strictSame(readdirSync(folder), ["keepalived.data"]);
  const broken = await setUp(t, (source) => ({
    ...source,
    get interfaces(): never {
      throw new Error("no interfaces");
    },
  }));
  broken.dumps.write("data");
  broken.dumps.write("stats");
  await broken.dumps.idle();
  t.strictSame(broken.problems, [`${broken.folder}/keepalived.data could not be written: no interfaces`]);
  t.strictSame(readdirSync(broken.folder), ["keepalived.stats"]);
});

t.test("asked for many times while one is written, it is written once more, with what is new", async (t) => {
  const { dumps, asked } = await setUp(t);
  dumps.write("data");
  for (let times = 0; times < 50; times++) {
    dumps.write("data");
    await nextTurn();
    if (times === 0) dumps.write("data");
  }
  await dumps.idle();
  t.ok(asked() >= 2);
  const before = asked();
  dumps.write("data");
  for (let times = 0; times < 50; times++) dumps.write("data");
  await dumps.idle();
  t.equal(asked(), before + 2);
});

t.test("it is rendered in turns of the loop, and others have their turns between", async (t) => {
  let turns = 0;
  let rendered = 0;
  const { dumps } = await setUp(t, (source) => ({
    ...source,
    instances: (function* () {
      for (const one of source.instances) {
        // Longer than a slice.
        const end = performance.now() + 2;
        while (performance.now() < end);
        rendered += 1;
        yield one;
      }
    })(),
  }));
  dumps.write("data");
  while (rendered < 3) {
    turns += 1;
    await nextTurn();
  }
  t.ok(turns >= 3);
  await dumps.idle();
});

t.test("after its end nothing is begun", async (t) => {
  const { dumps, folder } = await setUp(t);
  dumps.write("data");
  dumps.write("stats");
  await dumps.close();
  dumps.write("json");
  await dumps.idle();
  t.strictSame(readdirSync(folder), ["keepalived.data"]);
});

t.test("the folder is /tmp, or TMPDIR where that is a whole path", async (t) => {
  t.strictSame([undefined, "", "here", "/run/x"].map(dumpFolder), ["/tmp", "/tmp", "/tmp", "/run/x"]);
});
