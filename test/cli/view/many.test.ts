/** 255 instances on one screen of 80 × 24, the prompt included. */
import t, { type Test } from "tap";
import { paintFor } from "../../../src/cli/view/paint.js";
import { statusView } from "../../../src/cli/view/status-view.js";
import { summaryView } from "../../../src/cli/view/summary-view.js";
import { timelineView } from "../../../src/cli/view/timeline-view.js";
import type {
  InstanceDocument,
  ProblemDocument,
  StatusDocument,
  TransitionDocument,
} from "../../../src/daemon/status/types.js";

const view = { width: 80, paint: paintFor(false, {}) };
const AT = "2026-01-02T00:10:00.000Z";

function instance(name: string, state: InstanceDocument["state"], more: object = {}): InstanceDocument {
  return {
    ...{
      name,
      state,
      interface: "ens3",
      priority: 100,
      basePriority: 100,
      reason: "it has the higher priority",
    },
    ...{ master: null, since: AT, next: [], yielded: null, transitions: [], virtualAddresses: [] },
    ...more,
  } as unknown as InstanceDocument;
}

function status(instances: readonly InstanceDocument[], problems: readonly Partial<ProblemDocument>[] = []) {
  const whole = problems.map((one) => ({
    ...{ severity: "error", acknowledged: false, instances: [], action: "Look at the cable", ...one },
  }));
  return {
    ...{ version: "1", name: "ipfailover", host: "node-a", startedAt: AT, at: AT, interface: "ens3" },
    ...{ advertsLeaveThrough: "raw-socket", warnings: [], instances, problems: whole, yields: [] },
  } as unknown as StatusDocument;
}

/** 3 in FAULT, 128 master, 124 backup behind two masters. */
const MANY = Array.from({ length: 255 }, (_, at) => {
  const name = `ipfailover_VIP_${at + 1}`;
  if (at < 3) return instance(name, "FAULT");
  if (at < 131) return instance(name, "MASTER");
  return instance(name, "BACKUP", { master: { address: `192.0.2.${at % 3 === 0 ? 4 : 5}`, priority: 200 } });
});

const fits = (t: Test, text: string) => {
  const lines = text.split("\n");
  t.ok(lines.length <= 23, `${lines.length} lines`);
  for (const line of lines) t.ok(line.length <= 80, line);
};

t.test("status: problems first, then groups by state and master", async (t) => {
  const text = summaryView(status(MANY, [{ text: "no carrier", instances: ["ipfailover_VIP_1"] }]), view);
  fits(t, text);
  t.match(
    text,
    /\n\nerror {4}ipfailover_VIP_1: no carrier\n {9}to do: Look at the cable\n\nSTATE +INSTANCES/,
  );
  t.match(text, /\nFAULT +3 +- +ipfailover_VIP_1 and 2 more\n/);
  t.match(
    text,
    /\nMASTER +128 +this node +.*\nBACKUP +83 +192\.0\.2\.5 \(200\) .*\nBACKUP +41 +192\.0\.2\.4/,
  );
  t.match(text, /vrrpd status INSTANCE; all of them: vrrpd status --all$/);
  t.match(summaryView(status(MANY), view), "\n\nNothing is wrong.\n\nSTATE");
});

t.test("status: more problems than there is room for are counted, the first is told", async (t) => {
  const problems = Array.from({ length: 30 }, (_, at) => ({
    text: `problem ${at} of some length `.repeat(4),
  }));
  const text = summaryView(status(MANY, problems), view);
  fits(t, text);
  t.match(text, /error {4}problem 0 .*problem 0 /);
  t.match(text, /\n {9}and 2\d more: vrrpd status --all\n\nSTATE/);
  const endless = summaryView(status(MANY, [{ text: "word ".repeat(2_000) }, { text: "another" }]), view);
  fits(t, endless);
  t.match(endless, "and 1 more: vrrpd status --all");
});

t.test("status: many masters, long names and addresses", async (t) => {
  const address = (at: number) => `2001:db8:1111:2222:3333:4444:5555:${at}`;
  const odd = MANY.map((_, at) =>
    instance(`${"long-name-".repeat(6)}${at}`, "BACKUP", { master: { address: address(at), priority: 200 } }),
  );
  const text = summaryView(status(odd), view);
  fits(t, text);
  t.match(text, /248 instances in 248 more groups/);
});

t.test("status: a name is not broken where the others can give way", async (t) => {
  const name = "customer_vlan_2101_v4";
  const address = { address: "192.0.2.101/32", interface: "ens3", present: true, expected: true, own: false };
  const one = instance(name, "BACKUP", {
    ...{ master: { address: "192.0.2.40", priority: 200 }, virtualAddresses: [address] },
    reason: "192.0.2.40 has the higher priority 200",
  });
  const text = statusView(status([one]), view);
  t.match(text, new RegExp(`^${name} +BACKUP`, "m"));
  for (const line of text.split("\n")) t.ok(line.length <= 80, line);
});

t.test("why: one timeline, what happened together in one row", async (t) => {
  const change = (at: string, cause: string, to = "MASTER") =>
    ({ at, from: "BACKUP", to, cause, facts: {} }) as unknown as TransitionDocument;
  const lost = "192.0.2.5 fell silent";
  const told = MANY.map((one, at) => ({
    ...one,
    transitions: [
      ...(at === 7 ? [change("2026-01-01T10:00:00.000Z", "its check failed", "FAULT")] : []),
      change(`2026-01-02T00:00:00.${`${at}`.padStart(3, "0")}Z`, lost),
    ],
  }));
  const text = timelineView(status(told), view);
  fits(t, text);
  t.match(text, /^WHEN \(UTC\) +INSTANCE +CHANGE +CAUSE\n2026-01-01/);
  t.match(text, /its check failed\n(.*\n)?00:00:00\.000 +ipfailover_VIP_1 .*\n +and 254 more/);
  const busy = MANY.map((one, at) => ({
    ...one,
    transitions: [change(new Date(Date.parse(AT) - at * 2000).toISOString(), lost)],
  }));
  fits(t, timelineView(status(busy), view));
  t.match(timelineView(status(busy), view), /^2\d\d earlier\n/);
  t.match(timelineView(status(MANY), view), /^no transition yet\n/);
});
