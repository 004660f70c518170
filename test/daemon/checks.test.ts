import { createServer } from "node:net";
import t from "tap";
import { parseAddress } from "../../src/base/address.js";
import { Checks } from "../../src/daemon/checks.js";
import { Launchers } from "../../src/host/scripts/launchers.js";
import { host, planOf } from "../config/support.js";

/** A port of the loopback address that nobody listens on. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address!.port : 0));
    });
  });
}

/** Two probes of a closed port of 127.0.0.1. `hasAddress` is asked when a probe has failed, with its number from 1. */
async function twoProbes(hasAddress: (checks: Checks, probe: number) => boolean): Promise<string[]> {
  const planned = planOf(
    {
      OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100",
      OPENSHIFT_HA_MONITOR_PORT: String(await closedPort()),
      OPENSHIFT_HA_CHECK_INTERVAL: "0.1",
    },
    host({ eth0: ["192.0.2.10/24"] }),
  );
  const address = parseAddress("127.0.0.1");
  const checks = [...planned.checks].map(
    ([name, check]) => [name, check.kind === "tcp" ? { ...check, address } : check] as const,
  );
  const plan = { ...planned, checks: new Map(checks) };
  const results: string[] = [];
  let ended = 0;
  await new Promise<void>((resolve) => {
    const checks: Checks = new Checks(plan, {
      launchers: new Launchers(plan.settings.scripts, plan.origins),
      onResult: ({ outcome }) => results.push(outcome),
      onProblem: () => {},
      hasAddress: () => hasAddress(checks, ended),
      onEnded: () => {
        ended += 1;
        // The result follows the end of its probe.
        if (ended === 2) setImmediate(() => void checks.stop().then(resolve));
      },
    });
  });
  return results;
}

t.test("a probe that fails counts", async (t) => {
  t.strictSame(await twoProbes(() => true), ["fail", "fail"]);
});

t.test("one whose address is away says nothing", async (t) => {
  t.strictSame(await twoProbes(() => false), []);
});

t.test("nor does one whose address went and came back meanwhile; the next one counts", async (t) => {
  const moved = (text: string) => (checks: Checks, probe: number) => {
    if (probe === 1) checks.addressMoved(text);
    return true;
  };
  t.strictSame(await twoProbes(moved("127.0.0.1")), ["fail"]);
  t.strictSame(await twoProbes(moved("192.0.2.10")), ["fail", "fail"], "another address is nothing to it");
});
