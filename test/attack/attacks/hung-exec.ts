/** Scripts whose exec never returns, as on a network file system that has gone away: nobody waits for them. */
import { type HostProcess, until } from "../../netns/index.js";
import { type Attack, must } from "../attack.js";
import { held, onTime, pause, Watch } from "../figures.js";
import { Site } from "../site.js";

const FOLDER = "/etc/keepalive";
/** One for each instance, and as many as libuv has threads. */
const INSTANCES = 4;
const NOTIFY = `${FOLDER}/notify.sh`;
const CHECK = `${FOLDER}/check.sh`;
const CHECK_SECONDS = 0.5;
/** The kernel takes a lease away after 45 s; all is over by then. */
const [BACK_MILLIS, MOST_SECONDS] = [15_000, 10];
const VIPS = Array.from({ length: INSTANCES }, (_, index) => `192.0.2.${101 + index}`);

const ENVIRONMENT = {
  OPENSHIFT_HA_VIRTUAL_IPS: VIPS.join(","),
  OPENSHIFT_HA_NOTIFY_SCRIPT: NOTIFY,
  OPENSHIFT_HA_CHECK_SCRIPT: CHECK,
  OPENSHIFT_HA_CHECK_INTERVAL: String(CHECK_SECONDS),
};

/** Whether all addresses come, or go, in time. */
const all = (site: Site, held: boolean) =>
  until(() => VIPS.every((address) => site.holds("a", address) === held), {
    what: "a change",
    timeoutMs: BACK_MILLIS,
  }).then(
    () => true,
    () => false,
  );

const checksOf = async (site: Site) =>
  Number((await site.host("a").ok(["sh", "-c", `wc -l < ${FOLDER}/checked 2>/dev/null || echo 0`])).trim());

/** A check that fails has to be found, and to be said. */
async function isFailureSaid(site: Site, daemon: HostProcess): Promise<boolean> {
  const after = daemon.lines.length;
  await site.host("a").writeFile(`${FOLDER}/broken`, "");
  return daemon.waitForLine(/check script is failing/, { after, timeoutMs: 10_000 }).then(
    ({ text }) => text.includes("exited with code 1"),
    () => false,
  );
}

export const hungExec: Attack = {
  name: "hung-exec",
  title: "four notify scripts whose exec hangs",
  run: ({ seconds }) =>
    Site.with({ environment: ENVIRONMENT }, async (site) => {
      const host = site.host("a");
      await host.writeFile(NOTIFY, "#!/bin/sh\nexit 0\n", 0o755);
      await host.writeFile(CHECK, `#!/bin/sh\necho >> ${FOLDER}/checked\n[ ! -e ${FOLDER}/broken ]\n`, 0o755);
      const daemon = site.daemon("a");
      await site.untilHeld("a");
      await site.untilCalm("a");
      await site.program("a", "lease.pl", { files: [NOTIFY] });
      // Each instance goes through FAULT and back, and would run its script. The log is not asked: it may hang, too.
      await host.cut();
      await all(site, false);
      await host.heal();
      const isBack = await all(site, true);
      const watch = new Watch(site, daemon);
      const checked = await checksOf(site);
      const lasted = Math.min(seconds, MOST_SECONDS);
      await pause(lasted * 1000);
      const made = (await checksOf(site)) - checked;
      const watched = await watch.end();
      const most = Math.floor(lasted / CHECK_SECONDS);
      return [
        must(
          "addresses are taken again after a link was lost",
          isBack,
          `within ${BACK_MILLIS / 1000} s`,
          "not",
        ),
        onTime(watched),
        held(watched),
        must("checks go on", made >= most / 2, "half of them at least", `${made} of ${most}`),
        must(
          "a failing check is found and logged",
          await isFailureSaid(site, daemon),
          "within 10 s",
          "not said",
        ),
      ];
    }),
};
