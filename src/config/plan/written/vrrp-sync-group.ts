/** A sync group of a plan as a `vrrp_sync_group`. What it tracks stands in its instances, where it does the same. */
import type { GroupConfig } from "../../../core/config.js";
import type { Plan } from "../types.js";
import { comment, type Written, word } from "./text.js";
import { notifyOf } from "./vrrp-instance.js";

export function groupOf({ name, members, notify }: GroupConfig, { routers }: Plan): Written {
  const configs = members.map((id) => routers.get(id)!.config);
  const title = word(name);
  const names = configs.map((config) => word(config.name));
  if (title === null || names.includes(null))
    return comment(`Keepalived cannot be told one of the names of vrrp_sync_group ${name}`);
  const weighs = configs.some(({ tracks }) => tracks.some(({ effect }) => effect !== "fault"));
  return [
    `vrrp_sync_group ${title}`,
    [
      ["group", names.map((member) => member!)],
      ...(weighs ? ["sync_group_tracking_weight"] : []),
      ...notify.map(notifyOf),
    ],
  ];
}
