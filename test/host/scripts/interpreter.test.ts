import { mkdirSync } from "node:fs";
import t from "tap";
import { Launcher } from "../../../src/host/scripts/launcher.js";
import { ScriptFolder } from "./script-folder.js";

const ENVIRONMENT = ["PATH=/usr/bin:/bin"];
const launcher = new Launcher({ environment: ENVIRONMENT, identity: null, security: false });

/** First lines that lead nowhere, and what is said of them. */
const BROKEN: readonly (readonly [first: string, said: RegExp])[] = [
  ["#!/bin/bash\r", /names the interpreter "\/bin\/bash\\r", which is missing; the line ends with CR LF/],
  ["#! \t/bin/sh\r", /"\/bin\/sh\\r", which is missing; the line ends with CR LF/],
  ["#!/usr/bin/env bash\r", /asks env for "bash\\r", which is not there; the line ends with CR LF/],
  ["#!/usr/bin/env nothere", /asks env for "nothere", which is not there$/],
  ["#!/usr/bin/env -S nothere -x", /asks env for "nothere"/],
  ["#!/usr/bin/env sh -e", /asks env for "sh -e".*env -S splits it/],
  ["#!nothere", /names the interpreter "nothere", which is missing/],
  ["#!/nowhere/interpreter -x", /"\/nowhere\/interpreter", which is missing$/],
  ["#!/tmp", /"\/tmp", which is not a file/],
  ["#!/etc/passwd", /"\/etc\/passwd", which is not executable/],
  ["#!\r", /"\\r", which is missing; the line ends with CR LF/],
];

const SOUND: readonly string[] = [
  "#!/bin/sh",
  "#! /bin/sh -e",
  "#!/usr/bin/env sh",
  "#!/usr/bin/env -S sh -e",
  "#!bin/sh",
  "#!",
  "#! \t",
  "",
  "echo",
];

t.test("a first line that leads nowhere is named, and the kernel does not start it either", async (t) => {
  const folder = new ScriptFolder(t);
  for (const [index, [first, said]] of BROKEN.entries()) {
    const file = folder.write(`broken${index}`, `${first}\nexit 0\n`);
    const { problem } = await launcher.examine([file]);
    t.match(problem, said, JSON.stringify(first));
    t.ok(problem?.startsWith(`${file} cannot be run: `));
    const result = await launcher.run({
      command: [file],
      timeoutMillis: 60_000,
      ends: "group",
      tailBytes: null,
    }).result;
    t.notMatch(result, { type: "exited", exitCode: 0 }, JSON.stringify(first));
  }
});

t.test("one that leads somewhere is not, and the kernel starts it", async (t) => {
  const folder = new ScriptFolder(t);
  for (const [index, first] of SOUND.entries()) {
    const file = folder.write(`sound${index}`, `${first}\nexit 0\n`);
    t.equal((await launcher.examine([file])).problem, null, JSON.stringify(first));
    const result = await launcher.run({
      command: [file],
      timeoutMillis: 60_000,
      ends: "group",
      tailBytes: null,
    }).result;
    t.match(result, { type: "exited", exitCode: 0 }, JSON.stringify(first));
  }
});

t.test("an interpreter may be a script, whose first line counts as well", async (t) => {
  const folder = new ScriptFolder(t);
  const broken = folder.write("interpreter", "#!/nowhere/interpreter\n");
  const file = folder.write("script", `#!${broken}\n`);
  t.match(
    (await launcher.examine([file])).problem,
    /interpreter", which cannot be run: .*"\/nowhere\/interpreter", which is missing/,
  );
});

t.test("a bare name is looked for in PATH, anew for each run", async (t) => {
  const folder = new ScriptFolder(t);
  mkdirSync(folder.file("empty"));
  const mine = new Launcher({
    environment: [`PATH=relative::${folder.file("empty")}:${folder.path}:/usr/bin:/bin`],
    identity: null,
    security: false,
  });
  const start = () =>
    mine.run({ command: ["vrrpd-test-program", "x"], timeoutMillis: 60_000, ends: "group", tailBytes: 64 })
      .result;
  t.match((await mine.examine(["vrrpd-test-program"])).problem, "vrrpd-test-program is not in PATH");
  t.match(await start(), { type: "refused", why: "vrrpd-test-program is not in PATH" });
  folder.shell("vrrpd-test-program", 'echo "$0 $1"');
  t.equal((await mine.examine(["vrrpd-test-program"])).problem, null);
  t.match(await start(), { type: "exited", output: { tail: `${folder.file("vrrpd-test-program")} x\n` } });
});
