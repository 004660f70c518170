/** The original image's variables for the source of adverts, on a real interface. */
import t from "tap";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";

const SECOND = "192.0.2.50";
const CASES = [
  { what: "multicast", environment: { MULTICAST_SOURCE_IPADDRESS: SECOND } },
  {
    what: "unicast",
    environment: {
      OPENSHIFT_HA_USE_UNICAST: "true",
      OPENSHIFT_HA_UNICAST_PEERS: `${SECOND},192.0.2.41`,
      UNICAST_SOURCE_IPADDRESS: SECOND,
    },
  },
] as const;

for (const { what, environment } of CASES) {
  t.test(`${what}: an address that the interface lacks is waited for, and then spoken from`, async (t) => {
    const nodes = await Nodes.create(t, environment);
    const a = nodes.start("a");
    await a.waitForLine(/asks for 192\.0\.2\.50, which ens3 does not have yet/);
    t.match((await nodes.status("a")).instances[0], { state: /INIT|FAULT/, reason: /192\.0\.2\.50/ });
    t.strictSame(nodes.capture.adverts(), []);
    await nodes.host("a").ok(["ip", "address", "add", `${SECOND}/24`, "dev", "ens3"]);
    await nodes.untilHeldBy("a");
    await until(() => nodes.capture.adverts({ from: "a" }).length > 1, { what: "adverts of a" });
    const sources = nodes.capture.adverts({ from: "a" }).map(({ source }) => source);
    t.strictSame([...new Set(sources)], [SECOND]);
  });
}
