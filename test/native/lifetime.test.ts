/** What happens to handles when callbacks throw, when nobody holds them, and when their environment ends. */
import t from "tap";
import { inNamespace, ip, makeVeth } from "./namespace.js";
import { addon, runScript } from "./script.js";

if (inNamespace(t, import.meta.url)) tests();

/** One of each class, open and with a callback; `index` is the interface. */
const ALL = (index: number) => `
  const listening = require("net").createServer().listen(0).unref();
  const all = () => [
    new native.Timer(() => {}),
    new native.NetlinkSocket({ groups: 0x100, receiveBufferBytes: 65536, onReadable: () => {} }),
    new native.NetlinkSocket({ groups: 0, receiveBufferBytes: 65536, onReadable: null }),
    new native.PacketSocket({ interfaceIndex: ${index}, etherType: 0x0806, onReadable: () => {} }),
    new native.PacketSocket({ interfaceIndex: ${index}, etherType: 0, onReadable: null }),
    new native.RawReceiver({ family: "ipv6", slots: 4, slotBytes: 64, protocol: 112, interfaceIndex: ${index}, groups: [], receiveBufferBytes: 4096, onReadable: () => {} }),
    new native.Lock("lock" + Math.random()),
    new native.UnixDatagrams(),
    new native.Inotify(() => {}),
    new native.RawSender("ipv4"),
    new native.TcpListener(listening._handle.fd, () => {}),
  ];
  const sleeper = () => native.spawn({ file: "/bin/sleep", args: ["sleep", "1"], environment: [], captureOutput: false },
    () => {}, () => {});
  native.readFiles(["/proc/self/stat"], 10, () => {});`;

function tests(): void {
  ip("link", "set", "dev", "lo", "up");
  const [index] = makeVeth("near", "far");

  t.test("what a callback throws is an ordinary uncaughtException", async (t) => {
    const { output, code } = await runScript(`
      process.on("uncaughtException", (error) => console.log("caught", error.message));
      const timer = new native.Timer(() => { timer.close(); throw new Error("timer"); });
      timer.arm(1);
      native.spawn({ file: "/nonexistent", args: [], environment: [], captureOutput: false },
        () => { throw new Error("refused"); }, () => {});
      native.spawn({ file: "/bin/true", args: ["true"], environment: [], captureOutput: false },
        () => { throw new Error("started"); }, () => { throw new Error("exit"); });
      const socket = new native.NetlinkSocket({ groups: 0x100, receiveBufferBytes: 65536,
        onReadable: () => { socket.close(); throw new Error("netlink"); } });
      require("child_process").execFileSync("ip", ["address", "add", "2001:db8::1/128", "dev", "lo"]);`);
    t.same(output.trim().split("\n").sort(), [
      "caught exit",
      "caught netlink",
      "caught refused",
      "caught started",
      "caught timer",
    ]);
    t.equal(code, 0);
    const unhandled = await runScript(`new native.Timer(() => { throw new Error("timer"); }).arm(1);`);
    t.equal(unhandled.code, 1);
    t.match(unhandled.output, "Error: timer");
  });

  t.test(
    "an open handle that nobody holds goes on; one without callback is closed with its object",
    async (t) => {
      const { output } = await runScript(
        `${ALL(index)}
      const fs = require("fs");
      const descriptors = () => fs.readdirSync("/proc/self/fd").length;
      const before = descriptors();
      (() => { for (let i = 0; i < 20; i++) all(); })();
      let fired = false;
      (() => new native.Timer(() => { fired = true; }).arm(native.nowMicros() + 50_000))();
      const watched = 8 * 20 + 1;
      setInterval(() => {
        gc();
        if (!fired || descriptors() - before > watched) return;
        console.log(descriptors() - before);
        process.exit(0);
      }, 1);`,
        [],
        ["--expose-gc"],
      );
      t.equal(output.trim(), `${8 * 20 + 1}`, "the watched ones are open, and the timer has fired");
    },
  );

  t.test("a process ends with everything open, from within a callback too", async (t) => {
    const exits = ["process.exit(3)", "const t = new native.Timer(() => process.exit(3)); t.arm(1)"];
    for (const exit of exits) {
      const { code, output } = await runScript(`${ALL(index)} globalThis.kept = all(); sleeper(); ${exit}`);
      t.match({ code, output }, { code: 3, output: "" });
    }
  });

  t.test("a worker ends with everything open, at any moment", async (t) => {
    const { code, output } = await runScript(`
      const { Worker } = require("worker_threads");
      const fs = require("fs");
      const source = ${JSON.stringify(ALL(index))} + \`
        globalThis.kept = [all(), all()];
        sleeper();
        const spin = new native.Timer(() => spin.arm(1));
        spin.arm(1);
        require("worker_threads").parentPort.postMessage("ready");\`;
      const load = "const native = require(" + JSON.stringify(${JSON.stringify(addon)}) + ");";
      const one = (delay) => new Promise((resolve) => {
        const worker = new Worker(load + source, { eval: true });
        worker.on("error", (error) => { console.log(error); resolve(); });
        worker.on("message", () => setTimeout(() => worker.terminate().then(resolve), delay));
      });
      (async () => {
        const before = fs.readdirSync("/proc/self/fd").length;
        for (let i = 0; i < 20; i++) await one(i % 5);
        const sockets = fs.readdirSync("/proc/self/fd").length - before;
        console.log(sockets <= 0 ? "all closed" : sockets + " left");
        process.exit(0);
      })();`);
    t.equal(output.trim(), "all closed");
    t.equal(code, 0);
  });
}
