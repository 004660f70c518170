/** Several sockets for one stream: nothing is lost or counted twice while programs are exchanged, or in a flood. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import { type IpAddress, parseAddress } from "../../../src/base/address.js";
import { NOBODY } from "../../../src/core/router/leader.js";
import { openAdvertSocket } from "../../../src/host/adverts/open.js";
import { SLACK_MILLIS } from "../../../src/host/adverts/overlap.js";
import { receiveDrops } from "../../../src/host/adverts/receive-drops.js";
import { nowMicros, PacketSocket } from "../../../src/host/native.js";
import { VRRP_GROUPS } from "../../../src/wire/vrrp.js";
import { encodeVrrp3 } from "../../../src/wire/vrrp3.js";
import { frameOf } from "../../hostile-packets/packets.js";
import { until } from "../../netns/until.js";
import { addPair, enterNamespace, indexOf, ip } from "../netlink/support.js";

const SENDER = "VRRPD_TEST_SENDER";
const ID = 7;
const VIP = address("192.0.2.101");
const MASTER = address("192.0.2.40");
const OTHER = address("192.0.2.41");
const NUMBERED = 2_000;

function address(text: string): IpAddress {
  return parseAddress(text)!;
}

/** An advert with a number in it. */
function numbered(number: number, source: IpAddress, priority = 200): Uint8Array {
  const addresses = [VIP, address(`198.18.${number >> 8}.${number & 255}`)];
  const message = encodeVrrp3({
    virtualRouterId: ID,
    priority,
    advertIntervalMicros: 1_000_000,
    addresses,
    source: source.bytes,
    destination: address("224.0.0.18").bytes,
    checksumPseudoHeader: true,
  });
  return frameOf(message, source);
}

function openHere(onNumber: (number: number, count: number, arrivedAt: number) => void) {
  return openAdvertSocket({
    interface: "eth0",
    interfaceIndex: indexOf("eth0"),
    family: "ipv4",
    groups: [VRRP_GROUPS.ipv4],
    meant: {
      virtualRouterIds: [ID],
      versions: new Set([3]),
      groups: [VRRP_GROUPS.ipv4],
      unicast: null,
      addresses: [VIP],
    },
    onPacket: (message, _context, arrivedAt) => {
      const number = message[14]! * 256 + message[15]!;
      onNumber(number, 1, arrivedAt);
      return (count, latestAt) => onNumber(number, count, latestAt);
    },
    onDrop: (reason) => t.fail(`dropped: ${reason}`),
    onError: (code) => t.fail(`receiving failed: ${code}`),
  });
}

function sender(): PacketSocket {
  return new PacketSocket({ interfaceIndex: indexOf("peer0"), etherType: 0, onReadable: null });
}

