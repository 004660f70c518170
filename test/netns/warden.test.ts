import { readdirSync, readlinkSync } from "node:fs";
import t from "tap";
import { until } from "./index.js";
import { Namespace } from "./namespace.js";
import { Warden } from "./warden.js";

/** Processes that have this namespace open; those that are in it do not count. */
function keepers(network: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === network);
    } catch {
      return false; // No process, or one that ended, or one of somebody else.
    }
  });
}

t.test("a namespace keeps its number until it is swept, so that nobody else's gets it", async (t) => {
  const options = { privateDirectories: [], duplicateAddressDetection: false };
  const namespace = await Namespace.open("a", options);
  const network = readlinkSync(`/proc/${namespace.holderPid}/ns/net`);
  const warden = new Warden();
  warden.watch(namespace.holderPid);
  await until(() => keepers(network).length === 1, { what: "the warden to keep the namespace" });
  await namespace.close();
  t.equal(keepers(network).length, 1, "still kept when its holder is gone");
  await warden.sweep();
  t.equal(keepers(network).length, 0);
});

t.test("the sweep kills whoever is inside, and nobody else", async (t) => {
  const options = { privateDirectories: [], duplicateAddressDetection: false };
  const [swept, other] = await Promise.all(["a", "b"].map((name) => Namespace.open(name, options)));
  t.teardown(() => other!.close());
  const warden = new Warden();
  warden.watch(swept!.holderPid);
  await warden.sweep();
  const lives = ({ holderPid }: Namespace) => readdirSync("/proc").includes(String(holderPid));
  await until(() => !lives(swept!), { what: "the holder's end" });
  t.ok(lives(other!));
});
