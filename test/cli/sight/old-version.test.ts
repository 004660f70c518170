/** Version 2: nodes that refuse each other's adverts, one after the other. */
import t from "tap";
import { VIP } from "../../lab/environment.js";
import { until } from "../../netns/index.js";
import { Situation } from "./situation.js";

const OTHERS = ["password", "interval", "foreign"] as const;
const ADDRESS = { password: "192.0.2.30", interval: "192.0.2.31", foreign: "192.0.2.32" };

t.test("nodes of version 2 that refuse each other", async (t) => {
  const hosts = Object.fromEntries(
    Object.entries(ADDRESS).map(([name, address]) => [name, { addresses: [`${address}/24`] }]),
  );
  const environment = { VRRPD_VERSION: "2", VRRPD_ADVERT_INTERVAL: "1", VRRPD_METRICS_LISTEN: "" };
  const situation = await Situation.create(t, environment, hosts);
  const { nodes } = situation;
  for (const name of OTHERS) await nodes.host(name).isolate({ direction: "both" });
  nodes.start("a", { VRRPD_PRIORITY: "200" });
  nodes.start("password", { VRRPD_PRIORITY: "100", OPENSHIFT_HA_CONFIG_NAME: "another" });
  nodes.start("interval", { VRRPD_PRIORITY: "100", VRRPD_ADVERT_INTERVAL: "2" });
  nodes.start("foreign", {
    VRRPD_PRIORITY: "100",
    OPENSHIFT_HA_CONFIG_NAME: "foreign",
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.200",
  });
  for (const name of ["a", ...OTHERS]) await nodes.untilState(name, "MASTER");
  await situation.quiet("a");
  const firstWith = async (name: (typeof OTHERS)[number], code: string) => {
    await nodes.host(name).rejoin();
    const first = await until(
      async () => {
        const [one] = (await nodes.status("a")).problems;
        return one?.code === code && one.text.includes(ADDRESS[name]) ? one : null;
      },
      { what: `${code} as the first problem`, timeoutMs: 60_000, intervalMs: 100 },
    );
    return first;
  };

  const foreign = await firstWith("foreign", "stranger");
  t.match(foreign, {
    severity: "error",
    text: /^192\.0\.2\.32 uses our virtual router id 1 for other addresses: 192\.0\.2\.200; its adverts are refused, as its password is not ours$/,
    action: /OPENSHIFT_HA_VRRP_ID_OFFSET/,
  });
  await nodes.host("foreign").isolate({ direction: "both" });

  const password = await firstWith("password", "refused-authentication-mismatch");
  t.match(password, {
    severity: "error",
    text: /^adverts of 192\.0\.2\.30 are refused \(\d+ so far\): its password is not ours\. So it is master beside this node since /,
    action: /OPENSHIFT_HA_CONFIG_NAME/,
  });
  const claimed = await until(
    async () => {
      const { problems } = await nodes.status("a");
      if (problems.some(({ code }) => code === "address-conflict")) throw new Error("told twice");
      return problems[0]?.text.includes(`02:00:00:00:00:04 answers for ${VIP}`);
    },
    { what: "the MAC address of that node", timeoutMs: 30_000, intervalMs: 100 },
  );
  t.ok(claimed);
  await nodes.host("password").isolate({ direction: "both" });

  const interval = await firstWith("interval", "refused-interval-mismatch");
  t.match(interval, {
    severity: "error",
    text: /^adverts of 192\.0\.2\.31 are refused \(\d+ so far\): its advert interval is not ours, which version 2 demands\. So it is master/,
    action: /VRRPD_ADVERT_INTERVAL/,
  });
});
