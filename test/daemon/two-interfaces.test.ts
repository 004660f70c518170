/**
 * One daemon, two LANs: a virtual router with the same id on an interface in either. No source of configuration names two
 * interfaces yet, so the test hands the daemon what one would.
 */
import { fileURLToPath } from "node:url";
import t from "tap";
import type { StatusDocument } from "../../src/daemon/status/types.js";
import { schemaViolations } from "../cli/sight/schema.js";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT } from "../lab/environment.js";
import { statusOf } from "../lab/status.js";
import { advert, type Capture, createLan, type Host, type Lan, until } from "../netns/index.js";

const PROGRAM = fileURLToPath(new URL("./two-interfaces.mjs", import.meta.url));
const PATIENCE = { timeoutMs: 120_000 };
const FRONT = { interface: "ens3", node: "192.0.2.40", vips: ["192.0.2.101"] };
const BACK = { interface: "ens4", node: "198.51.100.40", vips: ["198.51.100.101", "2001:db8:4::101"] };
const VIPS = [...FRONT.vips, ...BACK.vips];

const environmentOf = (name: string, side: typeof FRONT) => ({
  ...BASE_ENVIRONMENT,
  OPENSHIFT_HA_CONFIG_NAME: name,
  OPENSHIFT_HA_NETWORK_INTERFACE: side.interface,
  OPENSHIFT_HA_VIRTUAL_IPS: side.vips.join(),
  OPENSHIFT_HA_VIP_GROUPS: "1",
});

/** A cable from the node to a bridge in the other LAN. */
async function plugIn(node: Host, door: Host): Promise<void> {
  // Whoever says something is inside.
  const anchor = door.start(["sh", "-c", "echo here; exec sleep infinity"]);
  await anchor.waitForLine(/here/, PATIENCE);
  const cable = [
    `link add ${BACK.interface} type veth peer name node netns ${anchor.pid}`,
    `address add ${BACK.node}/24 dev ${BACK.interface}`,
    `address add 2001:db8:4::40/64 dev ${BACK.interface} nodad`,
    `link set ${BACK.interface} up`,
  ];
  await node.ok(["ip", "-batch", "-"], { input: cable.join("\n") });
  const bridge = [
    "link add inside type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
    "link set inside up",
    "link set ens3 master inside",
    "link set node master inside up",
  ];
  await door.ok(["ip", "-batch", "-"], { input: bridge.join("\n") });
}

interface Site {
  readonly node: Host;
  readonly door: Host;
  readonly lans: { readonly front: Lan; readonly back: Lan };
  readonly captures: { readonly front: Capture; readonly back: Capture };
  /** Returns when each of the three instances is in this state: of the front, then of the back. */
  untilStates(...states: readonly string[]): Promise<StatusDocument>;
}

async function createSite(t: { teardown(handler: () => Promise<void>): void }): Promise<Site> {
  const front = await createLan({
    interface: FRONT.interface,
    hosts: { node: { addresses: [`${FRONT.node}/24`] }, client: { addresses: ["192.0.2.99/24"] } },
  });
  t.teardown(() => front.destroy());
  const back = await createLan({
    interface: "ens3",
    hosts: { door: {}, client: { addresses: ["198.51.100.99/24", "2001:db8:4::99/64"] } },
  });
  t.teardown(() => back.destroy());
  const [node, door] = [front.host("node"), back.host("door")];
  await plugIn(node, door);
  const captures = { front: await front.capture(), back: await back.capture() };
  const untilStates = async (...states: readonly string[]) => {
    let document: StatusDocument | null = null;
    const areReached = async () => {
      document = await statusOf(node).catch(() => null);
      return document?.instances.map(({ state }) => state).join() === states.join();
    };
    await until(areReached, { what: states.join(), ...PATIENCE });
    return document!;
  };
  return { node, door, lans: { front, back }, captures, untilStates };
}

function historyOf({ instances }: StatusDocument, index: number): string[] {
  return instances[index]!.transitions.map(({ from, to, code }) => `${from} ${to} ${code}`);
}

