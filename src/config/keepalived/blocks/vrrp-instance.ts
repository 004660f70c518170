/** `vrrp_instance NAME`: a virtual router, as the file writes it. */

import type { Family, IpAddress } from "../../../base/address.js";
import { VARIABLES } from "../../env/table.js";
import { block, flag, ignored, type Keywords, value } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { address, bare, firstWord, onOff, type Placed, placed, seconds, wholeNumber } from "../values.js";
import { ANNOUNCEMENT_KEYWORDS, type Announcing, newAnnouncing } from "./announcements.js";
import { AUTHENTICATION, type Authentication } from "./authentication.js";
import { DOWN_TIMER } from "./global-defs.js";
import { isOfLink, readGroup } from "./multicast-group.js";
import { NOTIFY_KEYWORDS, type NotifyDraft } from "./notify.js";
import { readCounted, readTracks, type TrackDraft } from "./tracks.js";
import { type PeerDraft, readPeer } from "./unicast-peer.js";
import { readUseVmac, type VmacDraft } from "./use-vmac.js";
import { type AddressDraft, readVirtualAddress } from "./virtual-address.js";

export interface InstanceDraft {
  readonly name: string;
  readonly statement: Statement;
  interface: Placed<string> | null;
  virtualRouterId: Placed<number> | null;
  /** What is no id: another line may have one. */
  wrongId: Placed<string> | null;
  /** That of the first address in it, be it a virtual one, a source, a peer or a group; null: there is none. */
  family: Family | null;
  /** Below priority 255 it says nothing about the first state. */
  state: Placed<"MASTER" | "BACKUP"> | null;
  priority: Placed<number> | null;
  advertInterval: Placed<number> | null;
  version: Placed<2 | 3> | null;
  readonly addresses: AddressDraft[];
  readonly excluded: AddressDraft[];
  addressesAt: Placed<null> | null;
  nopreempt: Placed<boolean> | null;
  preemptDelay: Placed<number> | null;
  readonly authentication: Authentication;
  source: Placed<IpAddress> | null;
  /** FAULT while no interface has it. */
  promotes: boolean;
  tracksSource: boolean;
  group: Placed<IpAddress> | null;
  unicastTtl: Placed<number> | null;
  /** Without peers it is in FAULT. */
  needsPeers: Placed<null> | null;
  vmac: VmacDraft | null;
  /** `vmac_xmit_base` */
  xmitBase: Placed<null> | null;
  /** `use_vmac_addr` */
  vmacsForAddresses: boolean;
  readonly peers: PeerDraft[];
  peersAt: Placed<null> | null;
  readonly trackedScripts: TrackDraft[];
  readonly trackedInterfaces: TrackDraft[];
  readonly trackedFiles: TrackDraft[];
  readonly trackedProcesses: TrackDraft[];
  tracksInterface: boolean;
  /** Lines of `virtual_routes` and `virtual_rules`: what they name is asked of this host later. */
  readonly routes: Statement[];
  readonly rules: Statement[];
  readonly notify: NotifyDraft[];
  readonly announcing: Announcing;
  tellsPriorities: boolean | null;
  strict: boolean | null;
  accept: boolean | null;
  skipsAddressCheck: boolean | null;
  answersLower: boolean | null;
  answersHigher: boolean | null;
  downTimerAdverts: Placed<number> | null;
}

export function newInstance(name: string, statement: Statement): InstanceDraft {
  return {
    name,
    statement,
    interface: null,
    virtualRouterId: null,
    wrongId: null,
    family: null,
    state: null,
    priority: null,
    advertInterval: null,
    version: null,
    addresses: [],
    excluded: [],
    addressesAt: null,
    nopreempt: null,
    preemptDelay: null,
    authentication: { type: null, password: null },
    source: null,
    promotes: false,
    tracksSource: false,
    group: null,
    unicastTtl: null,
    needsPeers: null,
    vmac: null,
    xmitBase: null,
    vmacsForAddresses: false,
    peers: [],
    peersAt: null,
    trackedScripts: [],
    trackedInterfaces: [],
    trackedFiles: [],
    trackedProcesses: [],
    tracksInterface: true,
    routes: [],
    rules: [],
    notify: [],
    announcing: newAnnouncing(),
    tellsPriorities: null,
    strict: null,
    accept: null,
    skipsAddressCheck: null,
    answersLower: null,
    answersHigher: null,
    downTimerAdverts: null,
  };
}

const MOST_PREEMPT_DELAY_SECONDS = 1000;
const IPVLAN =
  "asks for an interface of its own (ipvlan), which vrrpd does not make: the addresses would be on the instance's";

