import t from "tap";
import { isLeftover } from "../../src/core/leftover.js";
import { Scenario } from "./scenario.js";
import { kernelAddress } from "./values.js";

const OWN = kernelAddress("192.0.2.2/24");
const BARE = kernelAddress("192.0.2.10");

t.test("what is a leftover: a mark, a lifetime, or bare beside another address of its family", async (t) => {
  t.equal(isLeftover(kernelAddress("192.0.2.10/24", { marked: true }), [OWN]), true);
  t.equal(isLeftover(kernelAddress("192.0.2.10/24", { validSeconds: 60 }), [OWN]), true);
  t.equal(isLeftover(BARE, [OWN, BARE]), true);
  t.equal(isLeftover(BARE, [BARE]), false, "the interface's only address");
  t.equal(isLeftover(BARE, [BARE, kernelAddress("2001:db8::1/64")]), false, "of that family");
  t.equal(isLeftover(kernelAddress("192.0.2.10/24"), [OWN]), false, "not bare");
  const six = kernelAddress("2001:db8::10");
  t.equal(isLeftover(six, [kernelAddress("fe80::1/64"), six]), true, "a link-local address is one beside it");
  t.equal(isLeftover(six, [six]), false);
  t.equal(isLeftover(six, [kernelAddress("2001:db8::1/64"), six]), true);
});

t.test("leftovers are removed at start, but only once the lock is held", async (t) => {
  const scenario = new Scenario({ virtualAddresses: ["192.0.2.10", "192.0.2.11", "192.0.2.12"] });
  scenario.lockHolder = undefined;
  scenario.link({});
  scenario.addresses([OWN, BARE, kernelAddress("192.0.2.12/24")]);
  scenario.until(5);
  t.same(scenario.take("remove"), []);
  scenario.send({ type: "lock", router: 0, holder: null });
  t.same(scenario.take("remove"), ["5.000 remove 192.0.2.10/32"], "and never the node's own");
});

t.test("leftovers are removed at start in whatever order the facts come", async (t) => {
  const facts: Record<string, (scenario: Scenario) => void> = {
    link: (scenario) => scenario.link({}),
    source: (scenario) => scenario.source("192.0.2.2"),
    addresses: (scenario) => scenario.addresses([OWN, BARE]),
  };
  for (const order of [
    ["link", "source", "addresses"],
    ["link", "addresses", "source"],
    ["source", "link", "addresses"],
    ["addresses", "source", "link"],
  ]) {
    const scenario = new Scenario();
    for (const fact of order) facts[fact]!(scenario);
    t.same(scenario.take("remove"), ["0.000 remove 192.0.2.10/32"], order.join(", "));
    scenario.advance(1);
    t.same(scenario.take("warn"), [], "and is not taken for somebody's meddling");
  }
});

t.test("a leftover whose removal is refused is tried again", async (t) => {
  const scenario = new Scenario();
  scenario.kernel = () => "ENOBUFS";
  scenario.link({});
  scenario.addresses([OWN, BARE]);
  scenario.take();
  scenario.kernel = () => null;
  scenario.advance(0.2);
  t.same(scenario.take(), ["0.100 remove 192.0.2.10/32"]);
});

t.test("an address that appears on a backup is reported after 100 ms, and left there", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.changed("added", BARE);
  scenario.advance(0.099999);
  t.same(scenario.take(), []);
  scenario.advance(0.000001);
  t.match(scenario.take(), [
    /warn address-on-backup: \(web\) 192.0.2.10\/32: somebody added it on a backup$/,
  ]);
  scenario.advance(2);
  t.same(scenario.take("remove"), []);
});

t.test("with guardRemove it is removed as well", async (t) => {
  const scenario = Scenario.started({ guardRemove: true });
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.changed("added", BARE);
  scenario.advance(0.1);
  t.match(scenario.take("warn", "remove"), [/it is removed$/, "0.100 remove 192.0.2.10/32"]);
});

t.test("the echo of our own last add is not taken for somebody's", async (t) => {
  const scenario = Scenario.master({ guardRemove: true });
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.changed("added", BARE);
  scenario.changed("removed", BARE);
  scenario.advance(1);
  t.same(scenario.take("warn", "remove"), []);
});

t.test("the node's own address, added later, is not reported as somebody's, nor guarded", async (t) => {
  const scenario = Scenario.started({ guardRemove: true });
  scenario.advert({ priority: 200 });
  scenario.changed("added", kernelAddress("192.0.2.10/24"));
  scenario.advance(1);
  t.same(scenario.take("remove"), []);
});

t.test("a master takes a leftover over and removes it at the end", async (t) => {
  const scenario = Scenario.started();
  scenario.changed("added", BARE);
  scenario.until(5);
  t.equal(scenario.status().virtualAddresses[0]?.presence, "ours");
  scenario.take();
  scenario.shutdown();
  t.same(scenario.take("remove"), ["5.000 remove 192.0.2.10/32"]);
});

t.test("a leftover that the kernel refuses to renew is removed at the end all the same", async (t) => {
  const scenario = Scenario.started();
  scenario.changed("added", BARE);
  scenario.kernel = (operation) => (operation === "add" ? "ENOMEM" : null);
  scenario.until(5);
  scenario.take();
  scenario.shutdown();
  t.same(scenario.take("remove"), ["5.000 remove 192.0.2.10/32"]);
});
