/** Who becomes master when: what `state`, `priority`, `nopreempt` and `preempt_delay` mean together, as in Keepalived. */
import type { Preempt } from "../../../core/config.js";
import { OWNER_PRIORITY } from "../../../core/election.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { Report } from "../report.js";

export interface Election {
  readonly priority: number;
  readonly preempt: Preempt;
  /** An owner of the addresses that takes them after the down timer, not at once. */
  readonly ownerWaits: boolean;
}

const DEFAULT_PRIORITY = 100;

export function electionOf(instance: InstanceDraft, strict: boolean, report: Report): Election {
  const asksForMaster = instance.state?.value === "MASTER";
  const priority = priorityOf(instance);
  if (asksForMaster && instance.priority === null)
    report.note(
      instance.state!.origin,
      `state MASTER without priority means ${OWNER_PRIORITY}, as in Keepalived: this node takes the addresses at once`,
    );
  const master = isMaster(instance, strict);
  if (asksForMaster && !master)
    report.warn(
      instance.state!.origin,
      `state MASTER counts as BACKUP: in strict mode the master has priority ${OWNER_PRIORITY}, as in Keepalived`,
    );
  return {
    priority,
    preempt: preemptOf(instance, { isMaster: master, isOwner: priority === OWNER_PRIORITY, strict }, report),
    ownerWaits: priority === OWNER_PRIORITY && !master,
  };
}

/** `state MASTER` counts: in strict mode an owner's alone. */
export function isMaster(instance: InstanceDraft, strict: boolean): boolean {
  return instance.state?.value === "MASTER" && !(strict && priorityOf(instance) !== OWNER_PRIORITY);
}

export function isOwner(instance: InstanceDraft): boolean {
  return priorityOf(instance) === OWNER_PRIORITY;
}

function priorityOf({ priority, state }: InstanceDraft): number {
  return priority?.value ?? (state?.value === "MASTER" ? OWNER_PRIORITY : DEFAULT_PRIORITY);
}

interface Standing {
  readonly isMaster: boolean;
  readonly isOwner: boolean;
  readonly strict: boolean;
}

function preemptOf({ nopreempt, preemptDelay }: InstanceDraft, standing: Standing, report: Report): Preempt {
  const { isMaster, isOwner, strict } = standing;
  const never = nopreempt?.value === true && !isMaster && !isOwner;
  if (nopreempt?.value === true && !never) {
    const why = isMaster ? "beside state MASTER" : `at priority ${OWNER_PRIORITY}`;
    report.warn(nopreempt.origin, `nopreempt does not count ${why}, as in Keepalived`);
  }
  const delaySeconds = preemptDelay?.value ?? 0;
  const against = isMaster
    ? "beside state MASTER"
    : never
      ? "beside nopreempt"
      : strict
        ? "in strict mode"
        : null;
  if (delaySeconds > 0 && against !== null)
    report.warn(preemptDelay!.origin, `preempt_delay does not count ${against}, as in Keepalived`);
  if (never) return { mode: "never", delaySeconds: 0 };
  if (delaySeconds > 0 && against === null) return { mode: "delay", delaySeconds };
  return { mode: "immediate", delaySeconds: 0 };
}
