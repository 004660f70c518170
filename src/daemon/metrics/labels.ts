/** Labels of an instance, as the exporter beside Keepalived has them. */
import type { InstanceDocument } from "../status/types.js";

export const INSTANCE_LABELS = ["iname", "intf", "vrid"] as const;

export function instanceLabels(instance: Pick<InstanceDocument, "name" | "interface" | "virtualRouterId">) {
  return { iname: instance.name, intf: instance.interface, vrid: String(instance.virtualRouterId) };
}
