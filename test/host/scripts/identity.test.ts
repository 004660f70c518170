import { spawnSync } from "node:child_process";
import t from "tap";
import { groupNumber, whyUnknownGroup } from "../../../src/host/groups.js";
import { findIdentity } from "../../../src/host/scripts/identity.js";

const id = (...args: string[]) => spawnSync("id", args, { encoding: "utf8" }).stdout.trim();
const sorted = (numbers: readonly (number | string)[]) => numbers.map(Number).sort((a, b) => a - b);

t.test("users by name and number have the groups that id names", (t) => {
  const names = spawnSync("getent", ["passwd"], { encoding: "utf8" }).stdout.trim().split("\n");
  for (const name of names.map((line) => line.split(":")[0]!)) {
    const found = findIdentity({ user: name, group: null });
    if (typeof found === "string") throw new Error(found);
    t.same([found.uid, found.gid], [Number(id("-u", name)), Number(id("-g", name))], name);
    t.same(sorted(found.groups), sorted(id("-G", name).split(" ")), name);
    t.match(findIdentity({ user: String(found.uid), group: null }), { uid: found.uid });
  }
  t.end();
});

t.test("a group of its own takes the place of the user's", (t) => {
  t.match(findIdentity({ user: "nobody", group: "daemon" }), {
    name: "nobody:daemon",
    uid: 65534,
    gid: 1,
    groups: [1],
  });
  t.match(findIdentity({ user: "4242424", group: "4242425" }), {
    uid: 4242424,
    gid: 4242425,
    groups: [4242425],
  });
  t.end();
});

t.test("who is not known is named", (t) => {
  t.match(findIdentity({ user: "no-such-user", group: null }), /names the user no-such-user/);
  t.match(findIdentity({ user: "nobody", group: "no-such-group" }), /names the group no-such-group/);
  t.match(findIdentity({ user: "4242424", group: null }), /needs a group: 4242424:4242424/);
  t.end();
});

t.test("a group alone: by name, or by a number that needs no entry", async (t) => {
  t.equal(groupNumber("daemon"), 1);
  t.equal(groupNumber("4242425"), 4242425);
  for (const known of ["daemon", "4242425"]) t.equal(whyUnknownGroup(known), null);
  t.match(whyUnknownGroup("no-such-group"), "names the group no-such-group, which this host does not know");
});
