/** Groups become virtual routers: families, versions, names, ids, and what an advert can carry. */
import t from "tap";
import type { VirtualRouterConfig } from "../../src/core/config.js";
import { type Env, host, planOf } from "./support.js";

function routers(env: Env, mtu = 1500): readonly VirtualRouterConfig[] {
  return planOf(env, host({ eth0: ["192.0.2.10/24"] }, null, mtu)).core.routers;
}

t.test("a group of both families: two virtual routers with one id; of IPv6 alone: the plain name", (t) => {
  const env = {
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.1,2001:db8::1,2001:db8::2,2001:db8::3",
    OPENSHIFT_HA_VIP_GROUPS: "2",
  };
  t.match(routers(env), [
    { name: "OpenShift_IPFailover_VIP_1", family: "ipv4", virtualRouterId: 1 },
    { name: "OpenShift_IPFailover_VIP_1_v6", family: "ipv6", virtualRouterId: 1 },
    { name: "OpenShift_IPFailover_VIP_2", family: "ipv6", virtualRouterId: 2 },
  ]);
  const [ipv4, ipv6] = routers(env);
  t.equal(ipv4?.priority, ipv6?.priority);
  t.equal(routers(env).flatMap((router) => router.virtualAddresses).length, 4);
  t.end();
});

t.test(
  "VIP_GROUPS: the first ones larger by one; more groups than addresses, or 0: one address each",
  (t) => {
    const sizes = (groups: string) =>
      routers({ OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-110", OPENSHIFT_HA_VIP_GROUPS: groups }).map(
        (router) => router.virtualAddresses.length,
      );
    t.same(sizes("3"), [4, 3, 3]);
    t.same(sizes("4"), [3, 3, 2, 2]);
    t.same(sizes("1"), [10]);
    t.same(sizes("99999999999999999999999"), Array(10).fill(1));
    t.same(sizes("0"), Array(10).fill(1));
    t.same(sizes(""), Array(10).fill(1));
    t.end();
  },
);

t.test("versions: who speaks what, yields to whom, with which password", (t) => {
  const spoken = (env: Env) =>
    routers({
      OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.1,2001:db8::1",
      OPENSHIFT_HA_CONFIG_NAME: "ha-1",
      ...env,
    }).map(
      ({ version, yieldsToVersion2, password }) =>
        [version, yieldsToVersion2, password && Buffer.from(password).toString("latin1")] as const,
    );
  const padded = "ha-1\0\0\0\0";
  const ipv6 = [3, false, null];
  t.same(spoken({}), [[3, true, padded], ipv6]);
  t.same(spoken({ VRRPD_VERSION: "AUTO", VRRPD_V2_AUTH: "none" }), [[3, true, null], ipv6]);
  t.same(spoken({ VRRPD_VERSION: "3" }), [[3, false, null], ipv6]);
  t.same(spoken({ VRRPD_VERSION: "2" }), [[2, false, padded], ipv6]);
  t.same(spoken({ VRRPD_VERSION: "2", VRRPD_V2_AUTH: "none" }), [[2, false, null], ipv6]);
  t.same(spoken({ OPENSHIFT_HA_CONFIG_NAME: "ipfailover" })[0], [3, true, "ipfailov"], "cut to 8 bytes");
  t.end();
});

t.test("an advert carries 255 addresses or what fits the MTU; the rest is held, with a warning", (t) => {
  const all = {
    ipv4: "198.51.100.0-255,203.0.113.0-255",
    ipv6: "2001:db8::1-12c",
  };
  const advertised = (family: keyof typeof all, mtu: number, env: Env = {}) =>
    routers({ OPENSHIFT_HA_VIRTUAL_IPS: all[family], OPENSHIFT_HA_VIP_GROUPS: "1", ...env }, mtu)[0]
      ?.advertisedCount;
  t.equal(advertised("ipv4", 1500), 255);
  t.equal(advertised("ipv4", 28 + 4 * 100), 100);
  t.equal(advertised("ipv4", 27 + 4 * 100), 99);
  t.equal(advertised("ipv4", 36 + 4 * 100, { VRRPD_VERSION: "2" }), 100);
  t.equal(advertised("ipv4", 35 + 4 * 100, { VRRPD_VERSION: "2" }), 99);
  t.equal(advertised("ipv6", 1500), 90);
  t.equal(advertised("ipv6", 1280), 77);
  t.equal(advertised("ipv6", 9000), 255);
  t.equal(advertised("ipv4", 0), 1);
  const planned = planOf({ OPENSHIFT_HA_VIRTUAL_IPS: all.ipv4, OPENSHIFT_HA_VIP_GROUPS: "1" });
  t.match(planned.sentences, [
    /^OpenShift_IPFailover_VIP_1 holds 512 addresses, of which an advert carries the first 255; .*OPENSHIFT_HA_VIP_GROUPS/,
  ]);
  t.end();
});

t.test("what is the same for every virtual router", (t) => {
  const env = {
    OPENSHIFT_HA_NOTIFY_SCRIPT: "/notify 'a b'",
    VRRPD_ADVERT_INTERVAL: "0.25",
    VRRPD_GUARD_REMOVE: "on",
    VRRPD_ANNOUNCE_REFRESH: "60",
    VRRPD_ANNOUNCE_LIMIT: "6",
    VRRPD_ID_CONFLICT: "claim",
    VRRPD_IPV4_CHECKSUM: "message",
  };
  t.match(routers(env)[0], {
    notify: [{ on: "any", command: ["/notify", "a b"], user: null }],
    advertIntervalMicros: 250_000,
    guardRemove: true,
    announcements: { refresh: { everyMicros: 60_000_000, times: 1 } },
    contestedPerMinute: 6,
    idConflict: "claim",
    checksumPseudoHeader: false,
  });
  t.equal(routers({})[0]!.virtualAddresses[0]!.label, null);
  const label = { VRRPD_VIP_LABEL: "vip", OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.4,2001:db8::4" };
  t.same(
    routers(label).map(({ virtualAddresses }) => virtualAddresses[0]!.label),
    ["eth0:vip", null],
    "IPv6 addresses have no labels",
  );
  t.same(routers({ VRRPD_VIP_LABEL: "none" })[0]!.virtualAddresses[0]!.label, null);
  t.match(routers({})[0], {
    notify: [],
    advertIntervalMicros: 1_000_000,
    guardRemove: false,
    announcements: { refresh: null },
    contestedPerMinute: 20,
    idConflict: "hold",
    checksumPseudoHeader: true,
    unicastPeers: [],
    unicastStrict: false,
  });
  t.end();
});
