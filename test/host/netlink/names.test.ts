/** Names of tables, protocols and the like, as files of iproute2 and of the C library have them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { routingNames } from "../../../src/host/netlink/names.js";

t.test("a host with files", async (t) => {
  const folder = t.testdir();
  mkdirSync(folder, { recursive: true });
  const text = "# reserved\n254 main\n100\tisp1 # the first\n0x65 isp2\nx wrong\n7 two words\n100 again\n";
  writeFileSync(join(folder, "rt_tables"), text);
  writeFileSync(join(folder, "rt_protos"), "186 bgp\n");
  const names = routingNames(folder);
  t.same(
    ["main", "isp1", "isp2", "wrong", "two", "again", "local", "default"].map((name) => names("table", name)),
    [254, 100, 101, null, null, 100, 255, 253],
  );
  t.same(
    ["bgp", "static", "keepalived"].map((name) => names("protocol", name)),
    [186, 4, 18],
  );
  t.equal(names("scope", "link"), 253, "a file that is missing leaves the usual ones");
  t.equal(names("realm", "cosmos"), null);
});

t.test("protocols of IP", async (t) => {
  t.same(
    ["tcp", "UDP", "nonsense"].map((name) => routingNames()("ipproto", name)),
    [6, 17, null],
  );
});
