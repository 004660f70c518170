/** The JSON of `vrrpd check`, byte for byte. */
import t from "tap";
import { describePlan, type Plan } from "../../src/config/index.js";
import { byName } from "../../src/host/checks/index.js";
import { host, ip, planOf } from "./support.js";

function documentOf(plan: Plan): object {
  return describePlan(
    plan,
    byName(plan.checks.values(), (kind, check) => kind.settings(check)),
  );
}

t.test("a full plan, key order included", (t) => {
  const env = {
    OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100,2001:DB8::1/64",
    OPENSHIFT_HA_VIP_GROUPS: "1",
    OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
    OPENSHIFT_HA_MONITOR_PORT: "30060",
    OPENSHIFT_HA_CHECK_SCRIPT: "/check a",
    OPENSHIFT_HA_NOTIFY_SCRIPT: "/notify 'a b' c",
    OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.10,192.0.2.11,2001:db8::b",
    OPENSHIFT_HA_PREEMPTION: "nopreempt",
    OPENSHIFT_HA_REPLICA_COUNT: "1",
    VRRPD_ADVERT_INTERVAL: "0.5",
    VRRPD_UNICAST_MIN_TTL: "253",
  };
  const routes = { "192.0.2.11": { interface: "ens3", gateway: ip("192.0.2.1"), source: ip("192.0.2.10") } };
  const instance = (name: string, family: string, vip: string, peer: string) =>
    `{"name":"${name}","interface":"ens3","family":"${family}","version":3,"virtualRouterId":1,"priority":245,` +
    `"preempt":{"mode":"never","delaySeconds":0},"advertIntervalSeconds":0.5,"virtualAddresses":["${vip}"],` +
    `"unicastPeers":["${peer}"],"notifyScript":"/notify \\"a b\\" c"}`;
  t.equal(
    JSON.stringify(documentOf(planOf(env, host({ ens3: ["192.0.2.10/24"] }, null, 1500, routes)))),
    '{"source":"env","interface":"ens3","nodeAddress":"192.0.2.10",' +
      '"probe":{"address":"192.0.2.10","port":30060,"intervalSeconds":2},' +
      '"script":{"command":["/check","a"],"intervalSeconds":2},"warnings":[],"instances":[' +
      `${instance("ipfailover_VIP_1", "ipv4", "192.0.2.100/32", "192.0.2.11")},` +
      `${instance("ipfailover_VIP_1_v6", "ipv6", "2001:db8::1/64", "2001:db8::b")}],` +
      '"peers":[{"address":"192.0.2.11","interface":"ens3","gateway":"192.0.2.1","source":"192.0.2.10","leastTtl":253},' +
      '{"address":"2001:db8::b","interface":null,"gateway":null,"source":null,"leastTtl":255}]}',
  );
  t.end();
});

t.test("what a missing fact leaves open is null, with warnings", (t) => {
  t.match(documentOf(planOf({ OPENSHIFT_HA_NETWORK_INTERFACE: "ens3" }, host({}))), {
    interface: null,
    nodeAddress: null,
    probe: { address: null, port: 80 },
    script: null,
    warnings: [
      /waiting for interface ens3/,
      /priorities are open/,
      /wait for an IPv4 address/,
      /address to probe/,
    ],
    instances: [{ interface: "ens3", priority: null, notifyScript: null, unicastPeers: [] }],
  });
  t.match(documentOf(planOf({ OPENSHIFT_HA_MONITOR_PORT: "0" })), { probe: null });
  t.end();
});

t.test("a contradiction is said among the warnings", (t) => {
  const planned = planOf({ OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.10" });
  t.match(documentOf(planned), { warnings: [planned.contradiction] });
  t.end();
});