export const VRRP_INSTANCE: Keywords<InstanceDraft> = {
  interface: value((instance, statement, report) => {
    instance.interface = placed(firstWord(statement, report), statement);
  }),
  virtual_router_id: value((instance, statement, report) => {
    const id = firstWord(statement, report);
    const isId = /^\d+$/.test(id) && Number(id) >= 1 && Number(id) <= 255;
    if (isId) instance.virtualRouterId = placed(Number(id), statement);
    else instance.wrongId ??= placed(id, statement);
  }),
  state: value((instance, statement, report) => {
    const state = firstWord(statement, report);
    const known = state === "MASTER" || state === "BACKUP";
    if (!known)
      report.warn(
        statement.origin,
        `state ${state} is neither MASTER nor BACKUP: BACKUP counts, as in Keepalived`,
      );
    // MASTER sticks: a later BACKUP changes nothing.
    if (instance.state?.value !== "MASTER") instance.state = placed(known ? state : "BACKUP", statement);
  }),
  priority: value((instance, statement, report) => {
    const range = { min: 1, max: 255, instead: "the default, 100," };
    instance.priority = placed(wholeNumber(statement, range, report) ?? 100, statement);
  }),
  advert_int: value((instance, statement, report) => {
    const range = { min: 0.01, max: 255, instead: "the default, 1," };
    instance.advertInterval = placed(seconds(statement, range, report) ?? 1, statement);
  }),
  version: value(readVersion),
  virtual_ipaddress: block((instance, statement, report) => {
    instance.addressesAt ??= placed(null, statement);
    readAddresses(instance.addresses, true, statement, report);
    instance.family ??= instance.addresses[0]?.address.family ?? null;
  }),
  virtual_ipaddress_excluded: block((instance, statement, report) => {
    readAddresses(instance.excluded, false, statement, report);
  }),
  nopreempt: flag((instance, statement, report) => {
    bare(statement, report);
    instance.nopreempt = placed(true, statement);
  }),
  preempt: flag((instance, statement, report) => {
    bare(statement, report);
    instance.nopreempt = placed(false, statement);
  }),
  preempt_delay: value((instance, statement, report) => {
    const range = { min: 0, max: MOST_PREEMPT_DELAY_SECONDS, instead: "no delay" };
    instance.preemptDelay = placed(seconds(statement, range, report) ?? 0, statement);
  }),
  authentication: block((instance, statement, report) => {
    for (const line of statement.children!) readAuthentication(instance, line, report);
  }),
  unicast_src_ip: value(readSource),
  mcast_src_ip: value(readSource),
  mcast_dst_ip: value((instance, statement, report) => {
    const group = readGroup(statement, null, report);
    if (group === null) return;
    instance.family ??= group.family;
    if (isOfLink(group)) instance.group = placed(group, statement);
    else
      report.warn(
        statement.origin,
        `mcast_dst_ip ${group.text} reaches beyond the link, and is ignored, as in Keepalived; ff02::/16 counts`,
      );
  }),
  promote_secondaries: flag((instance, statement, report) => {
    bare(statement, report);
    instance.promotes = true;
  }),
  track_src_ip: flag((instance, statement, report) => {
    bare(statement, report);
    instance.tracksSource = true;
  }),
  unicast_ttl: value((instance, statement, report) => {
    const range = { min: 0, max: 255, instead: "the default, 255," };
    const ttl = wholeNumber(statement, range, report);
    if (ttl !== null) instance.unicastTtl = placed(ttl, statement);
  }),
  unicast_fault_no_peer: flag((instance, statement, report) => {
    bare(statement, report);
    instance.needsPeers = placed(null, statement);
  }),
  unicast_peer: block((instance, statement, report) => {
    instance.peersAt ??= placed(null, statement);
    for (const line of statement.children!) instance.peers.push(...readPeer(line, report));
    instance.family ??= instance.peers[0]?.address.family ?? null;
  }),
  track_interface: block((instance, statement, report) => {
    readTracks(instance.trackedInterfaces, statement, report);
  }),
  track_file: block((instance, statement, report) => {
    readCounted(instance.trackedFiles, statement, true, report);
  }),
  track_process: block((instance, statement, report) => {
    readCounted(instance.trackedProcesses, statement, false, report);
  }),
  track_script: block((instance, statement, report) => {
    readTracks(instance.trackedScripts, statement, report);
  }),
  dont_track_primary: flag((instance, statement, report) => {
    bare(statement, report);
    instance.tracksInterface = false;
  }),
  ...NOTIFY_KEYWORDS<InstanceDraft>(),
  ...ANNOUNCEMENT_KEYWORDS<InstanceDraft>("", (instance) => instance.announcing),
  notify_priority_changes: flag((instance, statement, report) => {
    instance.tellsPriorities = onOff(statement, report) ?? instance.tellsPriorities;
  }),
  strict_mode: flag((instance, statement, report) => {
    instance.strict = onOff(statement, report) ?? instance.strict;
  }),
  accept: flag((instance, statement, report) => {
    bare(statement, report);
    instance.accept = true;
  }),
  no_accept: flag((instance, statement, report) => {
    instance.accept = false;
    const text =
      "no_accept is ignored: vrrpd filters no packets, so the addresses answer, where Keepalived drops what is sent to them";
    report.once("no_accept", statement.origin, text);
  }),
  lower_prio_no_advert: flag((instance, statement, report) => {
    const silent = onOff(statement, report);
    if (silent !== null) instance.answersLower = !silent;
  }),
  higher_prio_send_advert: flag((instance, statement, report) => {
    instance.answersHigher = onOff(statement, report) ?? instance.answersHigher;
  }),
  down_timer_adverts: value((instance, statement, report) => {
    instance.downTimerAdverts = placed(wholeNumber(statement, DOWN_TIMER, report) ?? 3, statement);
  }),
  skip_check_adv_addr: flag((instance, statement, report) => {
    instance.skipsAddressCheck = onOff(statement, report) ?? instance.skipsAddressCheck;
  }),
  check_unicast_src: flag(() => {}),
  native_ipv6: flag((instance, statement, report) => {
    bare(statement, report);
    if (instance.family === "ipv4")
      report.warn(
        statement.origin,
        "native_ipv6 is ignored, as in Keepalived: an IPv4 address stands before it",
      );
    else instance.family = "ipv6";
  }),
  virtual_routes: block(({ routes }, { children }) => {
    routes.push(...children!);
  }),
  virtual_rules: block(({ rules }, { children }) => {
    rules.push(...children!);
  }),
  use_vmac: flag((instance, statement, report) => {
    instance.vmac = readUseVmac(instance.vmac, statement, report);
  }),
  vmac_xmit_base: flag((instance, statement, report) => {
    bare(statement, report);
    instance.xmitBase = placed(null, statement);
  }),
  use_vmac_addr: flag((instance, statement, report) => {
    bare(statement, report);
    instance.vmacsForAddresses = true;
  }),
  use_ipvlan: { class: "partial", form: "any", why: IPVLAN },
  track_bfd: { class: "refused", form: "any", why: "follows a BFD session, which vrrpd does not do" },
  vrf: { class: "refused", form: "any", why: "puts the virtual router into a VRF, which vrrpd does not do" },
  auth_hmac: { class: "refused", form: "any", why: "is an authentication that vrrpd does not do" },
  ...ignored("any", "is ignored: vrrpd sends no mail; use notify scripts", "smtp_alert"),
  ...ignored("value", `is ignored: see ${VARIABLES.logLevel.name}`, "debug"),
  ...ignored("value", "is ignored: vrrpd has nothing to do with IPVS", "lvs_sync_daemon_interface"),
  ...ignored("any", "is ignored: vrrpd sizes its buffers by itself", "kernel_rx_buf_size"),
  ...ignored("any", "is ignored: the kernel tells of links", "linkbeat_use_polling"),
  ...ignored("any", "is ignored: announcements leave on the address's own interface", "garp_extra_if"),
  ...ignored("any", "is ignored: name the groups' members in one instance", "track_group", "garp_group"),
  ...ignored(
    "any",
    "is ignored: adverts carry the usual checksum",
    "old_unicast_checksum",
    "v3_checksum_as_v2",
  ),
  ...ignored(
    "any",
    "is ignored: it is a keyword of later versions",
    "no_virtual_ipaddress",
    "owner_ignore_adverts",
  ),
};

