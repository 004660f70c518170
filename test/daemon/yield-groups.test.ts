/** What is said and done when a member of a sync group is told to resume. */
import t from "tap";
import { routerId } from "../../src/core/identity.js";
import { YieldRequests } from "../../src/daemon/yield-requests.js";
import { coreConfig } from "../core/configurations.js";
import { Scenario } from "../core/scenario.js";

const ROUTERS = ["a", "b", "c"].map((name, at) => ({
  ...{ name, virtualRouterId: at + 1 },
  virtualAddresses: [`192.0.2.${10 + at}`],
}));
const GROUP = { name: "G", members: [1, 2].map((id) => routerId("eth0", "ipv4", id)), notify: [] };
const TERMS = { forSeconds: null, force: false, persist: false };

for (const [what, yielded, resumed, again, still] of [
  ["the node yields, a member resumes", null, ["a"], "ab", "c"],
  ["a member yields, the other resumes", ["a"], ["b"], "ab", ""],
  ["a member and another yield, the member resumes", ["b", "c"], ["b"], "ab", "c"],
  ["the node yields, one outside resumes", null, ["c"], "c", "ab"],
] as const) {
  t.test(what, async (t) => {
    const scenario = Scenario.master(coreConfig(ROUTERS, { groups: [GROUP] }));
    const requests = new YieldRequests({
      core: () => scenario.core,
      input: (input) => scenario.send(input),
      socketPath: "/nowhere/unit-test.sock",
      onProblem: (sentence) => t.fail(sentence),
    });
    await requests.yield({ ...TERMS, instances: yielded });
    const outcome = await requests.resume({ instances: resumed });
    if ("error" in outcome) throw new Error(outcome.error);
    t.equal(namesOf(outcome.instances.filter(({ hadYielded }) => hadYielded)), again);
    t.equal(namesOf(scenario.core.status().routers.filter((one) => one.yielded !== null)), still);
  });
}

function namesOf(all: readonly { readonly name: string }[]): string {
  return all.map(({ name }) => name).join("");
}
