/**
 * A rolling update of three nodes, as the manifests of docs/deploy/kubernetes have it done: one node after the other, SIGTERM,
 * a new daemon, and the next node once this one is ready.
 */
import { join } from "node:path";
import t from "tap";
import { ROOT, startVrrpd } from "../lab/daemons/vrrpd.js";
import { statusOf } from "../lab/status.js";
import { advert, createLan, type HostProcess, until } from "../netns/index.js";
import { render } from "./kustomize.js";

const NODES = ["a", "b", "c"] as const;
const VIRTUAL_ROUTER_ID = 11;
const INTERVAL_MICROS = 1_000_000;
/** RFC 9568, section 6.1: less than an interval, whatever the priority is. */
const skewMicrosOf = (priority: number) => ((256 - priority) * INTERVAL_MICROS) / 256;
/** The machine may be busy with something else: of the handovers one has to be in time, and all within an interval more. */
const SLACK_MICROS = 100_000;
const PATIENCE = { timeoutMs: 60_000 };

/** The variables of the base, on the LAN of the test. */
function variables(): Record<string, string> {
  const workload = render(join(ROOT, "docs/deploy/kubernetes/base")).find(
    ({ kind }) => kind === "Deployment",
  );
  const { env } = (
    workload as unknown as {
      spec: { template: { spec: { containers: [{ env: { name: string; value?: string }[] }] } } };
    }
  ).spec.template.spec.containers[0];
  const given = env.flatMap(({ name, value }) =>
    value === undefined || value.includes("$(") ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(given), OPENSHIFT_HA_MONITOR_PORT: "0" };
}

t.test("an update of three nodes leaves the address without a holder for a skew time at most", async (t) => {
  const host = (at: number) => ({ addresses: [`192.0.2.${at}/24`] });
  const lan = await createLan({ interface: "ens3", hosts: { a: host(40), b: host(41), c: host(42) } });
  t.teardown(() => lan.destroy());
  const capture = await lan.capture();
  const env = variables();
  const daemons = new Map<string, HostProcess>();
  const start = (node: string) => daemons.set(node, startVrrpd(lan.host(node), env));
  const instance = async (node: string) => (await statusOf(lan.host(node))).instances[0]!;
  const untilElected = (node: string) =>
    until(async () => ["MASTER", "BACKUP"].includes((await instance(node)).state), {
      what: `${node} to be ready`,
      ...PATIENCE,
    });
  const holders = async () => {
    const states = await Promise.all(
      NODES.map(async (node) => [node, (await instance(node)).state] as const),
    );
    return states.filter(([, state]) => state === "MASTER").map(([node]) => node);
  };
  for (const node of NODES) start(node);
  for (const node of NODES) await untilElected(node);
  await until(async () => (await holders()).length === 1, { what: "one holder", ...PATIENCE });

  const late: number[] = [];
  // The holder first, so that it is one of them at least that gives the address away while others wait.
  for (const node of [(await holders())[0]!, ...NODES]) {
    const wasHolder = (await holders()).includes(node);
    const atMicros = daemons.get(node)!.kill("SIGTERM");
    t.match(await daemons.get(node)!.exited, { code: 0 });
    start(node);
    if (wasHolder) {
      const ours = { virtualRouterId: VIRTUAL_ROUTER_ID };
      const released = { ...ours, from: node, afterMicros: atMicros, priority: 0 };
      const release = await capture.waitFor(advert(released), PATIENCE);
      const first = await until(
        () =>
          capture.adverts({ ...ours, afterMicros: release.atMicros }).find((frame) => frame.from !== node),
        { what: "the next holder", ...PATIENCE },
      );
      late.push(first.atMicros - release.atMicros - skewMicrosOf(first.advert.priority));
    }
    await untilElected(node);
    await until(async () => (await holders()).length === 1, { what: "one holder again", ...PATIENCE });
  }
  const millis = late.map((micros) => Math.round(micros / 1000)).join(", ");
  t.ok(late.length >= 1, `${late.length} handovers, later than the skew time by ${millis} ms`);
  t.ok(Math.min(...late) < SLACK_MICROS, "a skew time, and no more");
  t.ok(Math.max(...late) < INTERVAL_MICROS, "none without a holder for longer than an interval");
});
