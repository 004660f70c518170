/** A virtual router of a plan as a `vrrp_instance`. */
import { microsToSeconds } from "../../../base/time.js";
import type { AnnouncementRounds, Track, UnicastPeer, VirtualRouterConfig } from "../../../core/config.js";
import { DOWN_TIMER_ADVERTS, OWNER_PRIORITY } from "../../../core/election.js";
import type { NotifyCommand, NotifyEvent } from "../../../core/notify.js";
import { nameOf } from "../../../core/origin.js";
import { weightOf } from "../../../core/router/tracks.js";
import { VRRP_GROUPS, VRRP_TTL } from "../../../wire/vrrp.js";
import { ownNameOf } from "../../check-names.js";
import type { CheckPlan } from "../../checks.js";
import { virtualMac } from "../../vmac-names.js";
import { sourcesOf } from "../parts.js";
import type { RouterPlan } from "../types.js";
import { addressOf } from "./address.js";
import { blocksOf } from "./fixtures.js";
import { command, comment, userWords, type Written, word } from "./text.js";

const USUAL_ROUNDS = { times: 5, delaySeconds: 5 };
const NOTIFY_KEYWORDS: Readonly<Record<"any" | NotifyEvent, string>> = {
  MASTER: "notify_master",
  BACKUP: "notify_backup",
  FAULT: "notify_fault",
  STOP: "notify_stop",
  LOWER_PRIORITY: "notify_master_rx_lower_pri",
  any: "notify",
};

/** @param checks those that have a block, by their names */
export function instanceOf(
  router: RouterPlan,
  checks: ReadonlyMap<string, CheckPlan>,
  promotes = false,
): Written {
  const { config } = router;
  const { name, virtualRouterId, version, advertIntervalMicros } = config;
  const [title, on] = [word(name), word(config.interface)];
  if (title === null || on === null)
    return comment(
      `Keepalived cannot be told one of the names of vrrp_instance ${name} on ${config.interface}`,
    );
  return [
    `vrrp_instance ${title}`,
    [
      ...remarksOn(router),
      // An owner that is a backup at first waits.
      `state ${config.priority === OWNER_PRIORITY && !config.ownerWaits ? "MASTER" : "BACKUP"}`,
      `interface ${on}`,
      `virtual_router_id ${virtualRouterId}`,
      `version ${version}`,
      ...(config.priority === null ? [] : [`priority ${config.priority}`]),
      `advert_int ${microsToSeconds(advertIntervalMicros)}`,
      ...electionOf(config),
      ...authenticationOf(config),
      ...waysOf(router),
      ...(promotes ? ["promote_secondaries"] : []),
      ...vmacOf(config),
      ...announcementsOf(config),
      ...addressesOf(config),
      ...blocksOf(config.fixtures, { route: "virtual_routes", rule: "virtual_rules" }),
      ...tracksOf(config, checks),
      ...config.notify.map(notifyOf),
      ...(config.fifo === "priorities" ? ["notify_priority_changes on"] : []),
    ],
  ];
}

function remarksOn({ config, on, source }: RouterPlan): Written[] {
  const { origins, contradiction = null } = config;
  const listens =
    config.yieldsToVersion2 && "it yields to a version 2 master, which Keepalived does not hear here";
  const remarks = [
    contradiction !== null && `in FAULT: ${contradiction}`,
    on.name === null && `the interface is not there yet: ${on.reason}`,
    source.address === null && `no source for its adverts yet: ${source.detail}`,
    config.priority === null && "its priority is made from the node address, which is not known yet",
    listens && `${nameOf(origins.version)}: ${listens}`,
    !config.checksumPseudoHeader && "its checksum does not cover the pseudo-header",
    !config.announcesToLower && "it announces nothing in answer to adverts of lower priority",
  ];
  return remarks.flatMap((remark) => (remark === false ? [] : [comment(remark)]));
}

function electionOf({
  preempt,
  answersLower,
  answersHigher,
  downTimerAdverts,
  tracksInterface,
  tracksSource,
}: VirtualRouterConfig) {
  return [
    ...(preempt.mode === "never" ? ["nopreempt"] : []),
    ...(preempt.delaySeconds > 0 ? [`preempt_delay ${preempt.delaySeconds}`] : []),
    ...(answersLower ? [] : ["lower_prio_no_advert"]),
    ...(answersHigher ? ["higher_prio_send_advert"] : []),
    ...(downTimerAdverts === DOWN_TIMER_ADVERTS ? [] : [`down_timer_adverts ${downTimerAdverts}`]),
    ...(tracksInterface ? [] : ["dont_track_primary"]),
    ...(tracksSource ? ["track_src_ip"] : []),
  ];
}

/** Version 3 has none. */
function authenticationOf({ version, password }: VirtualRouterConfig): Written[] {
  if (version === 3 || password === null) return [];
  const end = password.indexOf(0);
  const bytes = Buffer.from(end === -1 ? password : password.subarray(0, end));
  const text = bytes.toString();
  const written = Buffer.from(text).equals(bytes) ? word(text) : null;
  if (written === null) return [comment("Keepalived cannot be told the password (auth_pass)")];
  return [["authentication", ["auth_type PASS", `auth_pass ${written}`]]];
}

