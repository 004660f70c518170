/**
 * Throws random and hostile arguments at every function, class, method and accessor of the addon:
 *
 *   node --expose-gc main.mjs ADDON SEED SECONDS CALLS [--trace]
 *
 * It ends after so many seconds or calls, whichever comes first. In a network namespace of its own, since it opens
 * sockets and sends. Exit code 1: an error that says nothing, or one that nobody expected; a crash is a finding anyway.
 */

import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { random, Thrown, Values } from "./values.mjs";

const [path, seed, seconds, mostCalls, trace] = process.argv.slice(2);
const native = createRequire(import.meta.url)(path);
const chance = random(Number(seed));
const values = new Values(chance);
const { pick, below } = chance;

const MOST_OBJECTS = 40;
const MOST_PROGRAMS = 16;
const TURN = 50;
/** Deep enough for a getter within a callback within a getter. */
const DEEPEST = 3;

const server = createServer().listen(0, "127.0.0.1").unref();
await once(server, "listening");
const objects = [];
const tally = { calls: 0, errors: 0, callbacks: 0 };
let programs = 0;
let depth = 0;

const number = () => values.number();
const text = () => values.text();
const bytes = () => values.bytes();
const callback = () => values.callback();
const callbackOrNone = () => pick([null, undefined, callback()]);
const interfaceIndex = () => pick([1, 1, 1, 2, 3, 0, 99]);
/** `ret` with so many bytes. */
const filter = () =>
  pick([
    null,
    undefined,
    bytes(),
    new Uint8Array([6, 0, 0, 0, 0, 0, 0, 0]),
    new Uint8Array([6, 0, 0, 0, 255, 255, 0, 0]),
  ]);
const frame = () => {
  const made = new Uint8Array(pick([14, 34, 60, 60, 200]));
  made[12] = 8;
  for (let i = 14; i < made.length; i += 1) made[i] = below(256);
  if (made.length > 23) [made[14], made[23]] = [0x45, 112];
  values.keep(made.buffer);
  return chance.chance(0.5) ? made : bytes();
};

const CLASSES = {
  Timer: () => [callback()],
  NetlinkSocket: () => [
    values.options({
      groups: () => pick([0, 0x10, 0x111, number()]),
      receiveBufferBytes: () => 65536,
      protocol: () => pick([undefined, undefined, 0, 11, number()]),
      filter,
      onReadable: callbackOrNone,
    }),
  ],
  PacketSocket: () => [
    values.options({
      interfaceIndex,
      etherType: () => pick([0, 0x0806, 3, 0x0800]),
      filter,
      onReadable: callbackOrNone,
    }),
  ],
  RawReceiver: () => [
    values.options({
      family: () => pick(["ipv4", "ipv6"]),
      protocol: () => pick([112, 112, 1]),
      interfaceIndex,
      groups: () => values.array(() => new Uint8Array(pick([4, 16])).fill(0xe0)),
      filter,
      receiveBufferBytes: () => 65536,
      slots: () => pick([1, 4, 64, 1024]),
      slotBytes: () => pick([1, 20, 64, 2048]),
      ofLink: () => pick([true, false, undefined]),
      onReadable: callback,
    }),
  ],
  RawSender: () => [pick(["ipv4", "ipv6"])],
  Lock: () => [pick([text(), `lock ${below(5)}`])],
  RealtimeSignals: () => [callback()],
  UnixDatagrams: () => [],
  Inotify: () => [callback()],
  TcpListener: () => [pick([server._handle.fd, server._handle.fd, number()]), callback()],
};
const somePath = () =>
  pick(["/tmp", "/nonexistent", "/proc/self/stat", "/dev/zero", "/proc/self/exe", text()]);
/** Arguments of methods, mostly of the right kind. */
const METHODS = {
  arm: () => [pick([number(), native.nowMicros() + below(2000)])],
  send: () => [chance.chance(0.5) ? bytes() : values.array(frame)],
  "UnixDatagrams.send": () => [pick([text(), "\0nobody", `\0${"x".repeat(below(200))}`]), bytes()],
  "RawSender.send": () => [bytes(), pick(["127.0.0.1", "::1", "192.0.2.1", text()])],
  setOption: () => [below(60), below(60), pick([new Uint8Array(below(16)), bytes()])],
  receive: () => [bytes()],
  setFilter: () => [filter()],
  pause: () => [below(2) === 0],
  add: () => [somePath(), pick([0x3c8, 0x1000fc0, number()]), callback()],
  remove: () => [pick([1, 2, number()])],
};
const program = () =>
  values.options({
    file: () => pick(["/bin/true", "/bin/cat", "/nonexistent", "/etc/passwd", text()]),
    args: () => values.array(text),
    environment: () => values.array(text),
    captureOutput: () => false,
    confined: () => pick([true, false, undefined]),
    identity: () =>
      pick([
        null,
        undefined,
        values.options({ uid: number, gid: number, groups: () => values.array(number) }),
      ]),
    access: () => pick([undefined, 1, 4, number()]),
  });
