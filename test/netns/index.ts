/** Hosts on a bridge in network namespaces, to test failover with (docs/harness.md). */
export { Capture, type WaitOptions } from "./capture.js";
export type { HostDescription, LanDescription } from "./description.js";
export { HarnessError, type HarnessErrorCode } from "./errors.js";
export type { CommandResult, ExecuteOptions } from "./execute.js";
export {
  type AdvertFilter,
  type ArpFilter,
  advert,
  arp,
  type CapturedAdvert,
  type CapturedArp,
  type CapturedFrame,
  type CapturedNeighborAdvertisement,
  type CapturedRefusal,
  type NeighborAdvertisementFilter,
  neighborAdvertisement,
} from "./frames.js";
export type { Host, InterfaceAddress, Neighbor } from "./host.js";
export { createLan, type Lan } from "./lan.js";
export { ensurePrivileges, privilegePrefix, requirePrograms } from "./privileges.js";
export type { HostProcess, OutputLine, ProcessEnd, StartOptions } from "./process.js";
export type { Direction } from "./switch.js";
export { type UntilOptions, until } from "./until.js";
