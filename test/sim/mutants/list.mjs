/**
 * Deliberate bugs of the core, one at a time (`npm run mutants`). Each names a declaration and code in it,
 * which stands there exactly once (plant.mjs); when the core changes so that it no longer does, the mutant is brought up
 * to date here.
 */
import { addressMutants } from "./addresses.mjs";
import { admissionMutants } from "./admission.mjs";
import { announcementMutants } from "./announcements.mjs";
import { groupMutants } from "./groups.mjs";
import { notifyMutants } from "./notify.mjs";
import { reconfigureMutants } from "./reconfigure.mjs";
import { reportMutants } from "./reports.mjs";
import { stateMutants } from "./state.mjs";
import { timingMutants } from "./timing.mjs";
import { trackMutants } from "./tracks.mjs";
import { yieldMutants } from "./yields.mjs";

/** @type {readonly { what: string, within: string, find: string, replace: string }[]} */
export const mutants = [
  ...timingMutants,
  ...stateMutants,
  ...trackMutants,
  ...admissionMutants,
  ...addressMutants,
  ...announcementMutants,
  ...notifyMutants,
  ...reconfigureMutants,
  ...reportMutants,
  ...yieldMutants,
  ...groupMutants,
];
