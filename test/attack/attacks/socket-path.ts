/** A control socket whose path is somebody's file. */

import { VRRPD } from "../../lab/daemons/vrrpd.js";
import { type Attack, must, type Row } from "../attack.js";
import { pause } from "../figures.js";
import { Site } from "../site.js";

const PATH = "/etc/keepalive/precious";
const TEXT = "precious\n";
const COMMAND_TIMEOUT_MILLIS = 30_000;

export const socketPath: Attack = {
  name: "socket-path",
  title: "VRRPD_SOCKET names a regular file",
  run: () =>
    Site.with({ environment: { VRRPD_SOCKET: PATH } }, async (site) => {
      const host = site.host("a");
      const rows: Row[] = [];
      const look = async (when: string) => {
        const { stdout } = await host.run(["cat", PATH]);
        rows.push(must(`the file ${when}`, stdout === TEXT, "as it was", "gone"));
      };
      const restore = () => host.writeFile(PATH, TEXT);
      await restore();
      const daemon = site.daemon("a");
      await Promise.race([
        daemon.exited,
        daemon.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 }),
      ]).catch(() => null);
      await look("after a start");
      await restore();
      await daemon.stop();
      await pause(100);
      await look("after a stop");
      await restore();
      const env = {
        OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101",
        OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
        VRRPD_SOCKET: PATH,
      };
      for (const command of ["status", "health", "cleanup --config env"]) {
        await host.run([...VRRPD, ...command.split(" ")], { env, timeoutMs: COMMAND_TIMEOUT_MILLIS });
        await look(`after “${command}”`);
      }
      return rows;
    }),
};
