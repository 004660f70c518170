import t from "tap";
import { OwnChanges } from "../../../src/host/netlink/own-changes.js";

const KEY = "2001:db8::1/128";

t.test("a removal is ours as often as we removed", async (t) => {
  const own = new OwnChanges();
  t.notOk(own.takeRemoval(3, KEY), "never touched");
  own.added(3, KEY);
  t.notOk(own.takeRemoval(3, KEY), "we hold it: somebody else removed it");
  own.removed(3, KEY);
  t.notOk(own.takeRemoval(4, KEY), "another interface's");
  t.ok(own.takeRemoval(3, KEY));
  t.notOk(own.takeRemoval(3, KEY), "settled by the first");
});

t.test("an IPv6 addition is ours while we hold it, and until our removal has been seen", async (t) => {
  const own = new OwnChanges();
  t.notOk(own.isOurAddition(3, KEY));
  own.added(3, KEY);
  t.ok(own.isOurAddition(3, KEY));
  own.removed(3, KEY);
  t.ok(own.isOurAddition(3, KEY), "its event may still be queued before the removal's");
  own.takeRemoval(3, KEY);
  t.notOk(own.isOurAddition(3, KEY), "now only somebody else can have added it");
});

t.test("a removal of what was not there leaves no event to wait for", async (t) => {
  const own = new OwnChanges();
  own.added(3, KEY);
  own.wasAbsent(3, KEY);
  t.notOk(own.takeRemoval(3, KEY));
  t.notOk(own.isOurAddition(3, KEY));
});

t.test("a dump settles what was waited for, and a link that is gone is forgotten", async (t) => {
  const own = new OwnChanges();
  own.added(3, KEY);
  own.removed(3, KEY);
  own.settleAll();
  t.notOk(own.takeRemoval(3, KEY));
  own.added(3, KEY);
  own.forgetInterface(3);
  t.notOk(own.isOurAddition(3, KEY));
});
