import t from "tap";
import { parseCommand } from "../../src/cli/arguments.js";

t.test("commands and their options", async (t) => {
  const parsed = (text: string) => parseCommand(text.split(" "));
  t.strictSame(parsed("--config env"), { name: "run" });
  t.strictSame(parsed("status"), { name: "status", json: false, socket: null, watch: false });
  t.strictSame(parsed("status -w --json --socket /x"), {
    name: "status",
    json: true,
    socket: "/x",
    watch: true,
  });
  t.strictSame(parsed("why"), { name: "why", json: false, socket: null, instance: null });
  t.strictSame(parsed("why one --json"), { name: "why", json: true, socket: null, instance: "one" });
  t.strictSame(parsed("peers"), { name: "peers", json: false, socket: null });
  t.strictSame(parsed("health --ready"), { name: "health", ready: true, socket: null });
  t.strictSame(parsed("doctor --config env"), { name: "doctor", json: false });
});

t.test("what makes no sense is refused with exit code 2", async (t) => {
  for (const [text, why] of [
    ["serve", "is not a command; commands are check, doctor, status, why, peers, health, cleanup"],
    ["status now", "“now” is too much for “status”"],
    ["why one two", "is too much for “why”"],
    ["why --watch", "--watch does not belong to “why”"],
    ["doctor", "--config env is missing"],
    ["run", "is not a command"],
    ["status --color", "Unknown option"],
  ] as const) {
    t.throws(() => parseCommand(text.split(" ")), { code: "EUSAGE", exitCode: 2, message: new RegExp(why) });
  }
});
