/** An interface of this host in keepalived.data, with the virtual routers that depend on it. */
import { printable } from "../../base/text.js";
import type { InterfaceFacts } from "../../config/index.js";
import type { Trackers } from "./trackers.js";
import { list, text } from "./words.js";

export function interfaceText({ name, link, addresses }: InterfaceFacts, trackers: Trackers): string {
  const ipv4 = addresses.find(({ address, secondary }) => address.family === "ipv4" && !secondary);
  const ipv6 = addresses.find(({ address, scope }) => address.family === "ipv6" && scope === "link");
  return text([
    ` Name = ${printable(name)}`,
    `   index = ${link.index}`,
    `   IPv4 address = ${ipv4?.address.text ?? "(none)"}`,
    `   IPv6 address = ${ipv6?.address.text ?? "(none)"}`,
    link.mac === null ? null : `   MAC = ${link.mac.text}`,
    `   State = ${link.up ? "" : "not "}UP, ${link.carrier ? "" : "not "}RUNNING`,
    `   MTU = ${link.mtu}`,
    ...list("Tracking VRRP instances ", trackers.ofInterface(name)),
  ]);
}
