/** Keepalived 2.2.7, version 2: with a password, without, and with a wrong one. */
import t from "tap";
import { statusOf } from "../lab/status.js";
import { until } from "../netns/index.js";
import { Cell } from "./cell.js";
import { CELLS_AT_ONCE, coldStart, killed } from "./events.js";
import { V2_IPV4, V2_IPV4_PASS } from "./groups.js";
import { keepalived, vrrpd } from "./speakers.js";

t.jobs = CELLS_AT_ONCE;

for (const [name, group] of [
  ["keepalived v2 IPv4 PASS", V2_IPV4_PASS],
  ["keepalived v2 IPv4 without authentication", V2_IPV4],
] as const) {
  coldStart(name, group, (priority) => keepalived({ priority }));
  killed(name, group, (priority) => keepalived({ priority }));
}

t.test("keepalived v2 IPv4: wrong PASS, either drops the other's adverts and says so", async (t) => {
  const pair = await Cell.open(t, V2_IPV4_PASS, {
    ours: vrrpd({ priority: 200 }),
    theirs: keepalived({ priority: 100, password: "another" }),
  });
  await pair.start();
  const address = V2_IPV4_PASS.virtualAddress;
  await until(
    async () => (await pair.host("ours").hasAddress(address)) && pair.host("theirs").hasAddress(address),
    {
      what: "both as masters",
      timeoutMs: 30_000,
    },
  );
  const ours = pair.host("ours");
  const drops = async () =>
    (await statusOf(ours)).instances[0]!.counters.drops["authentication-mismatch"] ?? 0;
  // One: dropping ours may silence it from then on (docs/interop.md).
  await until(async () => (await drops()) >= 1, { what: "their adverts, dropped and counted" });
  await until(() => /invalid passwd/i.test(pair.speaker("theirs").output), {
    what: "Keepalived's word on ours",
  });
  t.equal((await statusOf(ours)).instances[0]!.state, "MASTER");
  await pair.wireVerdict();
});
