import t from "tap";
import { nearestName } from "../../src/base/text.js";
import { VARIABLE_NAMES } from "../../src/config/index.js";

t.test("the nearest name is the one with the fewest edits", (t) => {
  t.equal(nearestName("VRRPD_VERSON", VARIABLE_NAMES), "VRRPD_VERSION");
  t.equal(nearestName("OPENSHIFT_HA_VIP_GROUP", VARIABLE_NAMES), "OPENSHIFT_HA_VIP_GROUPS");
  t.equal(nearestName("OPENSHIFT_HA_EXCLUDED_VRRP_IDS", VARIABLE_NAMES), "HA_EXCLUDED_VRRP_IDS");
  t.equal(nearestName("kitten", ["mitten", "sitting"]), "mitten");
  t.end();
});
