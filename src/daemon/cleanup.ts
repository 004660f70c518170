/**
 * Undoes what a configuration may have left on this host: asks its running daemon to release and stop, then removes
 * the virtual addresses and the firewall rules. Harmless when repeated.
 */
import { setTimeout as delay } from "node:timers/promises";
import { formatWithPrefix } from "../base/address.js";
import { VrrpdError } from "../base/errors.js";
import { MICROS_PER_MILLISECOND } from "../base/time.js";
import { type Intent, type Plan, plan } from "../config/index.js";
import { isAlone, isLeftover } from "../core/addresses/leftover.js";
import { signsByText, signsOf } from "../core/virtual-address.js";
import { removeFirewall } from "../host/firewall/index.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { ask } from "./control/client.js";
import { firewallContext } from "./firewall.js";
import { removeFixtures } from "./fixture-removal.js";
import { Locks, lockName } from "./locks/locks.js";
import { removeAddresses } from "./removal.js";
import { removeLeftVmacs } from "./vmacs/left.js";
import { removeWrittenConf } from "./written-conf.js";

/** A daemon that stops waits for its `STOP` scripts, for as long as it may, and a little for checks and log. */
const BEYOND_SCRIPTS_MILLIS = 4_000;
const POLL_MILLIS = 50;
/** So often whoever answers on the control socket is told to stop, while somebody else has a lock. */
const ASK_AGAIN_MILLIS = 500;

/**
 * Returns sentences: what was done. Throws VrrpdError `ELOCKED` when another daemon runs one of the virtual routers,
 * and nothing has been removed then.
 */
export async function cleanUp(intent: Intent): Promise<string[]> {
  const made = planFor(intent);
  const done = await stopDaemon(made.settings.socketPath);
  const locks = new Locks({
    uids: intent.settings.lockUids,
    onSquatter: (sentence) => {
      if (!done.includes(sentence)) done.push(sentence);
    },
  });
  try {
    await acquireAll(locks, made, done);
    const left = planFor(intent);
    done.push(...removeFixtures(left.core), ...removeLeftovers(left));
    const ours = new Set(made.core.routers.map(lockName));
    done.push(...removeLeftVmacs((lock) => !ours.has(lock)));
    if (made.firewall !== null) {
      const { actions, warnings } = await removeFirewall(made.firewall, firewallContext(made));
      done.push(...actions, ...warnings);
    }
    const { keepalivedConf } = made.settings;
    if (keepalivedConf !== null) done.push(...(await removeWrittenConf(keepalivedConf)));
  } finally {
    locks.release();
  }
  return done;
}

/** Without waiting for an interface that is not there. */
function planFor(intent: Intent): Plan {
  return plan(intent, gatherHostFacts(), { namedInterfaceGivenUp: true, before: [] });
}

async function stopDaemon(socketPath: string): Promise<string[]> {
  try {
    const answer = (await ask(socketPath, "stop")) as { pid?: number };
    return [`the running daemon (process ${answer.pid}) was told to release and stop`];
  } catch (error) {
    if (error instanceof VrrpdError && error.code === "ENODAEMON") return [];
    throw error;
  }
}

/**
 * A daemon that was told to stop holds its locks until its scripts are done. One that waited for them takes them over,
 * and its control socket with them: it is told as well. Any other holder stays.
 */
async function acquireAll(locks: Locks, { settings, core }: Plan, done: string[]): Promise<void> {
  const stopMillis = settings.scripts.stopTimeoutMicros / MICROS_PER_MILLISECOND + BEYOND_SCRIPTS_MILLIS;
  let giveUpAt = performance.now() + (done.length > 0 ? stopMillis : 0);
  let askAt = performance.now() + ASK_AGAIN_MILLIS;
  for (const router of core.routers) {
    for (let holder = locks.acquire(router); holder !== null; holder = locks.acquire(router)) {
      if (performance.now() >= giveUpAt) {
        throw new VrrpdError(
          "ELOCKED",
          `${router.name} is run by another daemon on this host: ${holder}; nothing was removed`,
        );
      }
      await delay(POLL_MILLIS);
      if (performance.now() < askAt) continue;
      askAt = performance.now() + ASK_AGAIN_MILLIS;
      const told = (await stopDaemon(settings.socketPath)).filter((sentence) => !done.includes(sentence));
      if (told.length > 0) giveUpAt = performance.now() + stopMillis;
      done.push(...told);
    }
  }
}

function removeLeftovers({ core }: Plan): string[] {
  const { interfaces } = gatherHostFacts();
  const signs = signsByText(core.routers);
  const removals = core.routers.flatMap((router) =>
    interfaces.map((on) => {
      const neighbours = { all: on.addresses, signs };
      const addresses = router.virtualAddresses.filter((wanted) => {
        if (wanted.interface !== on.name) return false;
        const text = formatWithPrefix(wanted);
        const actual = on.addresses.find((address) => formatWithPrefix(address) === text);
        if (actual === undefined) return false;
        return isLeftover(actual, signsOf(router, wanted), () => isAlone(actual, neighbours));
      });
      return { on, addresses };
    }),
  );
  return removeAddresses(removals, interfaces);
}
