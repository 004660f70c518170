import t from "tap";
import { parseCall } from "../../src/cli/commands/index.js";

const called = (text: string) => parseCall(text === "" ? [] : text.split(" "));

t.test("commands and their options", async (t) => {
  for (const [text, name, options, words] of [
    ["--config env", "run", { config: "env" }, []],
    ["status", "status", {}, []],
    ["status -w --json --socket /x", "status", { watch: true, json: true, socket: "/x" }, []],
    ["--socket /x status", "status", { socket: "/x" }, []],
    ["why", "why", {}, []],
    ["why one --json", "why", { json: true }, ["one"]],
    ["peers", "peers", {}, []],
    ["health --ready", "health", { ready: true }, []],
    ["--config env doctor", "doctor", { config: "env" }, []],
    ["cleanup --config=env", "cleanup", { config: "env" }, []],
    ["--config /etc/x.conf -P -i lb1", "run", { config: "/etc/x.conf", "config-id": "lb1", vrrp: true }, []],
    [
      "-i lb1 --config x.conf check --strict",
      "check",
      { config: "x.conf", "config-id": "lb1", strict: true },
      [],
    ],
  ] as const) {
    const call = await called(text);
    t.match(call, { type: "run", name }, text);
    if (call.type !== "run") continue;
    t.strictSame({ ...call.options }, options, text);
    t.strictSame(call.words, words, text);
  }
});

t.test("help: for all, and for each", async (t) => {
  const text = async (line: string) => {
    const call = await called(line);
    return call.type === "print" ? call.text : "";
  };
  const overview = await text("--help");
  t.match(overview, /^vrrpd keeps virtual IP addresses alive/);
  for (const same of ["help", "-h", "--config env --help"]) t.equal(await text(same), overview, same);
  const names = ["check", "doctor", "cleanup", "status", "why", "peers", "health"];
  for (const name of names) {
    t.match(overview, `vrrpd ${name}`);
    const one = await text(`help ${name}`);
    t.match(one, new RegExp(`^vrrpd ${name}.*: .*\\.\n`), name);
    t.match(one, /--help +print this\n\nExit codes:\n {2}0 {2}/, name);
    for (const same of [`${name} --help`, `${name} -h`]) t.equal(await text(same), one, same);
    t.ok(
      one.split("\n").every((line) => line.length <= 120),
      `${name} fits a terminal`,
    );
  }
  t.match(await text("help check-nagios"), /\n {2}2 {2}CRITICAL: .* no daemon answers\n {2}3 {2}UNKNOWN: /);
  for (const name of names.slice(3)) t.match(await text(`help ${name}`), "  3  no daemon answers", name);
  t.strictSame(await called("--version"), { type: "version" });
});

t.test("what makes no sense is refused with exit code 2", async (t) => {
  for (const [text, why] of [
    [
      "stauts",
      "“stauts” is not a command; did you mean status\\? Commands are check, doctor, cleanup, status",
    ],
    ["help chekc", "did you mean check"],
    ["peers now", "“now” is too much for “peers”"],
    ["check vrrp.conf", "“vrrp.conf” is too much for “check”; a file is named with --config FILE"],
    ["why one two", "“two” is too much for “why”"],
    [
      "why --watch",
      "--watch does not belong to “why”, which takes --all, --json, --socket, --help \\(see vrrpd help why",
    ],
    ["run", "is not a command"],
    ["status --color", "--color does not belong to “status”"],
    ["status --socket", "--socket"],
  ] as const) {
    await t.rejects(called(text), { code: "EUSAGE", exitCode: 2, message: new RegExp(why) }, text);
  }
});

t.test("a plugin says what is refused in its own way", async (t) => {
  for (const text of ["check-nagios now", "check-nagios --json", "check-nagios --socket"]) {
    const call = await called(text);
    t.match(call, { type: "print", exitCode: 3, text: /^VRRP UNKNOWN: / }, text);
  }
});

t.test("where the configuration is has to be said", async (t) => {
  for (const [text, why] of [
    ["doctor", "--config env or --config FILE is missing"],
    ["", "--config env or --config FILE is missing"],
    ["check --config=", "--config env or --config FILE is missing"],
    ["check --config env -i lb1", "--config-id is about a keepalived.conf, and --config is env"],
    ["--config env -P", "--vrrp is about a keepalived.conf, and --config is env"],
    ["check --config /etc/ü.conf", "whose name has no character of A-Z a-z 0-9 _ -"],
  ] as const) {
    const call = await called(text);
    if (call.type !== "run") {
      t.fail(text);
      continue;
    }
    const { command, options, words } = call;
    const run = async () => command.run({ options, words, env: {}, version: "0", print: () => 0 });
    await t.rejects(run(), { code: "EUSAGE", exitCode: 2, message: why }, text);
  }
});
