/** The instances that the original image derives from an environment, and the ones that we plan. */
import t, { type Test } from "tap";
import { parseAddress } from "../../src/base/address.js";
import { plan } from "../../src/config/index.js";
import type { VirtualRouterConfig } from "../../src/core/config.js";
import vectors from "./ipfailover-vectors.json" with { type: "json" };
import { FIRST_LOOK, host, intentOf, type OneInterface, onOneInterface } from "./support.js";

interface Vector {
  readonly id: string;
  readonly node: { readonly iface: string; readonly addr: string };
  readonly env: Readonly<Record<string, string>>;
  readonly expect: {
    readonly global: { readonly router_id: string };
    readonly check: { readonly script: string; readonly interval_s: number };
    readonly instances: readonly Instance[];
  };
}

interface Instance {
  readonly name: string;
  readonly interface: string;
  readonly virtual_router_id: number;
  readonly preempt: string;
  readonly auth_pass: string;
  readonly notify: string | null;
  readonly vips: readonly string[];
  readonly unicast_peers: readonly string[];
  /** A range where the original adds a random number. */
  readonly priority: number | { readonly from: number; readonly to: number };
}

t.equal(vectors.length, 13);

for (const vector of vectors as unknown as readonly Vector[]) {
  t.test(vector.id, (t) => {
    const intent = intentOf(vector.env);
    const facts = host({ lo: ["127.0.0.1/8"], [vector.node.iface]: [vector.node.addr] });
    const planned = onOneInterface(plan(intent, facts, FIRST_LOOK));
    const node = vector.node.addr.split("/")[0];
    t.equal(planned.interface, vector.node.iface);
    t.equal(planned.nodeAddress?.text, node);
    t.equal(planned.contradiction, null);
    t.equal(intent.settings.name, vector.expect.global.router_id);
    t.equal(planned.core.routers.length, vector.expect.instances.length);
    vector.expect.instances.forEach((instance, index) => {
      compare(t, instance, planned.core.routers[index]!, node!);
    });
    compareCheck(t, vector, planned);
    t.same(onOneInterface(plan(intent, facts, FIRST_LOOK)), planned, "planned again, the same");
    t.end();
  });
}

function compare(t: Test, instance: Instance, router: VirtualRouterConfig, node: string): void {
  t.equal(router.name, instance.name);
  t.equal(router.interface, instance.interface);
  t.equal(router.virtualRouterId, instance.virtual_router_id);
  const vips = instance.vips.map((vip) => parseAddress(vip)?.text);
  t.same(
    router.virtualAddresses.map((vip) => vip.address.text),
    vips,
  );
  t.ok(router.virtualAddresses.every((vip) => vip.prefixLength === vip.address.bytes.length * 8));
  t.equal(router.advertisedCount, vips.length);
  const preempt = {
    delay: `preempt_delay ${router.preempt.delaySeconds}`,
    never: "nopreempt",
    immediate: "",
  };
  t.equal(preempt[router.preempt.mode], instance.preempt);
  t.equal(router.notify[0]?.command.join(" ") ?? null, instance.notify);
  const peers = instance.unicast_peers.filter((peer) => peer !== node);
  t.same(
    router.unicastPeers.map(({ address }) => address.text),
    peers,
    "the peers without this node",
  );
  const password = Buffer.alloc(8);
  password.write(instance.auth_pass.slice(0, 8));
  t.same(router.password && Buffer.from(router.password), router.family === "ipv4" ? password : null);
  comparePriority(t, instance, router.priority);
}

function comparePriority(t: Test, instance: Instance, priority: number | null): void {
  const expected = instance.priority;
  const range = typeof expected === "number" ? { from: expected, to: expected } : expected;
  const from = Math.min(254, Math.max(1, range.from));
  const to = Math.min(254, Math.max(1, range.to));
  t.ok(priority !== null && priority >= from && priority <= to, `${priority} within ${from}..${to}`);
}

/** The original's one check: the script, or a connect by bash, or `true` for none. */
function compareCheck(t: Test, vector: Vector, planned: OneInterface): void {
  const { script, interval_s } = vector.expect.check;
  const probe = /^\/bin\/bash -c '<\/dev\/tcp\/([0-9.]+)\/([0-9]+)'$/.exec(script);
  if (script === "true") {
    t.same([planned.probe, planned.script], [null, null]);
  } else if (probe) {
    t.equal(planned.probe?.address?.text, probe[1]);
    t.equal(planned.probe?.port, Number(probe[2]));
    t.equal(planned.probe?.intervalMicros, interval_s * 1e6);
  } else {
    t.equal(planned.script?.command.join(" "), script);
    t.equal(planned.script?.intervalMicros, interval_s * 1e6);
  }
}
