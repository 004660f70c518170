/** Every attack, in the order in which they run. */
import type { Attack } from "./attack.js";
import { announcements } from "./attacks/announcements.js";
import { flood, neverMeant } from "./attacks/flood.js";
import { freshAddresses } from "./attacks/fresh-addresses.js";
import { httpCrowd, httpPipeline } from "./attacks/http.js";
import { hungExec } from "./attacks/hung-exec.js";
import { inspector } from "./attacks/inspector.js";
import { lock } from "./attacks/lock.js";
import { routed } from "./attacks/routed.js";
import { socketPath } from "./attacks/socket-path.js";

export const ATTACKS: readonly Attack[] = [
  routed,
  flood,
  neverMeant,
  freshAddresses,
  httpPipeline,
  httpCrowd,
  lock,
  inspector,
  hungExec,
  announcements,
  socketPath,
];
