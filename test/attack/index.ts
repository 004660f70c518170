/** Every attack, in the order in which they run. */
import type { Attack } from "./attack.js";
import { flood, neverMeant } from "./attacks/flood.js";
import { routed } from "./attacks/routed.js";

export const ATTACKS: readonly Attack[] = [routed, flood, neverMeant];