/** Another process, so that packets arrive between any two system calls of this one. */
async function sendNumbered(): Promise<void> {
  const socket = sender();
  for (let number = 0; number < NUMBERED; number += 10) {
    const batch = Array.from({ length: 10 }, (_, at) => numbered(number + at, at % 2 === 0 ? MASTER : OTHER));
    socket.send(batch);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  socket.close();
}

async function tests(): Promise<void> {
  addPair("eth0", "peer0");
  ip("address add 192.0.2.1/24 dev eth0");

  t.test("while who is followed changes, each advert is handed over once", async (t) => {
    const counts = new Map<number, number>();
    const socket = openHere((number) => counts.set(number, (counts.get(number) ?? 0) + 1));
    const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url)], {
      env: { ...process.env, [SENDER]: "1" },
      stdio: "inherit",
    });
    let exchanges = 0;
    const timer = setInterval(() => {
      exchanges += 1;
      const sources = [[], [MASTER], [OTHER], [MASTER, OTHER]][exchanges % 4]!;
      const leastPriority = exchanges % 3 === 0 ? 0 : 100;
      const routine = exchanges % 2 === 0 ? NOBODY.routine : { virtualRouterIds: [ID], priorities: [200] };
      socket.follow({ sources, leastPriority, bestPriority: 0, routine });
    }, 5);
    await new Promise((resolve) => child.once("exit", resolve));
    clearInterval(timer);
    await until(() => !socket.readArrived(), { what: "what was left" });
    t.comment(`${exchanges} exchanges`);
    t.equal(counts.size, NUMBERED, "none is missing");
    t.same([...counts.values()].filter((count) => count > 1).length, 0, "none comes twice");
    socket.close();
  });

  t.test("what is routine is told later, as one, and before anything new of the same speaker", async (t) => {
    const heard: string[] = [];
    let age = 0;
    const socket = openHere((number, count, arrivedAt) => {
      heard.push(`${count} of ${number}`);
      age = nowMicros() - arrivedAt;
    });
    const master = sender();
    socket.follow({ ...NOBODY, sources: [MASTER], routine: { virtualRouterIds: [ID], priorities: [200] } });
    // What comes around the exchange may be in two sockets, and is not recognised.
    const exchangedAt = Date.now();
    await until(() => Date.now() > exchangedAt + 2 * SLACK_MILLIS, { what: "the end of the exchange" });
    const say = async (...frames: Uint8Array[]) => {
      master.send([...frames, numbered(9, OTHER)]);
      await until(() => heard.includes("1 of 9"), { what: "what was sent last" });
      socket.readArrived();
      return heard.splice(0).filter((line) => line !== "1 of 9");
    };
    t.same(await say(numbered(1, MASTER)), ["1 of 1"], "the first is told at once");
    t.same(await say(numbered(1, MASTER), numbered(1, MASTER), numbered(1, MASTER)), []);
    const readAt = nowMicros();
    while (nowMicros() < readAt + 100_000);
    socket.catchUp();
    t.same(heard.splice(0), ["3 of 1"]);
    t.ok(age >= 100_000, `its silence began when it was heard, ${age} µs ago, and not when that was told`);
    socket.catchUp();
    t.same(heard.splice(0), [], "once");
    t.same(await say(numbered(1, MASTER), numbered(2, MASTER), numbered(2, MASTER)), [
      "1 of 1",
      "1 of 2",
      "1 of 2",
    ]);
    t.same(await say(numbered(2, MASTER)), []);
    socket.forget();
    t.same(heard.splice(0), ["1 of 2"], "nothing is lost when all is forgotten");
    t.same(await say(numbered(2, MASTER)), ["1 of 2"], "and then it is told at once again");
    master.close();
    socket.close();
  });

  t.test("what a master repeated is read before what it says anew", async (t) => {
    const heard: number[] = [];
    const socket = openHere((number, count) => heard.push(...Array<number>(count).fill(number)));
    socket.follow({ ...NOBODY, sources: [MASTER], routine: { virtualRouterIds: [ID], priorities: [200] } });
    const master = sender();
    // So many that the socket for them is read at distances.
    for (let sent = 0; sent < 50; sent += 1) {
      master.send([numbered(1, MASTER)]);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (let number = 2; number < 40; number += 2) {
      master.send([numbered(number, MASTER), numbered(number + 1, MASTER, 0)]);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => heard.includes(39), { what: "the last" });
    socket.catchUp();
    const releases = heard.filter((number) => number >= 3 && number % 2 === 1);
    t.same(
      releases.filter((number) => heard.indexOf(number - 1) > heard.indexOf(number)),
      [],
      "no release comes before the advert before it",
    );
    t.equal(releases.length, 19);
    master.close();
    socket.close();
  });

  t.test("a flood that fills the others' room leaves that of the followed master", async (t) => {
    const heard: number[] = [];
    const socket = openHere((number) => heard.push(number));
    socket.follow({ ...NOBODY, sources: [MASTER] });
    const before = receiveDrops("unread").ipv4;
    const flooder = sender();
    const forged = Array.from({ length: 100 }, () => numbered(1, OTHER));
    // All in one turn of the loop: nothing is read meanwhile.
    for (let sent = 0; sent < 12_000; ) sent += flooder.send(forged);
    flooder.send([numbered(2, MASTER)]);
    for (let sent = 0; sent < 1_000; ) sent += flooder.send(forged);
    flooder.close();
    while (socket.readArrived());
    t.ok(receiveDrops("unread").ipv4 > before, "there was no room for the flood");
    t.equal(heard[0], 2, "the master's is read first");
    t.equal(heard.filter((number) => number === 2).length, 1);
    socket.close();
  });
}

if (process.env[SENDER] === "1") await sendNumbered();
else {
  enterNamespace();
  await tests();
}