/** What adverts are sent from, and to whom. */
function waysOf(router: RouterPlan): Written[] {
  const { family, unicastPeers, unicastStrict, unicastTtl, multicastGroup } = router.config;
  const sources = sourcesOf(router);
  const keyword = unicastPeers.length > 0 ? "unicast_src_ip" : "mcast_src_ip";
  const source =
    sources.length > 1
      ? [comment(`${keyword}: adverts leave from ${sources.join(", ")}, each to the peers that it reaches`)]
      : sources.map((text) => `${keyword} ${text}`);
  if (unicastPeers.length === 0)
    return multicastGroup.text === VRRP_GROUPS[family].text
      ? source
      : [...source, `mcast_dst_ip ${multicastGroup.text}`];
  return [
    ...source,
    ...(unicastTtl === VRRP_TTL ? [] : [`unicast_ttl ${unicastTtl}`]),
    ["unicast_peer", unicastPeers.map(peerOf)],
    ...(unicastStrict
      ? ["check_unicast_src"]
      : [comment("a speaker on the LAN counts as well, if it shares an address with us")]),
  ];
}

/** Unicast adverts leave from the interface below in any case. */
function vmacOf({ vmacs, family, virtualRouterId, unicastPeers }: VirtualRouterConfig): Written[] {
  const main = vmacs.find(({ adverts }) => adverts !== "none");
  if (main === undefined) return [];
  const name = word(main.name);
  if (name === null) return [comment(`Keepalived cannot be told the name of ${main.name} (use_vmac)`)];
  const isUsual = main.mac.text === virtualMac(family, virtualRouterId).text;
  return [
    `use_vmac ${name}${isUsual ? "" : ` ${main.mac.text}`}`,
    ...(main.adverts === "heard" && unicastPeers.length === 0 ? ["vmac_xmit_base"] : []),
  ];
}

function peerOf({ address, leastTtl }: UnicastPeer): string {
  return `${address.text} min_ttl ${leastTtl}`;
}

/** What is as usual is left out. */
function announcementsOf({ announcements: { claimed, contested, refresh } }: VirtualRouterConfig): Written[] {
  return [
    ...roundsOf("garp_master", claimed),
    ...roundsOf("garp_lower_prio", contested),
    ...(refresh === null
      ? []
      : [`garp_master_refresh ${Math.max(1, Math.round(microsToSeconds(refresh.everyMicros)))}`]),
    ...(refresh === null || refresh.times === 1 ? [] : [`garp_master_refresh_repeat ${refresh.times}`]),
  ];
}

function roundsOf(prefix: string, { times, againAfterMicros }: AnnouncementRounds): Written[] {
  const delay = Math.round(microsToSeconds(againAfterMicros ?? 0));
  return [
    ...(times === USUAL_ROUNDS.times ? [] : [`${prefix}_repeat ${times}`]),
    ...(delay === USUAL_ROUNDS.delaySeconds ? [] : [`${prefix}_delay ${delay}`]),
  ];
}

/** Those that no advert has room for count as excluded. */
function addressesOf(config: VirtualRouterConfig): Written[] {
  const lines = config.virtualAddresses.map((entry) => addressOf(entry, config.interface, config.vmacs));
  const [listed, others] = [lines.slice(0, config.advertisedCount), lines.slice(config.advertisedCount)];
  return [
    ...(listed.length === 0 ? [] : [["virtual_ipaddress", listed] as const]),
    ...(others.length === 0 ? [] : [["virtual_ipaddress_excluded", others] as const]),
  ];
}

function tracksOf({ tracks }: VirtualRouterConfig, checks: ReadonlyMap<string, CheckPlan>): Written[] {
  const scripts: Written[] = [];
  const files: Written[] = [];
  const processes: Written[] = [];
  for (const track of tracks) {
    if (!("check" in track.on)) continue;
    const check = checks.get(track.on.check);
    const name = check === undefined ? track.on.check : ownNameOf(check);
    const list = check?.kind === "file" ? files : check?.kind === "process" ? processes : scripts;
    // A file has the weight 1 where none stands.
    list.push(trackOf(name, track, check !== undefined, list === files));
  }
  const interfaces = tracks.flatMap((track) =>
    "interface" in track.on ? [trackOf(track.on.interface, track, true)] : [],
  );
  return [
    ...(scripts.length === 0 ? [] : [["track_script", scripts] as const]),
    ...(interfaces.length === 0 ? [] : [["track_interface", interfaces] as const]),
    ...(files.length === 0 ? [] : [["track_file", files] as const]),
    ...(processes.length === 0 ? [] : [["track_process", processes] as const]),
  ];
}

/** @param there whether Keepalived has it */
function trackOf(name: string, { effect, reversed }: Track, there: boolean, says0 = false): string {
  const written = word(name);
  if (written === null || !there) return comment(`${name}: see above`);
  if (effect === "fault" && !reversed && !says0) return written;
  const weight = weightOf(effect) ?? 0;
  return `${written} weight ${weight}${reversed ? " reverse" : ""}`;
}

export function notifyOf(told: NotifyCommand): string {
  return commandLine(NOTIFY_KEYWORDS[told.on], told);
}

export function commandLine(keyword: string, { command: words, user }: NotifyCommand): string {
  const [text, who] = [command(words), user === null ? "" : userWords(user)];
  if (text === null || who === null)
    return comment(
      `Keepalived cannot be told the command of ${keyword}: it is too long, or its user has an odd name`,
    );
  return `${keyword} ${text} ${who}`.trimEnd();
}
