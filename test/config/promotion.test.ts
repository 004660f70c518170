import t from "tap";
import { promotionWarning } from "../../src/config/index.js";
import { held, host, planOf } from "./support.js";

type Addresses = Parameters<typeof host>[0][string];

function warned(virtual: string, addresses: Addresses, promotes = false): string | null {
  const facts = host({ eth0: addresses });
  const planned = planOf({ OPENSHIFT_HA_VIRTUAL_IPS: virtual }, facts);
  return promotionWarning(planned, "eth0", facts, () => promotes);
}

t.test("a virtual address that comes first in its subnet is warned about", (t) => {
  t.match(
    warned("198.51.100.1/24", ["192.0.2.1/24"]),
    /^198\.51\.100\.1\/24 comes first in its subnet on eth0/,
  );
  t.match(warned("192.0.2.100/24", ["192.0.2.1/25"]), /comes first/, "another prefix is another subnet");
  t.match(
    warned("192.0.2.100/24", ["192.0.2.100/24", held("192.0.2.1/24", { secondary: true })]),
    /comes first/,
  );
  t.end();
});

t.test("none is, where it takes nothing along", (t) => {
  t.equal(warned("198.51.100.1/24", ["192.0.2.1/24"], true), null, "the kernel promotes");
  t.equal(warned("198.51.100.1", ["192.0.2.1/24"]), null, "no subnet");
  t.equal(warned("192.0.2.100/24", ["192.0.2.1/24"]), null, "the node's own comes first");
  t.equal(warned("2001:db8::100/64", ["fe80::1/64", "2001:db8::1/64"]), null, "IPv6 knows no primary");
  t.end();
});
