/** In unicast the peers' neighbour tables have to know where this node is, or the first adverts are lost. */
import t from "tap";
import { onLinkPeer } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { ip } from "./values.js";

t.test("unicast: introduced whenever it begins to take part, before anything else", async (t) => {
  const scenario = Scenario.started({ unicastPeers: [onLinkPeer(ip("192.0.2.1"))] });
  t.match(scenario.take("introduce", "BACKUP"), ["0.000 introduce", "0.000 BACKUP: ready"]);
  scenario.advert({ priority: 200 });
  scenario.link({ carrier: false });
  t.same(scenario.take("introduce"), []);
  scenario.link({});
  t.same(scenario.take("introduce"), ["0.000 introduce"]);
});

t.test("multicast needs none", async (t) => {
  t.same(Scenario.started().take("introduce"), []);
});
