/** Addresses that are not where they should be. */
import { shortList } from "../../../base/lists.js";
import { bothOf, nameOf, type SettingOrigins, settingOf } from "../../../core/origin.js";
import type { ForeignSpeakerDocument, InstanceDocument } from "../types.js";
import type { Found } from "./found.js";
import { isRemovedRepeatedly } from "./restless.js";
import { isRecent } from "./surmise.js";

export function addressProblems(instance: InstanceDocument, origins: SettingOrigins, now: number): Found[] {
  const interfaces = [...new Set(instance.virtualAddresses.map(({ interface: on }) => on))];
  return [
    ...interfaces.flatMap((on) => problemsOn(on, instance, origins, now)),
    ...unservedProblems(instance, origins),
  ];
}

function problemsOn(
  on: string,
  { name, state, virtualAddresses: all }: InstanceDocument,
  origins: SettingOrigins,
  now: number,
): Found[] {
  const here = all.filter((one) => one.interface === on);
  const missing = here.filter((one) => one.expected && !one.present && !isRemovedRepeatedly(one, now));
  const uninvited = here.filter(({ expected, present, own }) => !expected && present && !own);
  const own = here.filter((one) => !one.expected && one.own);
  const problems: Found[] = [];
  const about = (code: Found["code"], which: typeof here, cause: string, tell: Found["tell"]) => {
    if (which.length === 0) return;
    const addresses = which.map(({ address }) => address);
    problems.push({ severity: "error", code, instance: name, cause, addresses, tell });
  };
  const why = missing.find(({ problem }) => problem !== null)?.problem;
  const refused = why ? `; the kernel refused: ${why}` : "";
  about("address-missing", missing, `${on} ${why}`, ({ addresses }) => ({
    text: `it is master, but ${shortList(addresses)} is not on ${on}${refused}`,
    action: "vrrpd tries again by itself; look for a program that removes the address (NetworkManager).",
  }));
  about("address-uninvited", uninvited, `${on} ${state}`, ({ addresses }) => ({
    text: `${shortList(addresses)} is on ${on}, though this node is ${state}: somebody else put it there`,
    action: `Remove it (ip address del … dev ${on}), or set ${settingOf(origins.guardRemove, "on")}.`,
  }));
  about("address-own", own, `${on} ${state}`, ({ addresses }) => ({
    text: `${shortList(addresses)} is this node's own address on ${on}, so it answers for it though it is ${state}: part of the clients reach it in place of the master`,
    action: `Give the node another address, or take this one off ${on}; vrrpd never removes what is the node's own.`,
  }));
  return problems;
}

function unservedProblems(
  { name, unserved, preemptDelayEndsAt }: InstanceDocument,
  origins: SettingOrigins,
): Found[] {
  if (unserved === null) return [];
  const lists = bothOf(origins.virtualAddresses, origins.groups);
  const until = preemptDelayEndsAt === null ? "" : `, until ${preemptDelayEndsAt}`;
  return [
    {
      severity: "error",
      code: "addresses-unserved",
      instance: name,
      cause: unserved.why,
      addresses: unserved.addresses,
      tell: ({ addresses }) => ({
        text: `nobody serves ${shortList(addresses)}: ${unserved.why}${until}`,
        action: `Give all nodes the same ${lists}; stop vrrpd on that master to have them served now.`,
      }),
    },
  ];
}

export function foreignProblems(
  { address, lastHeardAt, ours, virtualRouterId }: ForeignSpeakerDocument,
  origins: SettingOrigins,
  now: number,
): Found[] {
  if (ours.length === 0 || !isRecent(lastHeardAt, now)) return [];
  return [
    {
      severity: "error",
      code: "address-under-other-id",
      instance: null,
      cause: address,
      addresses: ours,
      count: 1,
      tell: ({ addresses, count }) => {
        const id = count > 1 ? `${count} other virtual router ids` : `virtual router id ${virtualRouterId}`;
        return {
          text: `${address} advertises our ${shortList(addresses)} under ${id}: both may serve it`,
          action: `Give all nodes the same ${nameOf(origins.virtualRouterId)} and list of addresses.`,
        };
      },
    },
  ];
}
