/** `node --import=./scripts/typescript.mjs bench/start-from-file.ts`: 255 virtual routers from a file, and the same from the environment. */
import { loadavg } from "node:os";
import { readAt } from "../test/lab/daemons/daemon.js";
import { renderKeepalivedConf } from "../test/lab/daemons/keepalived-conf.js";
import { environmentOf, startVrrpd, VRRPD } from "../test/lab/daemons/vrrpd.js";
import { createLan, ensurePrivileges, type Host } from "../test/netns/index.js";
import { PRIORITY } from "./lab/lab.js";
import { singles } from "./lab/routers.js";

const ROUNDS = 15;
const ROUTERS = 255;
const CONF = "/etc/keepalived/keepalived.conf";
const SETUP = { routers: singles(ROUTERS), intervalSeconds: 1, priority: PRIORITY, version: 2 } as const;

ensurePrivileges();
const instances = SETUP.routers.map(({ id, addresses }) => ({
  name: `VI_${id}`,
  interface: "eth0",
  virtualRouterId: id,
  priority: PRIORITY,
  virtualAddresses: addresses,
}));
const lan = await createLan({
  hosts: { a: { addresses: ["192.0.2.41/24"] } },
  privateDirectories: ["/etc/keepalived", "/run/vrrpd"],
});
const host = lan.host("a");
await host.writeFile(CONF, renderKeepalivedConf({ instances }));
const sources = { env: environmentOf(SETUP, host.interface), [CONF]: {} };
const millis: Record<string, number[]> = { env: [], [CONF]: [] };
for (let round = 0; round < ROUNDS; round++)
  for (const [config, environment] of Object.entries(sources))
    millis[config]!.push(await startMillis(host, config, environment));
await lan.destroy();
const [env, file] = [median(millis.env!), median(millis[CONF]!)];
const load = loadavg()[0]!.toFixed(2);
console.log(`exec to BACKUP of ${ROUTERS} virtual routers, median of ${ROUNDS} (load ${load}):`);
console.log(
  `  environment ${env.toFixed(0)} ms, file ${file.toFixed(0)} ms: ${(file - env).toFixed(0)} ms more`,
);

async function startMillis(
  on: Host,
  config: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const beganAtMicros = Date.now() * 1000;
  const daemon = startVrrpd(on, environment, VRRPD, config);
  const backupAtMicros = await readAt(daemon, /Entering BACKUP STATE/, ROUTERS);
  daemon.kill("SIGKILL");
  await daemon.exited;
  return (backupAtMicros - beganAtMicros) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
