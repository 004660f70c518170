/** What JavaScript hands to the addon: whatever it is, the answer is an error, and nothing is taken for something else. */
import { spawn as nodeSpawn } from "node:child_process";
import { once } from "node:events";
import t from "tap";
import {
  findGroup,
  findUser,
  isLockTaken,
  kill,
  lockHolder,
  NetlinkSocket,
  PacketSocket,
  peerCredentials,
  RawReceiver,
  RawSender,
  replaceProcess,
  setRealtime,
  socketOwners,
  spawn,
  UnixDatagrams,
} from "../../src/host/native.js";
import { inNamespace, ip, makeVeth, until } from "./namespace.js";
import { runScript } from "./script.js";

const ETHERTYPE = 0x88b5;
const TEXTS = ["", "1", "0x1", Number.NaN, null, {}, [1], 1n, true];
const FRACTIONS = [0.5, 1e-9, Number.POSITIVE_INFINITY];
const HUGE = [2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53, 1e308, -1, -(2 ** 31), -(2 ** 32), -1e308];

if (inNamespace(t, import.meta.url)) tests();

function tests(): void {
  ip("link", "set", "dev", "lo", "up");
  const [a, b] = makeVeth("a", "b");
  const netlink = { groups: 0, receiveBufferBytes: 65536, onReadable: null };
  const packet = { interfaceIndex: a, etherType: ETHERTYPE, filter: null, onReadable: null };
  const raw = {
    family: "ipv4",
    protocol: 112,
    interfaceIndex: a,
    groups: [],
    receiveBufferBytes: 4096,
    slots: 4,
    slotBytes: 64,
    onReadable: () => {},
  };
  const program = { file: "/bin/true", args: ["true"], environment: [], captureOutput: false };
  const nobody = { uid: 1, gid: 1, groups: [1] };
  const start = (options: object) =>
    spawn(
      options as never,
      () => {},
      () => {},
    );

  /** Each integer, by its name in the message, and whether -1 and 2^31 are in its range. */
  const integers: readonly (readonly [name: string, use: (value: never) => unknown, alsoFine?: number[]])[] =
    [
      ["groups", (groups) => new NetlinkSocket({ ...netlink, groups }), [2 ** 31]],
      ["receiveBufferBytes", (receiveBufferBytes) => new NetlinkSocket({ ...netlink, receiveBufferBytes })],
      ["interfaceIndex", (interfaceIndex) => new PacketSocket({ ...packet, interfaceIndex })],
      ["etherType", (etherType) => new PacketSocket({ ...packet, etherType })],
      ["slots", (slots) => new RawReceiver({ ...raw, slots } as never)],
      ["slotBytes", (slotBytes) => new RawReceiver({ ...raw, slotBytes } as never)],
      ["mostAgeMicros", (mostAgeMicros) => new RawReceiver({ ...raw, mostAgeMicros } as never)],
      ["recognised", (recognised) => new RawReceiver({ ...raw, recognised } as never)],
      ["protocol", (protocol) => new RawReceiver({ ...raw, protocol } as never)],
      ["interfaceIndex", (interfaceIndex) => new RawReceiver({ ...raw, interfaceIndex } as never)],
      ["priority", (priority) => setRealtime(priority, 1, 2)],
      ["warningMicros", (warning) => setRealtime(1, warning, 2 ** 53 - 1), [2 ** 31, 2 ** 32, 2 ** 32 + 1]],
      ["endMicros", (end) => setRealtime(1000, 1, end), [2 ** 31, 2 ** 32, 2 ** 32 + 1]],
      ["pid", (pid) => kill(pid, 0), [-1]],
      ["signal", (signal) => kill(-1, signal)],
      ["uid", (uid) => start({ ...program, confined: true, identity: { ...nobody, uid } }), [2 ** 31]],
      ["gid", (gid) => start({ ...program, confined: true, identity: { ...nobody, gid } }), [2 ** 31]],
      [
        "each of groups",
        (group) => start({ ...program, confined: true, identity: { ...nobody, groups: [group] } }),
        [2 ** 31],
      ],
      ["access", (access) => start({ ...program, access })],
      ["fd", (fd) => peerCredentials(fd)],
    ];

  t.test("a number is an integer in its range, or refused by name", async (t) => {
    for (const [name, use, fine = []] of integers) {
      const message = new RegExp(`^${name} must be an integer from `);
      for (const value of [...TEXTS, ...FRACTIONS]) {
        t.throws(() => use(value as never), { name: "TypeError", message }, `${name}: ${String(value)}`);
      }
      for (const value of HUGE.filter((one) => !fine.includes(one))) {
        t.throws(() => use(value as never), { name: "RangeError", message }, `${name}: ${value}`);
      }
    }
    // What would be cut to something that is accepted, or stand for "as it is".
    t.throws(() => new PacketSocket({ ...packet, etherType: 0x10806 }), { name: "RangeError" });
    for (const uid of [2 ** 32, 2 ** 32 - 1]) {
      t.throws(() => findUser(uid), { name: "RangeError" });
      t.throws(() => start({ ...program, confined: true, identity: { ...nobody, uid } }), {
        name: "RangeError",
      });
    }
    t.throws(() => new RawReceiver({ ...raw, slots: 2 ** 20, slotBytes: 2 ** 20 } as never), {
      name: "RangeError",
    });
  });

  t.test("a text is a string without NUL, or refused by name", async (t) => {
    const texts: readonly (readonly [name: string, use: (value: never) => unknown])[] = [
      ["file", (file) => start({ ...program, file })],
      ["each of args", (argument) => start({ ...program, args: ["true", argument] })],
      ["each of environment", (variable) => start({ ...program, environment: [variable] })],
      ["file", (file) => replaceProcess(file, [], [])],
      ["each of args", (argument) => replaceProcess("/nonexistent", [argument], [])],
      ["each of environment", (variable) => replaceProcess("/nonexistent", [], [variable])],
      ["the name", (name) => lockHolder(name)],
      ["the name", (name) => isLockTaken(name)],
      ["each of names", (name) => socketOwners([name])],
      ["user", (user) => findUser(user)],
      ["name", (name) => findGroup(name)],
      ["path", (path) => new UnixDatagrams().send(path, new Uint8Array(1))],
      ["family", (family) => new RawSender(family)],
      ["destination", (destination) => new RawSender("ipv4").send(new Uint8Array(20), destination)],
    ];
    for (const [name, use] of texts) {
      for (const value of [
        null,
        undefined,
        {},
        ["/bin/true"],
        Symbol("s"),
        { toString: () => "/bin/true" },
      ]) {
        t.throws(() => use(value as never), { name: "TypeError", message: `${name} must be a string` });
      }
      // In a name of an abstract socket it is a byte as any other.
      if (/name$|names$/.test(name) && name !== "name") continue;
      for (const value of ["root\0", "/bin/true\0x"]) {
        t.throws(() => use(value as never), { name: "TypeError", message: `${name} must not contain NUL` });
      }
      // Where it begins a path, it makes an abstract name of it.
      if (name === "path") continue;
      t.throws(() => use("\0" as never), { name: "TypeError", message: `${name} must not contain NUL` });
    }
  });

  t.test("a message is a Uint8Array, or refused", async (t) => {
    const sender = new UnixDatagrams();
    for (const message of [
      new DataView(new ArrayBuffer(8)),
      new ArrayBuffer(8),
      new Uint16Array(4),
      [1],
      "x",
    ]) {
      t.throws(() => sender.send("\0nobody", message as never), { message: "a Uint8Array is expected" });
    }
    sender.close();
  });

  t.test("a filter is a Uint8Array, or refused", async (t) => {
    const bytes = new Uint8Array(8);
    for (const filter of [new DataView(bytes.buffer), bytes.buffer, new Uint16Array(4), [6, 0], "x", 0]) {
      for (const open of [
        () => new PacketSocket({ ...packet, filter: filter as never }),
        () => new RawReceiver({ ...raw, filter } as never),
      ]) {
        t.throws(open, { name: "TypeError", message: "a Uint8Array is expected" });
      }
    }
  });

  t.test("frames whose memory a getter takes away are not sent from there", async (t) => {
    const sender = new PacketSocket({ ...packet, etherType: 0 });
    const receiver = new PacketSocket({ ...packet, interfaceIndex: b });
    const frame = () => {
      const bytes = new Uint8Array(60).fill(0xff, 0, 6);
      new DataView(bytes.buffer).setUint16(12, ETHERTYPE);
      return bytes;
    };
    const [first, last] = [frame(), frame()];
    const frames = [first, null as never];
    Object.defineProperty(frames, 1, {
      get: () => {
        const moved = new Uint8Array(structuredClone(first.buffer, { transfer: [first.buffer] }));
        moved.fill(0x55, 20);
        return last;
      },
    });
    t.equal(sender.send(frames), 0, "the first has no bytes any more");
    t.equal(sender.send([last]), 1);
    const buffer = new Uint8Array(100);
    t.equal(await until(() => receiver.receive(buffer), "a frame"), 60);
    t.same(buffer.subarray(0, 60), last);
    t.equal(receiver.receive(buffer), 0, "no other came");
    sender.close();
    receiver.close();
  });

  t.test("an array that grows while it is read ends", async (t) => {
    const endless = new Array(1);
    const read = () => {
      endless.length += 1;
      return "nobody";
    };
    Object.setPrototypeOf(endless, new Proxy({}, { get: read }));
    t.same(socketOwners(endless), []);
    t.equal(endless.length, 2, "read once");
    t.throws(() => socketOwners(new Array(2 ** 32 - 1)), {
      name: "RangeError",
      message: /^names must have at most/,
    });
  });

  t.test("on an object of another class every method and accessor is a TypeError", async (t) => {
    const { output, code } = await runScript(`
      const objects = [
        new native.Timer(() => {}),
        new native.NetlinkSocket({ groups: 0, receiveBufferBytes: 4096, onReadable: null }),
        new native.PacketSocket({ interfaceIndex: ${a}, etherType: 0, onReadable: null }),
        new native.RawReceiver({ ...${JSON.stringify(raw)}, onReadable() {} }),
        new native.RealtimeSignals(() => {}),
        new native.Lock("other"),
        new native.UnixDatagrams(),
        new native.Inotify(() => {}),
        new native.RawSender("ipv6"),
      ];
      const strangers = [undefined, null, 1, "x", {}, [], () => {}, new Proxy(objects[0], {}), Object.create(objects[1])];
      let calls = 0;
      for (const object of objects) {
        const prototype = Object.getPrototypeOf(object);
        for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
          if (name === "constructor") continue;
          for (const other of [...objects, ...strangers]) {
            if (other === object) continue;
            try {
              (get ?? value).call(other);
              console.log(object.constructor.name, name, "of", other);
            } catch (error) {
              if (!(error instanceof TypeError)) console.log(name, error);
            }
            calls += 1;
          }
        }
      }
      console.log(calls > 300);
      process.exit(0);`);
    t.match({ output, code }, { output: "true\n", code: 0 });
  });

  t.test(
    "what other processes send to a netlink socket is refused, or dropped so many at a time",
    async (t) => {
      const RTMGRP_IPV4_IFADDR = 0x10;
      const socket = new NetlinkSocket({
        ...netlink,
        receiveBufferBytes: 4 * 1024 * 1024,
        groups: RTMGRP_IPV4_IFADDR,
      });
      const others = `
import socket
other = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
try: print(other.sendto(b"x" * 32, (${socket.portId}, 0)))
except ConnectionRefusedError: print("refused")
for i in range(1000): other.sendto(b"x" * 32, (0, ${RTMGRP_IPV4_IFADDR}))`;
      const child = nodeSpawn("python3", ["-c", others], { stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      child.stdout.on("data", (text) => {
        said += text;
      });
      t.same(await once(child, "close"), [0, null]);
      t.equal(said, "refused\n");
      ip("address", "add", "192.0.2.1/32", "dev", "lo");
      const buffer = new Uint8Array(65536);
      t.equal(socket.receive(buffer), 0);
      const atOnce = socket.foreignDatagrams;
      t.ok(atOnce > 0 && atOnce < 1000, `${atOnce} at once`);
      t.ok(await until(() => socket.receive(buffer), "the kernel's own event"));
      t.equal(socket.foreignDatagrams, 1000);
      socket.close();
    },
  );
}
