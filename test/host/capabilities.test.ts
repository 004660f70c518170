import t from "tap";
import { missingCapabilities } from "../../src/host/capabilities.js";

const status = (capEff: string) =>
  `Name:\tnode\nCapPrm:\tffffffffffffffff\nCapEff:\t${capEff}\nCapBnd:\t00\n`;

t.test("the effective set decides, bit 12 for CAP_NET_ADMIN, bit 13 for CAP_NET_RAW", (t) => {
  t.same(missingCapabilities(status("000001ffffffffff")), []);
  t.same(missingCapabilities(status("0000000000003000")), []);
  t.same(missingCapabilities(status("0000000000001000")), ["CAP_NET_RAW"]);
  t.same(missingCapabilities(status("0000000000002000")), ["CAP_NET_ADMIN"]);
  t.same(missingCapabilities(status("ffffffffffffcfff")), ["CAP_NET_ADMIN", "CAP_NET_RAW"]);
  t.same(missingCapabilities("Name:\tnode\n"), ["CAP_NET_ADMIN", "CAP_NET_RAW"]);
  t.end();
});

t.test("this process's own set can be read", (t) => {
  t.ok(Array.isArray(missingCapabilities()));
  t.end();
});