/** These would end this process, or reach others: they get what stands below alone. */
const DANGEROUS = new Set(["spawn", "kill", "setRealtime", "replaceProcess", "exitNow"]);
const FUNCTIONS = {
  nowMicros: () => [],
  spawn: () => {
    programs += 1;
    const started = (_, process) => {
      if (process === null) programs -= 1;
      values.mischief();
    };
    const ended = () => {
      programs -= 1;
    };
    return [program(), started, ended];
  },
  readFiles: () => [values.array(somePath), pick([0, 1, 127, 4096, number()]), callback()],
  readLink: () => [somePath(), callback()],
  findUser: () => [pick([0, 65534, "root", "nobody", number(), text()])],
  peerCredentials: () => [pick([server._handle.fd, 0, number()])],
  makeFifo: () => [pick(["/proc/none", "\0", number()]), pick([0o644, number(), text()])],
  findGroup: () => [pick(["root", text(), number()])],
  kill: () => [pick([process.pid, -1, 0, "1", Number.NaN, 2 ** 31, null]), 0],
  isLockTaken: () => [pick([text(), `lock ${below(5)}`])],
  lockHolder: () => [pick([text(), `lock ${below(5)}`])],
  socketOwners: () => [values.array(() => pick([text(), `lock ${below(5)}`]))],
  setRealtime: () => [pick([1000, 0, -1, 0.5, 2 ** 32, null, "1"]), number(), number()],
  endRealtime: () => [],
  reapOrphans: () => [],
  replaceProcess: () => [pick(["/nonexistent", 7, "\0", null]), values.array(text), values.array(text)],
  setCommandLine: () => [values.array(text)],
  exitNow: () => [pick([Number.NaN, -1, 2 ** 32, "0", null, {}, 0.5, undefined])],
};

function isExpected(error) {
  if (error instanceof Thrown || error instanceof TypeError || error instanceof RangeError) return true;
  return typeof error?.code === "string" && typeof error.syscall === "string";
}

function call(what, work) {
  tally.calls += 1;
  if (trace !== undefined) process.stderr.write(`${tally.calls} ${what}\n`);
  try {
    return work();
  } catch (error) {
    tally.errors += 1;
    if (isExpected(error)) return undefined;
    console.log(`FINDING: call ${tally.calls}, ${what}: ${error?.stack ?? error}`);
    process.exit(1);
  }
}

/** One argument in ten is anything. */
const spoilt = (given) => given.map((one) => (chance.chance(0.1) ? values.any(objects) : one));

function construct() {
  const name = pick(Object.keys(CLASSES));
  const given = spoilt(CLASSES[name]());
  const made = call(`new ${name}`, () =>
    chance.chance(0.05)
      ? Reflect.construct(
          native[name],
          given,
          pick([Object, Array, class extends native[name] {}, native.Timer]),
        )
      : new native[name](...given),
  );
  if (made !== undefined) objects.push(made);
  if (objects.length > MOST_OBJECTS) {
    const [old] = objects.splice(below(objects.length), 1);
    if (typeof old.close === "function") call("close", () => old.close());
  }
}

function use() {
  const of = pick(Object.keys(CLASSES));
  const { prototype } = native[of];
  const own = Object.keys(Object.getOwnPropertyDescriptors(prototype)).filter(
    (name) => name !== "constructor",
  );
  const name = pick(own);
  const { get, value } = Object.getOwnPropertyDescriptor(prototype, name);
  const mine = objects.filter((object) => Object.getPrototypeOf(object) === prototype);
  const target = mine.length > 0 && chance.chance(0.9) ? pick(mine) : values.any(objects);
  if (name === "close" && chance.chance(0.8)) return;
  const given = get === undefined ? spoilt((METHODS[`${of}.${name}`] ?? METHODS[name])?.() ?? []) : [];
  const result = call(`${name} of ${target?.constructor?.name}`, () => (get ?? value).apply(target, given));
  // The memory of a receiver is the script's to spoil.
  if (ArrayBuffer.isView(result) && chance.chance(0.05)) values.buffers.push(result.buffer);
}

function invoke() {
  const name = pick(Object.keys(FUNCTIONS));
  if (name === "spawn" && programs >= MOST_PROGRAMS) return;
  const before = programs;
  const given = DANGEROUS.has(name) ? FUNCTIONS[name]() : spoilt(FUNCTIONS[name]());
  const result = call(name, () => native[name](...given));
  if (name !== "spawn") return;
  if (result === undefined) programs = before;
  else if (chance.chance(0.2)) call("cancel", () => result());
}

function step() {
  pick([construct, use, use, use, use, invoke])();
  if (chance.chance(0.05)) values.spoil();
}

values.mischief = () => {
  tally.callbacks += 1;
  if (depth >= DEEPEST || !chance.chance(0.5)) return;
  depth += 1;
  step();
  depth -= 1;
};

process.on("uncaughtException", (error) => {
  depth = 0;
  if (isExpected(error)) return;
  console.log(`FINDING: uncaught: ${error?.stack ?? error}`);
  process.exit(1);
});

// Everything that there is, is thrown at.
const unknown = Object.keys(native).filter((name) => !(name in CLASSES) && !(name in FUNCTIONS));
if (unknown.length > 0) {
  console.log(`FINDING: nothing is thrown at ${unknown.join(", ")}`);
  process.exit(1);
}

const endsAt = performance.now() + Number(seconds) * 1000;
function turn() {
  try {
    for (let i = 0; i < TURN; i += 1) step();
  } catch (error) {
    // Not what the addon did: nothing would go on after it.
    console.log(`FINDING: the fuzz itself is broken: ${error?.stack ?? error}`);
    process.exit(1);
  }
  if (chance.chance(0.02)) globalThis.gc();
  if (performance.now() < endsAt && tally.calls < Number(mostCalls)) return setImmediate(turn);
  console.log(`${tally.calls} calls, ${tally.errors} errors, ${tally.callbacks} callbacks, no finding`);
  process.exit(0);
}
turn();
