/** What a keepalived.conf tracks moves the addresses between two daemons: scripts and interfaces, weighted or faults. */
import { existsSync } from "node:fs";
import t from "tap";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { VIP } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { advert, type HostProcess, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
const CHECK = "/etc/keepalived/check";

const PRIVATE = { privateDirectories: ["/etc/keepalived", "/run/vrrpd"] };

/** @param more lines of the instance */
function configuration(priority: number, more: string): string {
  return `
vrrp_script service {
  script "${CHECK}"
  interval 1
}
vrrp_instance web {
  interface ens3
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  version 3
  virtual_ipaddress {
    ${VIP}/24
  }
  ${more}
}
`;
}

function script(code: number): string {
  return `#!/bin/sh\nexit ${code}\n`;
}

/** A further interface of A that carries nothing of vrrpd's, with the other end of its cable. */
async function addUplink(nodes: Nodes): Promise<void> {
  const a = nodes.host("a");
  await a.ok(["ip", "link", "add", "uplink", "type", "veth", "peer", "name", "far"]);
  for (const name of ["uplink", "far"]) await a.ok(["ip", "link", "set", name, "up"]);
}

/** A has priority 200 and the tracks, B has 150 and none; A has the addresses. */
async function trackingPair(t: Teardown, more: string, prepare?: (nodes: Nodes) => Promise<void>) {
  const nodes = await Nodes.create(t, {}, PRIVATE);
  const start = async (name: "a" | "b", text: string): Promise<HostProcess> => {
    await nodes.host(name).writeFile(CHECK, script(0), 0o755);
    await nodes.host(name).writeFile(FILE, text);
    return startVrrpd(nodes.host(name), {}, VRRPD, FILE);
  };
  await prepare?.(nodes);
  const a = await start("a", configuration(200, more));
  await a.waitForLine(/Entering BACKUP STATE/);
  await start("b", configuration(150, ""));
  await nodes.untilHeldBy("a");
  return { nodes, a };
}

t.test("a weighted script that fails lowers the priority, and the other node takes over", async (t) => {
  const tracks = "track_script {\n service weight -80\n }";
  const { nodes, a } = await trackingPair(t, tracks);
  await nodes.host("a").writeFile(CHECK, script(1), 0o755);
  const changed = /Changing effective priority from 200 to 120: 200, -80 as check service is failing/;
  await a.waitForLine(changed, { timeoutMs: 60_000 });
  await nodes.capture.waitFor(advert({ from: "a", priority: 120 }));
  await nodes.untilHeldBy("b");
  const lowered = await nodes.untilState("a", "BACKUP");
  t.match(lowered.instances[0], {
    priority: 120,
    basePriority: 200,
    tracks: [{ check: "service", interface: null, finding: "failure", weight: -80, adds: -80 }],
  });
  t.match(lowered.problems, [{ severity: "warning", code: "check-failing" }], "it takes no node out");
  const why = await nodes.host("a").ok([...VRRPD, "why"]);
  t.match(why, /decided by +priority 120 \(configured: 200\), id 51/);
  t.match(why, /tracks +check service: failure, adds -80 \(weight -80\)/);
  t.match(await nodes.host("a").ok([...VRRPD, "status"]), /web +BACKUP +120 \(200\)/);
  t.notOk(
    nodes.capture.adverts({ from: "a", priority: 0 }).length,
    "it is no fault: the other one outranks it",
  );
  await nodes.host("a").writeFile(CHECK, script(0), 0o755);
  await nodes.untilHeldBy("a");
});

t.test("a tracked interface that goes down, or away, is a fault; up again, all is well", async (t) => {
  const { nodes } = await trackingPair(t, "track_interface {\n uplink\n }", addUplink);
  await nodes.host("a").ok(["ip", "link", "set", "uplink", "down"]);
  await nodes.untilHeldBy("b");
  const faulted = await nodes.untilState("a", "FAULT");
  t.match(faulted.instances[0], {
    code: "tracked-interface",
    reason: "interface uplink, which is tracked, is down",
  });
  await nodes.host("a").ok(["ip", "link", "set", "uplink", "up"]);
  await nodes.untilHeldBy("a");
  await nodes.host("a").ok(["ip", "link", "del", "uplink"]);
  await nodes.untilHeldBy("b");
  const gone = await nodes.untilState("a", "FAULT");
  t.match(gone.instances[0], { reason: "interface uplink, which is tracked, does not exist" });
});

t.test("a weighted interface without carrier counts for the priority alone", async (t) => {
  const { nodes } = await trackingPair(t, "track_interface {\n uplink weight -60\n }", addUplink);
  await nodes.host("a").ok(["ip", "link", "set", "far", "down"]);
  await nodes.untilHeldBy("b");
  const lowered = await nodes.untilState("a", "BACKUP");
  t.match(lowered.instances[0], {
    priority: 140,
    basePriority: 200,
    tracks: [{ check: null, interface: "uplink", finding: "failure", weight: -60, adds: -60 }],
  });
  await nodes.host("a").ok(["ip", "link", "set", "far", "up"]);
  await nodes.untilHeldBy("a");
});

t.test("weight 0 reverse: success is the fault, which is said; failure is as it should be", async (t) => {
  const nodes = await Nodes.create(t, {}, PRIVATE);
  const host = nodes.host("a");
  await host.writeFile(CHECK, script(0), 0o755);
  await host.writeFile(FILE, configuration(100, "track_script {\n service weight 0 reverse\n }"));
  startVrrpd(host, {}, VRRPD, FILE);
  await until(async () => existsSync(host.pathOf("/run/vrrpd/keepalived.sock")), { what: "the socket" });
  const faulted = await nodes.untilState("a", "FAULT");
  t.match(faulted.problems, [{ code: "check-failed", instance: "web", text: /succeeded, which counts/ }]);
  await host.writeFile(CHECK, script(1), 0o755);
  const well = await nodes.untilState("a", "MASTER");
  t.same(well.problems, []);
});

t.test("dont_track_primary: a cut cable is no fault", async (t) => {
  const { nodes } = await trackingPair(t, "dont_track_primary");
  await nodes.host("a").cut();
  await nodes.untilState("b", "MASTER");
  t.match((await nodes.status("a")).instances[0], { state: "MASTER" });
  t.ok(await nodes.host("a").hasAddress(VIP));
  await nodes.host("a").heal();
  await nodes.untilHeldBy("a");
});
