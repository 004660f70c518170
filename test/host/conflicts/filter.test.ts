import t from "tap";
import { claimFilter } from "../../../src/host/claims/bpf.js";
import { virtualAddresses } from "../netlink/support.js";

t.test("the program of a thousand scattered addresses stays within what the kernel takes", async (t) => {
  const addresses = virtualAddresses("ipv4", 1000).map(({ address }) => address);
  const scattered = addresses.filter((_, at) => at % 3 !== 0);
  t.ok(claimFilter("ipv4", scattered).length / 8 <= 128 * 3 + 4);
});
