/** The specification's Deployment, with nothing changed but the image. */
import type { Test } from "tap";
import { until } from "../netns/index.js";
import type { Container } from "./container.js";
import type { Image } from "./image.js";
import { containerOf, environmentOf, readManifest, SPECIFICATION } from "./manifests.js";
import { NODES, Site, SPECIFIED, SPECIFIED_ENVIRONMENT, VIPS } from "./site.js";

const PROBE = SPECIFIED.livenessProbe!.exec.command;

export async function testDropIn(t: Test, image: Image): Promise<void> {
  // Each has a LAN of its own, and waits for elections most of the time.
  t.jobs = 4;
  const start = (name: string, test: (t: Test, image: Image) => Promise<void>) =>
    t.test(name, { buffered: true }, (t) => test(t, image));
  await Promise.all([
    start("failover: a node dies, a service dies", testFailover),
    start("the removal Job", testRemoval),
    start("privileged and with the mounts, as the specification has it", testAsSpecified),
    start("orphans of a check script", testOrphans),
  ]);
}

async function testFailover(t: Test, image: Image): Promise<void> {
  const site = await Site.create(t, image);
  const services = { a: await site.serve("a"), b: await site.serve("b") };
  const containers: Record<string, Container> = { a: site.start("a"), b: site.start("b") };
  for (const address of VIPS) await site.untilHeld(address);
  for (const address of VIPS) await site.untilServed(address);
  for (const node of NODES) t.equal((await containers[node]!.exec(PROBE)).code, 0, `the probe on ${node}`);

  const first = (await site.untilHeld(VIPS[0])) as "a" | "b";
  const second = first === "a" ? "b" : "a";
  await containers[first]!.end("SIGKILL");
  await site.host(first).cut();
  await site.host(first).ok(["ip", "address", "flush", "to", "1.1.1.0/24"]);
  for (const address of VIPS) t.equal(await site.untilHeld(address, [second]), second);
  for (const address of VIPS) await site.untilServed(address);

  await site.host(first).heal();
  containers[first] = site.start(first);
  await site.untilBoth(containers[first], "BACKUP");
  t.equal((await containers[first].exec(PROBE)).code, 0, "the probe of the restarted one");
  await services[second].stop();
  for (const address of VIPS) t.equal(await site.untilHeld(address, [first]), first);
  t.match(containers[second]!.process.output, /Entering FAULT STATE/);
  for (const address of VIPS) await site.untilServed(address);
}

async function testRemoval(t: Test, image: Image): Promise<void> {
  const site = await Site.create(t, image);
  await site.serve("a");
  const container = site.start("a");
  for (const address of VIPS) await site.untilHeld(address);
  const rules = () => site.host("a").ok(["iptables", "-S", "INPUT"]);
  t.match(await rules(), "vrrpd:ipfailover");
  await container.end("SIGKILL");
  t.ok(await site.host("a").hasAddress(VIPS[0]), "a killed daemon leaves its addresses");
  const manifest = containerOf(readManifest("docs/deploy/removal-job.yaml"));
  const { capabilities, runAsUser } = manifest.securityContext!;
  const run = async () => {
    const job = site.start("a", {
      command: manifest.command!,
      env: environmentOf(manifest),
      capabilities: capabilities!.add!,
      user: runAsUser!,
      writableRun: false,
    });
    return { ...(await job.ended()), output: job.process.output };
  };
  const done = await run();
  t.equal(done.code, 0);
  for (const address of VIPS) t.match(done.output, `${address}/32 was removed from ens3`);
  for (const address of VIPS) t.notOk(await site.host("a").hasAddress(address));
  t.ok(await site.host("a").hasAddress("192.0.2.40"), "the node's own address stays");
  t.notMatch(await rules(), "vrrpd:ipfailover");
  t.match(await run(), { code: 0, output: "nothing was left to remove" });
}

async function testAsSpecified(t: Test, image: Image): Promise<void> {
  const site = await Site.create(t, image);
  await site.serve("a");
  const privileged = SPECIFIED.securityContext!.privileged!;
  t.ok(privileged, "the specification asks for it");
  const { volumes } = readManifest(SPECIFICATION).spec.template.spec;
  const mounts = SPECIFIED.volumeMounts!.flatMap(({ name, mountPath }) => {
    const source = volumes!.find((volume) => volume.name === name)?.hostPath?.path;
    return source === undefined ? [] : [[source, mountPath] as const];
  });
  t.equal(mounts.length, 3, "and for three folders of the host");
  const container = site.start("a", { privileged, volumes: mounts });
  for (const address of VIPS) await site.untilHeld(address, ["a"]);
  t.equal((await container.exec(["ls", "/host/etc/debian_version"])).code, 0, "they are there");
  t.equal((await container.exec(PROBE)).code, 0);
  t.match(await container.end(), { code: 0 });
  for (const address of VIPS) t.notOk(await site.host("a").hasAddress(address));
}

/** Each run leaves two processes that outlive it, in a session of their own. */
const LITTERING_SCRIPT = `#!/bin/bash
setsid sleep 0.2 &
setsid sleep 0.4 &
`;

async function testOrphans(t: Test, image: Image): Promise<void> {
  const site = await Site.create(t, image);
  await site.serve("a");
  await site.mountConfig("a", LITTERING_SCRIPT);
  const env = { ...SPECIFIED_ENVIRONMENT, OPENSHIFT_HA_CHECK_INTERVAL: "0.5" };
  const container = site.start("a", { env });
  await site.untilBoth(container, "BACKUP");
  const orphans = new Set<string>();
  let lastZombies: readonly string[] = [];
  await until(
    async () => {
      const { stdout } = await container.exec(["ps", "-e", "-o", "pid=,ppid=,stat=,comm="]);
      const processes = stdout
        .trim()
        .split("\n")
        .map((line) => line.trim().split(/\s+/));
      for (const [pid, parent, , name] of processes)
        if (parent === "1" && name === "sleep") orphans.add(pid!);
      const zombies = processes.filter(([, , state]) => state!.startsWith("Z")).map(([pid]) => pid!);
      const staying = zombies.filter((pid) => lastZombies.includes(pid));
      lastZombies = zombies;
      if (staying.length > 0) t.fail(`zombies: ${staying.join(", ")}`);
      return orphans.size >= 6 || staying.length > 0;
    },
    { what: "six orphans that came and went", timeoutMs: 60_000, intervalMs: 100 },
  );
  t.ok(orphans.size >= 6, "process 1 took the orphans over");
  const alive = (await container.exec(["ps", "-e", "-o", "pid="])).stdout.split("\n").length;
  t.ok(alive < 20, "and waited for them");
}
