/** Where an advert leaves that only tries whether the kernel takes one. */
import t from "tap";
import { routersById } from "../../src/core/config.js";
import { HostAdapter } from "../../src/daemon/loop/host-adapter.js";
import { prepareAdverts } from "../../src/host/adverts/prepare.js";
import { routerConfig } from "../core/configurations.js";
import { ip, OUR_SOURCE } from "../core/values.js";

const ROUTER = routerConfig();

t.test("a trial leaves from the interface itself, for nobody is master and the vmac is down", async (t) => {
  const sent: string[] = [];
  const unused = () => {
    throw new Error("not needed for an advert");
  };
  const adverts = prepareAdverts(ROUTER, ip(OUR_SOURCE));
  const outlet = (name: string) => ({
    name,
    socket: () => ({ send: () => sent.push(name) * 0 }),
    prepared: () => ({ adverts }) as never,
    announcer: null,
  });
  const host = new HostAdapter({
    network: {
      of: () => outlet("eth0"),
      speakerOf: () => outlet("vrrp.1"),
      on: unused,
      fixtures: { change: unused },
    },
    vmacs: { raise: () => sent.push("raised"), lower: unused },
    interfaces: unused,
    requests: { add: unused, remove: unused },
    locks: { acquire: unused },
    notifier: { notify: unused },
    fifos: { tell: unused },
    logger: { log: unused },
    routers: () => routersById([ROUTER]),
    groups: () => [],
  });
  const advert = { type: "sendAdvert", router: ROUTER.id, priority: 1 } as const;
  host.sendAdverts([{ ...advert, what: "trial" }], () => {});
  t.strictSame(sent, ["eth0"]);
  host.sendAdverts([{ ...advert, what: "advert" }], () => {});
  t.strictSame(sent.slice(1), ["raised", "vrrp.1"]);
  t.strictSame(host.takeFailures(), []);
});
