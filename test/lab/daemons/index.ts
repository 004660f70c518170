/** The one way to a daemon of any kind. */
import type { Host } from "../../netns/index.js";
import type { Daemon, Kind, Setup } from "./daemon.js";
import { Frr } from "./frr.js";
import { confOf, Keepalived } from "./keepalived.js";
import { environmentOf, Vrrpd } from "./vrrpd.js";

/** It is not started yet. */
export function daemonOf(kind: Kind, host: Host, setup: Setup): Daemon {
  if (kind === "keepalived")
    return new Keepalived(host, confOf(setup, host.interface), setup.detailedLog ?? false);
  if (kind === "frr") return new Frr(host, setup);
  return new Vrrpd(host, environmentOf(setup, host.interface), setup.routers.length);
}
