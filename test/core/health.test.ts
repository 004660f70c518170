import t from "tap";
import type { CheckConfig } from "../../src/core/config.js";
import type { CheckOutcome } from "../../src/core/input.js";
import { Check } from "../../src/core/router/check.js";
import { checkConfig, coreConfig, faultTracks } from "./configurations.js";
import { Scenario } from "./scenario.js";

/** The verdicts after each of the outcomes, p(ass), f(ail), t(imeout), d(isabled). */
function verdicts(outcomes: string, config: Partial<CheckConfig> = {}): string[] {
  const names: Record<string, CheckOutcome> = { p: "pass", f: "fail", t: "timeout", d: "disabled" };
  const check = new Check(checkConfig(config));
  return [...outcomes].map((letter) => {
    check.report(0, names[letter]!, "");
    return check.verdict;
  });
}

function checked(config: Partial<CheckConfig> = {}): Scenario {
  return Scenario.started(coreConfig([{ tracks: faultTracks("probe") }], { checks: [checkConfig(config)] }));
}

t.test("the first result decides, whatever rise and fall are", async (t) => {
  t.same(verdicts("p", { rise: 3, fall: 3 }), ["passing"]);
  t.same(verdicts("f", { rise: 3, fall: 3 }), ["failing"]);
  t.same(verdicts("t", { rise: 3, fall: 3 }), ["failing"]);
});

t.test("then rise and fall in a row turn it, and one that agrees begins the row anew", async (t) => {
  t.same(
    verdicts("pffpfff", { fall: 3 })
      .map((verdict) => verdict[0])
      .join(""),
    "ppppppf",
  );
  t.same(
    verdicts("fppfpp", { rise: 2 })
      .map((verdict) => verdict[0])
      .join(""),
    "ffpffp",
  );
});

t.test("advisory until it has passed once", async (t) => {
  t.same(verdicts("ftpf", { advisoryUntilFirstPass: true }), ["advisory", "advisory", "passing", "failing"]);
});

t.test("a check that cannot run is left out", async (t) => {
  t.same(verdicts("d"), ["disabled"]);
  const scenario = checked();
  scenario.check("disabled", "no such file");
  t.equal(scenario.state, "BACKUP");
});

t.test("the first failure takes INIT to FAULT, a success FAULT to BACKUP", async (t) => {
  const scenario = checked();
  t.equal(scenario.state, "INIT");
  scenario.check("fail");
  t.equal(scenario.state, "FAULT");
  t.equal(scenario.status().reason, "check probe failed: connection refused");
  scenario.check("pass", "connected");
  t.equal(scenario.state, "BACKUP");
});

t.test("an advisory failure is a warning once a minute, never a fault", async (t) => {
  const scenario = checked({ advisoryUntilFirstPass: true });
  for (let second = 0; second < 120; second += 2) {
    scenario.until(second);
    scenario.check("fail");
  }
  t.equal(scenario.state, "MASTER");
  const lines = scenario.take("warn check-advisory");
  t.equal(lines.length, 2);
  t.match(lines[0], /has not passed since the start/);
});

t.test("a check that flaps within one wake-up: released, then the whole election anew", async (t) => {
  const scenario = checked();
  scenario.check("pass");
  scenario.until(5);
  scenario.slowKernel = true;
  scenario.take();
  scenario.check("fail");
  scenario.check("pass");
  scenario.answer();
  t.same(scenario.take("release", "remove", "FAULT", "BACKUP", "add"), [
    "5.000 release",
    "5.000 release",
    "5.000 remove 192.0.2.10/32",
    "5.000 FAULT: check probe failed: connection refused",
    "5.000 BACKUP: recovered from “check probe failed: connection refused”",
  ]);
  t.equal(scenario.status().virtualAddresses[0]?.presence, "absent");
  scenario.slowKernel = false;
  scenario.advance(4);
  t.same(scenario.take("add", "announce")[0], "8.609 add 192.0.2.10/32");
});

t.test("two checks: both must pass", async (t) => {
  const checks = [checkConfig(), checkConfig({ name: "script" })];
  const scenario = Scenario.started(coreConfig([{ tracks: faultTracks("probe", "script") }], { checks }));
  scenario.check("pass");
  t.equal(scenario.state, "INIT");
  scenario.check("fail", "exit 1", "script");
  t.equal(scenario.state, "FAULT");
  scenario.check("pass", "exit 0", "script");
  t.equal(scenario.state, "BACKUP");
});

t.test("a result of a check that nobody has is ignored", async (t) => {
  const scenario = Scenario.started();
  scenario.check("fail", "", "unheard-of");
  t.equal(scenario.state, "BACKUP");
});