function readVersion(instance: InstanceDraft, statement: Statement, report: Report): void {
  const version = wholeNumber(statement, { min: 2, max: 3, instead: "the version of global_defs" }, report);
  if (version !== 2 && version !== 3) return;
  const before = instance.version;
  if (before === null) instance.version = placed(version, statement);
  else if (before.value !== version)
    report.warn(
      statement.origin,
      `version ${version} is ignored: version ${before.value} stands before it, as in Keepalived`,
    );
}

function readSource(instance: InstanceDraft, statement: Statement, report: Report): void {
  const found = address(statement, firstWord(statement, report), report);
  if (found === null) return;
  instance.source = placed(found, statement);
  instance.family ??= found.family;
}

function readAddresses(
  list: AddressDraft[],
  advertised: boolean,
  { children }: Statement,
  report: Report,
): void {
  for (const line of children!) {
    const entry = readVirtualAddress(line, report);
    if (entry !== null) list.push({ ...entry, advertised });
  }
}

function readAuthentication({ authentication }: InstanceDraft, line: Statement, report: Report): void {
  const read = Object.hasOwn(AUTHENTICATION, line.keyword) ? AUTHENTICATION[line.keyword] : undefined;
  if (read === undefined)
    report.warn(line.origin, `${line.keyword} is not known in authentication and is ignored`);
  else if (line.words.length === 0) report.refuse(line.origin, "", "stands alone", "a value behind it");
  else {
    if (line.words.length > 1)
      report.warn(
        line.origin,
        `${line.keyword}: only the first word counts, as in Keepalived; put quotes around it`,
      );
    read(authentication, line, report);
  }
}
