/** `vrrpd status`, asked of a control socket that says what a daemon would. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { parseCall } from "../../src/cli/commands/index.js";
import { openControlSocket } from "../../src/daemon/control/server.js";

const folder = mkdtempSync(join(tmpdir(), "vrrpd-status-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const PROBLEM = { severity: "warning", code: "x", text: "slow", acknowledged: false, instances: ["a"] };
const QUIET = { instances: [{ name: "a", state: "MASTER", reason: "" }], problems: [], warnings: [] };

async function call(socket: string, ...words: string[]): Promise<number> {
  return (await answer(socket, ...words)).code;
}

async function answer(socket: string, ...words: string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const print = (part: string) => {
    text += part;
    return 0 as const;
  };
  const called = await parseCall(["status", "--json", "--socket", socket, ...words]);
  if (called.type !== "run") throw new Error("nothing to run");
  const { command, options, words: rest } = called;
  const code = await command.run({ options, words: rest, env: {}, version: "0", print });
  return { code, text };
}

t.test("--exit-code: 0 nothing, 1 something is wrong, 3 no daemon", async (t) => {
  for (const [what, document, code] of [
    ["nothing", QUIET, 0],
    ["a warning about the configuration", { ...QUIET, warnings: ["an unknown keyword"] }, 0],
    ["a problem", { ...QUIET, problems: [PROBLEM] }, 1],
    ["one that is acknowledged", { ...QUIET, problems: [{ ...PROBLEM, acknowledged: true }] }, 0],
    ["FAULT", { ...QUIET, instances: [{ name: "a", state: "FAULT", reason: "" }] }, 1],
    ["INIT", { ...QUIET, instances: [{ name: "a", state: "INIT", reason: "" }] }, 1],
  ] as const) {
    const path = join(folder, `${what.replaceAll(" ", "-")}.sock`);
    const questions = { status: () => document };
    const server = await openControlSocket(path, {
      ...{ requests: { questions, commands: {} }, group: null, onProblem: () => {} },
    });
    t.equal(await call(path, "--exit-code"), code, what);
    t.equal(await call(path), 0, `${what}, without the option`);
    server.close();
  }
  await t.rejects(call(join(folder, "none.sock"), "--exit-code"), { code: "ENODAEMON" });
  await t.rejects(call(join(folder, "none.sock"), "--exit-code", "--watch"), { code: "EUSAGE" });
});

t.test("status INSTANCE: what concerns it, or the whole node", async (t) => {
  const path = join(folder, "several.sock");
  const instances = ["a", "b", "c"].map((name) => ({ name, state: "MASTER", reason: "" }));
  const problems = [
    PROBLEM,
    { ...PROBLEM, code: "y", instances: [] },
    { ...PROBLEM, code: "z", instances: ["b"] },
  ];
  const server = await openControlSocket(path, {
    ...{ requests: { questions: { status: () => ({ instances, problems }) }, commands: {} } },
    ...{ group: null, onProblem: () => {} },
  });
  t.teardown(() => server.close());
  const { text } = await answer(path, "a", "c");
  t.match(JSON.parse(text), {
    instances: [{ name: "a" }, { name: "c" }],
    problems: [{ code: "x" }, { code: "y" }],
  });
  await t.rejects(call(path, "a", "d"), {
    code: "EINSTANCE",
    message: "there is no instance d; there are: a, b, c",
  });
});
