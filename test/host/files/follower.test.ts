/** What stands at a path, whatever is done to it and to the way that leads there. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { numberIn } from "../../../src/host/checks/file.js";
import { Follower } from "../../../src/host/files/follower.js";
import { placesOf } from "../../../src/host/files/places.js";
import { until } from "../../netns/until.js";

interface Followed {
  readonly folder: string;
  /** Waits until this is what stands there: a text, or an errno's name. */
  is(content: string): Promise<void>;
  readonly looks: () => number;
}

function follow(t: Test, name: string, prepare: (folder: string) => void = () => {}): Followed {
  const folder = mkdtempSync(join(tmpdir(), "follower-"));
  prepare(folder);
  let [last, looks] = ["not looked at", 0];
  const unwatched: string[] = [];
  const follower = new Follower({
    path: join(folder, name),
    mostBytes: 8,
    intervalMillis: 100_000,
    onContent: (content) => {
      last = "text" in content ? content.text : content.code;
      looks += 1;
    },
    onUnwatched: (why) => unwatched.push(why),
    onHang: () => unwatched.push("it hangs"),
  });
  t.teardown(() => {
    follower.close();
    rmSync(folder, { recursive: true });
  });
  const is = async (content: string): Promise<void> => {
    await until(() => last === content, { what: `“${content}”`, timeoutMs: 20_000 });
    t.same([last, ...unwatched], [content]);
  };
  return { folder, is, looks: () => looks };
}

t.test("a file that comes, is written, replaced, moved away and removed", async (t) => {
  const { folder, is } = follow(t, "file");
  const path = join(folder, "file");
  await is("ENOENT");
  writeFileSync(path, "1\n");
  await is("1\n");
  writeFileSync(join(folder, "new"), "2\n");
  renameSync(join(folder, "new"), path);
  await is("2\n");
  renameSync(path, join(folder, "away"));
  await is("ENOENT");
  symlinkSync("away", path);
  await is("2\n");
  writeFileSync(join(folder, "away"), "3\n");
  await is("3\n");
  unlinkSync(path);
  await is("ENOENT");
  mkdirSync(path);
  await is("EISDIR");
});

t.test("no more than the beginning of it, and no waiting for a FIFO", async (t) => {
  const { folder, is } = follow(t, "file", (folder) =>
    writeFileSync(join(folder, "file"), Buffer.alloc(5e6, "7")),
  );
  await is("77777777");
  execFileSync("mkfifo", [join(folder, "fifo")]);
  renameSync(join(folder, "fifo"), join(folder, "file"));
  await is("");
});

t.test("folders that are made, moved and made again", async (t) => {
  const { folder, is } = follow(t, "one/two/file");
  await is("ENOENT");
  mkdirSync(join(folder, "one"));
  mkdirSync(join(folder, "one/two"));
  writeFileSync(join(folder, "one/two/file"), "1");
  await is("1");
  renameSync(join(folder, "one"), join(folder, "other"));
  await is("ENOENT");
  mkdirSync(join(folder, "one/two"), { recursive: true });
  writeFileSync(join(folder, "other/two/file"), "2");
  writeFileSync(join(folder, "one/two/file"), "3");
  await is("3");
  rmSync(join(folder, "one"), { recursive: true });
  await is("ENOENT");
});

/** As the kubelet does it. */
t.test("a ConfigMap whose folder is exchanged", async (t) => {
  const version = (folder: string, name: string, value: string) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "value"), value);
    symlinkSync(name, join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  const { folder, is } = follow(t, "value", (folder) => {
    version(folder, "..2026_01", "1");
    symlinkSync("..data/value", join(folder, "value"));
  });
  await is("1");
  version(folder, "..2026_02", "2");
  rmSync(join(folder, "..2026_01"), { recursive: true });
  await is("2");
  version(folder, "..2026_03", "3");
  await is("3");
});

t.test("what goes on beside the way brings about no look", async (t) => {
  const { folder, is, looks } = follow(t, "file", (folder) => writeFileSync(join(folder, "file"), "1"));
  await is("1");
  const before = looks();
  for (let index = 0; index < 2_000; index += 1) writeFileSync(join(folder, `beside${index % 7}`), "");
  writeFileSync(join(folder, "file"), "2");
  await is("2");
  t.ok(looks() - before <= 3, `${looks() - before} looks`);
});

t.test("where the kernel does not tell of one, it is looked at again and again", async (t) => {
  const followers: Follower[] = [];
  t.teardown(() => {
    for (const follower of followers) follower.close();
  });
  const folder = mkdtempSync(join(tmpdir(), "follower-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file");
  const unwatched: string[] = [];
  let last = "";
  for (let index = 0; index < 40; index += 1)
    followers.push(
      new Follower({
        path,
        mostBytes: 8,
        intervalMillis: 20,
        onContent: (content) => {
          if (index === 39) last = "text" in content ? content.text : content.code;
        },
        onUnwatched: (why) => unwatched.push(why),
        onHang: () => {},
      }),
    );
  t.ok(unwatched.length >= 8);
  writeFileSync(path, "1");
  await until(() => last === "1", { what: "the look", timeoutMs: 20_000 });
});

t.test("the way of a path: each name in its folder, links followed, loops ended", async (t) => {
  const links: Record<string, string> = { "/a/link": "../b/./c", "/b": "/real", "/loop": "loop" };
  const read = async (path: string) =>
    path === "/real/c" ? { code: "ENOENT" } : { target: links[path] ?? null };
  const way = async (path: string) =>
    (await placesOf(path, read)).map(({ folder, name }) => `${folder} ${name}`);
  t.same(await way("/a//link/x"), ["/ a", "/a link", "/ b", "/ real", "/real c"]);
  t.same(await way("/a/../z/"), ["/ a", "/ z"]);
  t.ok((await way("/loop")).length <= 41);
});

t.test("numbers as strtol reads them, within 32 bits", async (t) => {
  const numbers: readonly (readonly [string, number | null])[] = [
    ["", 0],
    ["\n", 0],
    ["none", 0],
    ["-", 0],
    ["12\n", 12],
    [" \t\v\f\r+12x", 12],
    ["-3.9", -3],
    ["0x1F", 31],
    ["0x", 0],
    ["-0x10", -16],
    ["017", 15],
    ["089", 0],
    ["1e3", 1],
    ["2147483648", 2147483648],
    ["2147483649", null],
    ["-2147483648", -2147483648],
    ["-2147483649", null],
    ["99999999999999999999999", null],
    ["\0" + "5", 0],
    ["5\0" + "6", 5],
    ["٣", 0],
  ];
  t.same(
    numbers.map(([text]) => numberIn(text)),
    numbers.map(([, number]) => number),
  );
});
