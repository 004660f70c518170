/** `virtual_server` and `virtual_server_group`: read for their addresses alone, since a VIP may need what they set up. */
import { type IpAddress, parseAddress } from "../../../base/address.js";
import type { FileOrigin } from "../../../core/origin.js";
import type { Statement } from "../statement.js";

export interface VirtualServer {
  readonly origin: FileOrigin;
  /** null: it names a group or a firewall mark. */
  readonly address: IpAddress | null;
}

export function readVirtualServer({ keyword, words, origin, children }: Statement): VirtualServer[] {
  if (keyword === "virtual_server") return [{ origin, address: parseAddress(words[0] ?? "") }];
  return (children ?? []).map((line) => ({ origin: line.origin, address: parseAddress(line.keyword) }));
}
