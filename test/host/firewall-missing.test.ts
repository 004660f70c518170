import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import { applyFirewall, removeFirewall } from "../../src/host/firewall/index.js";
import { privilegePrefix } from "../netns/privileges.js";

const INSIDE = "VRRPD_TEST_WITHOUT_PROGRAMS";
const [prefix, ...words] = [...privilegePrefix(), "unshare", "--mount", "--net", "--"];

// The directories that hold the programs are hidden, in a mount namespace of the test's own.
if (process.env[INSIDE] === undefined) {
  const self = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)];
  const hide = 'for d in /usr/sbin /sbin; do [ -L $d ] || mount -t tmpfs none $d; done; exec "$@"';
  const result = spawnSync(prefix!, [...words, "sh", "-ec", hide, "sh", ...self], {
    stdio: "inherit",
    env: { ...process.env, [INSIDE]: "1" },
  });
  process.exit(result.status ?? 1);
}

t.test("without iptables an own table would do; without nft too, the error names it", async (t) => {
  const context = { name: "a", families: ["ipv4"], groups: [], unicastPeers: [] } as const;
  const missing = { code: "EPROGRAM", message: /the program nft,.*not installed/ };
  const plan = { backend: "iptables", chain: "X" } as const;
  await t.rejects(applyFirewall(plan, context), missing);
  await t.rejects(applyFirewall(plan, { ...context, families: ["ipv6"] }), missing);
  await t.rejects(applyFirewall({ backend: "nftables" }, context), missing);
  t.same(await removeFirewall(plan, context), { actions: [], warnings: [] }, "nothing was ever there");
});
