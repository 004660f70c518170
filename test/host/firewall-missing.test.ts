import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import { applyFirewall } from "../../src/host/firewall.js";
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

t.test("a program that is not installed is an error that names it", async (t) => {
  const context = { name: "a", families: ["ipv4"], unicastPeers: [] } as const;
  const missing = (name: string) => ({
    code: "EPROGRAM",
    message: new RegExp(`the program ${name},.*not installed`),
  });
  await t.rejects(applyFirewall({ backend: "iptables", chain: "X" }, context), missing("iptables"));
  await t.rejects(
    applyFirewall({ backend: "iptables", chain: "X" }, { ...context, families: ["ipv6"] }),
    missing("ip6tables"),
  );
  await t.rejects(applyFirewall({ backend: "nftables" }, context), missing("nft"));
});
