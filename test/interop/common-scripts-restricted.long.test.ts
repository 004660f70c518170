/**
 * The checks and notify scripts of common-scripts.test.ts once more, under our command and under what keepalived.service
 * forbids, as far as that is to be had without systemd (restrictions.ts): they come to the same.
 */
import t, { type Test } from "tap";
import { createLan } from "../netns/index.js";
import { checksOf, expectedOf, type Surroundings } from "./common-scripts/checks.js";
import { type Outcome, Trial } from "./common-scripts/trial.js";
import { restrictedBy } from "./restrictions.js";

const otherUsers = process.getuid!() === 0 ? {} : { skip: "takes root: no other user is to be had" };
const [OWN, NEIGHBOUR] = ["192.0.2.11", "192.0.2.99"];
/** The issue's own number. */
const LEAST_SCRIPTS = 20;

async function tryOut(t: Test, kind: string, within: readonly string[]): Promise<[number, Outcome]> {
  const lan = await createLan({
    privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
    hosts: { node: { addresses: [`${OWN}/24`] }, neighbour: { addresses: [`${NEIGHBOUR}/24`] } },
  });
  t.teardown(() => lan.destroy());
  const given: Surroundings = {
    running: `hap-${process.pid}${kind}`,
    dead: `ngx-${process.pid}${kind}`,
    pidFile: "/run/haproxy.pid",
    port: 8080,
    closedPort: 8081,
    neighbour: NEIGHBOUR,
    elsewhere: "203.0.113.1",
    own: OWN,
    heldLock: "/run/held.lock",
  };
  const checks = checksOf(given);
  const outcome = await Trial.run("vrrpd", lan.host("node"), checks, given, within);
  const expected = Object.fromEntries(checks.map((check) => [check.name, expectedOf(check, "vrrpd")]));
  t.strictSame(outcome.verdicts, expected, `${kind}: the verdicts`);
  return [checks.length + Object.keys(outcome.before).length, outcome];
}

t.test("common scripts under the restrictions of keepalived.service", otherUsers, async (t) => {
  const [, free] = await tryOut(t, "f", []);
  const [scripts, restricted] = await tryOut(t, "r", restrictedBy("docs/deploy/keepalived.service"));
  t.ok(scripts >= LEAST_SCRIPTS, `${scripts} scripts`);
  t.equal(restricted.priority, free.priority);
  t.equal(restricted.kernel, free.kernel, "what a notify script does to the kernel");
  t.strictSame(restricted.lives, free.lives, "what they leave in the background");
  for (const instance of Object.keys(free.before))
    t.equal(restricted.before[instance]!.length, free.before[instance]!.length, `${instance} told as much`);
});