async function held(node: Host): Promise<string[]> {
  const all = await node.addresses();
  return all.filter(({ address }) => VIPS.includes(address)).map((on) => `${on.interface} ${on.address}`);
}

t.test("one daemon serves an interface in each of two LANs", async (t) => {
  const { node, door, lans, captures, untilStates } = await createSite(t);
  const environments = [environmentOf("front", FRONT), environmentOf("back", BACK)];
  const daemon = node.start([process.execPath, PROGRAM, JSON.stringify(environments)], { name: "vrrpd" });
  const serving = await untilStates("MASTER", "MASTER", "MASTER");

  t.test("each instance is master on its own interface, and says so", async (t) => {
    t.strictSame(schemaViolations(serving), []);
    t.same(
      serving.instances.map((one) => [
        one.interface,
        one.virtualRouterId,
        one.source?.replace(/^fe80:.*/, "fe80"),
      ]),
      [
        ["ens3", 1, FRONT.node],
        ["ens4", 1, BACK.node],
        ["ens4", 1, "fe80"],
      ],
    );
    t.match(serving, { interface: null, interfaceReason: /^ens3 is .*; ens4 is / });
    t.same(serving.problems, []);
    t.same((await held(node)).sort(), ["ens3 192.0.2.101", "ens4 198.51.100.101", "ens4 2001:db8:4::101"]);
  });

  t.test(
    "its adverts are on both LANs, each where it belongs, and clients reach the addresses",
    async (t) => {
      await captures.front.waitFor(advert({ source: FRONT.node, virtualRouterId: 1 }), PATIENCE);
      await captures.back.waitFor(advert({ source: BACK.node, virtualRouterId: 1 }), PATIENCE);
      await captures.back.waitFor(advert({ family: "ipv6", virtualRouterId: 1 }), PATIENCE);
      t.same(
        captures.front.adverts().filter(({ source }) => source !== FRONT.node),
        [],
      );
      t.same(captures.back.adverts({ source: FRONT.node }), []);
      t.ok(await lans.front.host("client").reaches(FRONT.vips[0]!));
      for (const address of BACK.vips) t.ok(await lans.back.host("client").reaches(address), address);
    },
  );

  t.test("views name both interfaces", async (t) => {
    t.match(await node.ok([...VRRPD, "status"]), /^front on \S+, interfaces ens3, ens4; /);
    t.match(await node.ok([...VRRPD, "why", "back_VIP_1"]), /back_VIP_1/);
    t.equal(await node.ok([...VRRPD, "health", "--ready"]), "ready\n");
  });

  t.test("what befalls one interface leaves the other as it is", async (t) => {
    await door.ok(["ip", "link", "set", "node", "down"]);
    const cut = await untilStates("MASTER", "FAULT", "FAULT");
    t.same(historyOf(cut, 0), historyOf(serving, 0));
    t.same(await held(node), ["ens3 192.0.2.101"]);
    await door.ok(["ip", "link", "set", "node", "up"]);
    const healed = await untilStates("MASTER", "MASTER", "MASTER");
    await node.detach();
    const gone = await untilStates("FAULT", "MASTER", "MASTER");
    t.equal(gone.instances[0]!.code, "interface-missing");
    t.same(historyOf(gone, 1), historyOf(healed, 1));
    t.match(gone, { interface: null }, "there still are two");
    await node.attach();
    await untilStates("MASTER", "MASTER", "MASTER");
  });

  t.test("SIGTERM releases both", async (t) => {
    daemon.kill("SIGTERM");
    t.same(await daemon.exited, { code: 0, signal: null });
    t.same(await held(node), []);
    await captures.front.waitFor(advert({ source: FRONT.node, priority: 0 }), PATIENCE);
    await captures.back.waitFor(advert({ source: BACK.node, priority: 0 }), PATIENCE);
    await captures.back.waitFor(advert({ family: "ipv6", priority: 0 }), PATIENCE);
  });
});
