import { fileURLToPath } from "node:url";
import t from "tap";
import { readKernelValue } from "../../src/host/kernel-values.js";
import { createLan } from "../netns/index.js";

const MODULE = fileURLToPath(new URL("../../dist/src/host/kernel-values.js", import.meta.url));
const INTERFACES = 100;
/** Reads while interfaces come and go, and says which descriptors it then has for what is gone. */
const READER = `
import { spawn } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { readKernelValue } from ${JSON.stringify(MODULE)};
const change = "for i in $(seq ${INTERFACES}); do ip link add one type veth peer name other; ip link del one; done";
const changes = spawn("sh", ["-ec", change]);
let running = true;
changes.on("exit", () => { running = false; });
const read = () => {
  for (let times = 0; times < 1000; times++) readKernelValue("/proc/sys/net/ipv6/conf/one/forwarding");
  if (running) return setImmediate(read);
  const leads = readdirSync("/proc/self/fd").flatMap((fd) => {
    try { return [readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; }
  });
  console.log(JSON.stringify(leads.filter((path) => path.includes("forwarding"))));
};
read();
`;

t.test("a value without its line end; null where there is none", async (t) => {
  t.match(readKernelValue("/proc/sys/kernel/pid_max"), /^\d+$/);
  t.equal(readKernelValue("/proc/sys/net/ipv4/conf/no-such-interface/forwarding"), null);
});

t.test("no descriptor stays open for a value that goes while it is read", async (t) => {
  const lan = await createLan({ hosts: { a: {} } });
  t.teardown(() => lan.destroy());
  const command = [process.execPath, "--input-type=module", "-e", READER];
  const left = await lan.host("a").ok(command, { timeoutMs: 120_000 });
  t.strictSame(JSON.parse(left), []);
});
