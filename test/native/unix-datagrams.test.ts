import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { UnixDatagrams } from "../../src/host/native.js";
import { DatagramReceiver } from "../lab/datagram-receiver.js";
import { until } from "../netns/until.js";
import { openDescriptors } from "./namespace.js";

const { EAGAIN, EBADF, ECONNREFUSED, EINVAL, EMSGSIZE, ENAMETOOLONG, ENOENT, ENOTDIR, EPROTOTYPE } =
  constants.errno;
/** sizeof sun_path */
const LONGEST = 108;

/** An abstract name that nobody else has. */
const name = () => `vrrpd-test-${randomUUID()}`;

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-datagrams-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function receiverAt(t: Test, path: string): Promise<DatagramReceiver> {
  const receiver = await DatagramReceiver.start(path);
  t.teardown(() => receiver.stop());
  return receiver;
}

const text = (message: string) => Buffer.from(message);

t.test("messages arrive whole, by path and by abstract name", async (t) => {
  const folder = folderOf(t);
  const longest = join(folder, "x".repeat(LONGEST - folder.length - 2));
  const sender = new UnixDatagrams();
  t.teardown(() => sender.close());
  const abstract = name();
  const names = { [join(folder, "s")]: null, [longest]: null, [`@${abstract}`]: `\0${abstract}` };
  for (const [path, name] of Object.entries(names)) {
    const receiver = await receiverAt(t, path);
    const messages = ["READY=1", "", "a\nb\0c ä", "x".repeat(100_000)];
    for (const message of messages) t.equal(sender.send(name ?? path, text(message)), 0);
    await until(() => receiver.messages.length === messages.length, { what: "the messages" });
    t.strictSame(receiver.messages, messages, path);
  }
});

t.test("where nobody listens the errno says why, and the next message may arrive", async (t) => {
  const folder = folderOf(t);
  const path = join(folder, "s");
  const sender = new UnixDatagrams();
  const send = (to: string) => sender.send(to, text("x"));
  t.equal(send(path), -ENOENT);
  const receiver = await receiverAt(t, path);
  t.equal(send(path), 0);
  await receiver.order("close");
  t.equal(send(path), -ENOENT);
  await receiver.order("open");
  t.equal(send(path), 0);
  await until(() => receiver.messages.length === 2, { what: "both" });

  t.equal(send(`\0${name()}`), -ECONNREFUSED);
  t.equal(send(""), -EINVAL);
  writeFileSync(join(folder, "file"), "");
  t.equal(send(join(folder, "file")), -ECONNREFUSED);
  t.equal(send(join(folder, "file", "s")), -ENOTDIR);
  const stream = createServer();
  await new Promise<void>((resolve) => stream.listen(join(folder, "stream"), resolve));
  t.teardown(() => stream.close());
  t.equal(send(join(folder, "stream")), -EPROTOTYPE);
  t.equal(sender.send(path, new Uint8Array(16 * 1024 * 1024)), -EMSGSIZE);
  sender.close();
  sender.close();
  t.equal(send(path), -EBADF);
});

t.test("a name that does not fit is refused, and never cut", async (t) => {
  const sender = new UnixDatagrams();
  t.teardown(() => sender.close());
  const longest = name().padEnd(LONGEST - 1, "y");
  const receiver = await receiverAt(t, `@${longest}`);
  t.equal(sender.send(`\0${longest}y`, text("x")), -ENAMETOOLONG);
  t.equal(sender.send(`/${"y".repeat(LONGEST)}`, text("x")), -ENAMETOOLONG);
  t.equal(sender.send(`/${"y".repeat(LONGEST - 1)}`, text("x")), -ENOENT, "a path needs no NUL behind it");
  t.equal(sender.send(`\0${longest.slice(0, -1)}`, text("x")), -ECONNREFUSED, "the length is part of it");
  t.equal(sender.send(`\0${longest}`, text("it fits")), 0);
  await until(() => receiver.messages[0] === "it fits", { what: "the message" });
});

t.test("a receiver that does not read costs -EAGAIN, and nothing waits", async (t) => {
  const path = join(folderOf(t), "s");
  const receiver = await receiverAt(t, path);
  await receiver.order("rest");
  const sender = new UnixDatagrams();
  t.teardown(() => sender.close());
  let sent = 0;
  let errno = 0;
  for (; errno === 0; sent++) errno = sender.send(path, text(String(sent)));
  t.equal(errno, -EAGAIN);
  t.equal(sender.send(path, text("x")), -EAGAIN);
  await receiver.order("read");
  await until(() => receiver.messages.length === sent - 1, { what: "those that were taken" });
  t.equal(sender.send(path, text("again")), 0);
  await until(() => receiver.messages.at(-1) === "again", { what: "the next one" });
});

t.test("closing, or nobody who holds it, leaves no descriptor", async (t) => {
  const before = openDescriptors();
  for (let i = 0; i < 1000; i++) new UnixDatagrams().close();
  t.equal(openDescriptors(), before);
});
