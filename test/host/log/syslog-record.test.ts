/** What one line is in syslog. That Keepalived's is the same: test/interop/syslog.test.ts. */
import t from "tap";
import type { Facts } from "../../../src/base/log-line.js";
import { MAX_RECORD_BYTES, syslogRecord } from "../../../src/host/log/syslog-record.js";

const IDENTITY = { facility: 3, ident: "Keepalived_vrrp", pid: 42 };
const HEAD = "<30>Nov  5 03:04:09 Keepalived_vrrp[42]: ";
const LOCAL = new Date(2026, 10, 5, 3, 4, 9).toISOString();
const ENTERING = "(VI_1) Entering MASTER STATE";

function record(msg: string, facts: Facts = {}, level = "info", identity = IDENTITY): string {
  return syslogRecord(`${JSON.stringify({ level, time: LOCAL, ...facts, msg })}\n`, identity);
}

t.test("facility and level make the number in front", async (t) => {
  const priorities = { trace: 31, debug: 31, info: 30, warn: 28, error: 27, fatal: 26 };
  for (const [level, number] of Object.entries(priorities))
    t.equal(record("x", {}, level), `<${number}>${HEAD.slice(4)}x`);
  t.match(record("x", {}, "info", { ...IDENTITY, facility: 23 }), /^<190>/);
  t.match(record("x", {}, "fatal", { ...IDENTITY, facility: 0 }), /^<2>/);
});

t.test("the time is local", async (t) => {
  const before = process.env.TZ;
  t.teardown(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });
  const line = JSON.stringify({ level: "info", time: "2026-12-31T23:59:58.999Z", msg: "x" });
  const times = {
    UTC: "Dec 31 23:59:58",
    "Asia/Kolkata": "Jan  1 05:29:58",
    "America/New_York": "Dec 31 18:59:58",
  };
  for (const [zone, time] of Object.entries(times)) {
    process.env.TZ = zone;
    t.equal(syslogRecord(line, IDENTITY), `<30>${time} Keepalived_vrrp[42]: x`, zone);
  }
});

t.test("behind the message come the facts that it does not say", async (t) => {
  t.equal(
    record(ENTERING, {
      ...{ code: "no-master", instance: "VI_1", from: "BACKUP", to: "MASTER" },
      ...{ cause: "no master was heard for 3.609 s", priority: 100, rival: null, text: "", preempts: false },
    }),
    `${HEAD}${ENTERING} code=no-master from=BACKUP cause="no master was heard for 3.609 s" priority=100 preempts=false`,
  );
  t.equal(
    record("(VI_1) 192.0.2.1/24 was removed from ens3", { addresses: ["192.0.2.1/24"], interface: "ens3" }),
    `${HEAD}(VI_1) 192.0.2.1/24 was removed from ens3`,
  );
  t.equal(record("x", { addresses: ["192.0.2.1/24", "a=b"] }), `${HEAD}x addresses="192.0.2.1/24, a=b"`);
  t.equal(record("x", { detail: 'say "no"' }), `${HEAD}x detail="say \\"no\\""`);
  t.equal(
    record("10 of 10", { count: 10 }),
    `${HEAD}10 of 10 count=10`,
    "a number may stand there by chance",
  );
  t.equal(
    record("VI_10 leaves", { instance: "VI_1" }),
    `${HEAD}VI_10 leaves instance=VI_1`,
    "a part of a word",
  );
});

t.test("a record is one line, whatever is in it", async (t) => {
  const hostile = "a\nb\r\u0000\u001b[2J\u2028\u202e\t";
  const text = record(hostile, { stack: `Error: x\n    at y ${hostile}`, lines: [hostile] });
  t.notMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  t.match(text, "a\\u000ab");
});

t.test("a long record is cut between two characters, the header and the message last", async (t) => {
  for (const letter of ["x", "ä", "€", "😀"]) {
    for (let offset = 0; offset < 4; offset++) {
      const text = record(`${"-".repeat(offset)}${letter.repeat(2000)}`, { fact: "gone" });
      const bytes = Buffer.byteLength(text);
      t.ok(bytes <= MAX_RECORD_BYTES && bytes > MAX_RECORD_BYTES - 4, `${bytes} bytes`);
      t.match(text, new RegExp(`^<30>.*: -{${offset}}(${letter})+\\.\\.\\.$`, "u"));
    }
  }
  const whole = "x".repeat(MAX_RECORD_BYTES - HEAD.length);
  t.equal(record(whole), HEAD + whole, "what fits is not cut");
  t.match(record(ENTERING, { stack: "y".repeat(5000) }), `${HEAD}${ENTERING} stack=yyy`);
});
