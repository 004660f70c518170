/** An instance as the file writes it → a virtual router, before anything of this host is known. */

import type { Family } from "../../../base/address.js";
import { microsToSeconds } from "../../../base/time.js";
import { OWNER_PRIORITY } from "../../../core/election.js";
import { leaseOf } from "../../env/intent.js";
import { ORIGINS, type Values } from "../../env/table.js";
import type { InstanceIntent } from "../../intent.js";
import type { Lookups } from "../../source.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { FileDraft } from "../file.js";
import type { Report } from "../report.js";
import type { Placed } from "../values.js";
import { addressesOf, familyOf } from "./addresses.js";
import { intervalOf, passwordOf, versionOf } from "./adverts.js";
import { scheduleOf } from "./announcements.js";
import { electionOf } from "./election.js";
import type { FileFixtures } from "./fixtures.js";
import { groupOf, type Memberships } from "./groups.js";
import { originsOf } from "./origins.js";
import { type DefaultUser, notifyOf } from "./scripts.js";
import { tracksOf } from "./tracks.js";
import { type FileVmacs, type Placing, placeOnVmacs } from "./vmacs.js";
import { waysOf } from "./ways.js";

const IDS = "a whole number from 1 to 255";

/** What all instances of a file have in common. */
export interface Common {
  readonly file: FileDraft;
  /** What variables say about the daemon itself. */
  readonly values: Values;
  readonly defaultUser: DefaultUser;
  /** Names of the scripts that run. */
  readonly checks: ReadonlySet<string>;
  readonly lookups: Lookups;
  readonly memberships: Memberships;
  readonly hasFifo: boolean;
  readonly fixtures: FileFixtures;
  readonly vmacs: FileVmacs;
}

/** @returns null: it cannot be meant, which has been said */
export function instanceOf(instance: InstanceDraft, common: Common, report: Report): InstanceIntent | null {
  const { name, statement, interface: on, virtualRouterId, wrongId } = instance;
  if (on === null) return missing(instance, "interface", "the name of an interface", report);
  if (wrongId !== null) sayWrongId(wrongId, virtualRouterId, report);
  if (virtualRouterId === null)
    return wrongId === null ? missing(instance, "virtual_router_id", IDS, report) : null;
  const { values, file, lookups, defaultUser, checks, memberships } = common;
  const { globals } = file;
  const strict = instance.strict ?? globals.strict;
  const family = familyOf(instance);
  const version = versionOf(instance, family, globals, report);
  const advertIntervalMicros = intervalOf(instance, version, report);
  const { priority, ...election } = electionOf(instance, strict, report);
  const { vmacs, virtualAddresses } = placingOf(instance, { family, strict, ...common }, report);
  sayWithoutAddresses(
    instance,
    virtualAddresses.some(({ advertised }) => advertised),
    version === 3 || strict,
    report,
  );
  const origins = originsOf(instance, globals);
  const { router: way, ...ways } = waysOf(instance, family, { globals, origins }, report);
  const tracks = tracksOf(instance, groupOf(memberships, name), file, checks, report);
  return {
    router: {
      name,
      family,
      virtualRouterId: virtualRouterId.value,
      version,
      yieldsToVersion2: false,
      password: passwordOf(instance, version, strict, report),
      ...election,
      advertIntervalMicros,
      virtualAddresses,
      ...way,
      unicastStrict: true,
      leaseSeconds: leaseOf(values.vipLease, microsToSeconds(advertIntervalMicros)).seconds,
      idConflict: values.idConflict,
      contestedPerMinute: values.announceLimit,
      announcements: scheduleOf(instance.announcing, globals),
      leftovers: priority === OWNER_PRIORITY ? "marked" : "equal",
      guardRemove: values.guardRemove,
      checksumPseudoHeader: values.ipv4Checksum === "pseudo-header",
      tracks: [...tracks.own, ...tracks.ofGroup],
      tracksInterface: instance.tracksInterface,
      missingIsFault: globals.dynamicInterfaces,
      fixtures: common.fixtures.ofInstances.get(name) ?? [],
      answersLower: !strict && (instance.answersLower ?? globals.answersLower),
      announcesToLower: !strict,
      answersHigher: instance.answersHigher ?? globals.answersHigher,
      downTimerAdverts: strict ? 3 : (instance.downTimerAdverts?.value ?? globals.downTimerAdverts),
      notify: notifyOf(instance.notify, defaultUser, lookups, report),
      fifo: fifoOf(instance, common),
      origins,
    },
    interface: { name: on.value, origin: on.origin, strict: { value: true, origin: on.origin } },
    vmacs,
    priority: { fixed: priority },
    ...ways,
    promotes: instance.promotes,
    tracksOfGroup: tracks.ofGroup.length,
    trackedByStatics: common.fixtures.trackedBy.get(name) ?? [],
    label: { value: null, origin: ORIGINS.virtualAddresses },
    overfullAdvice: `the others are as if in virtual_ipaddress_excluded; ${statement.words[0]} could be two instances`,
  };
}

function placingOf(
  instance: InstanceDraft,
  { file: { globals }, ...rest }: Pick<Common, "file" | "vmacs"> & { family: Family; strict: boolean },
  report: Report,
): Placing {
  const { family } = rest;
  const virtualRouterId = instance.virtualRouterId!.value;
  const unicast = instance.peers.some((peer) => peer.address.family === family);
  const entries = addressesOf(instance, family, report);
  return placeOnVmacs(instance, entries, { ...rest, globals, virtualRouterId, unicast }, report);
}

function fifoOf(
  { name, tellsPriorities }: InstanceDraft,
  { hasFifo, memberships, file: { globals } }: Common,
) {
  if (!hasFifo) return "none";
  const own = tellsPriorities ?? globals.tellsPriorities;
  return own || groupOf(memberships, name)?.tellsPriorities ? "priorities" : "states";
}

function sayWithoutAddresses(instance: InstanceDraft, has: boolean, needsOne: boolean, report: Report): void {
  if (has) return;
  const origin = instance.addressesAt?.origin ?? {
    ...instance.statement.origin,
    keyword: "virtual_ipaddress",
  };
  if (needsOne)
    report.refuse(origin, "", "has no address, which version 3 and strict mode need", "at least one address");
  else
    report.warn(
      origin,
      `${instance.name} has no address in virtual_ipaddress: its adverts list none, as in Keepalived`,
    );
}

function sayWrongId({ value, origin }: Placed<string>, right: Placed<number> | null, report: Report): void {
  if (right === null) report.refuse(origin, value, "is no id of a virtual router", IDS);
  else
    report.warn(
      origin,
      `virtual_router_id ${value} is no id: ${right.value} counts, which stands there as well`,
    );
}

function missing({ statement }: InstanceDraft, keyword: string, accepted: string, report: Report): null {
  report.refuse(
    { ...statement.origin, keyword },
    "",
    `is required in vrrp_instance ${statement.words[0]}`,
    accepted,
  );
  return null;
}
