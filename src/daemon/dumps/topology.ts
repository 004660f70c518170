/** A virtual router in keepalived.data, in Keepalived's lines and order; what is not known here has no line. */
import { printable } from "../../base/text.js";
import { MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../base/time.js";
import type { NotifyCommand } from "../../core/notify.js";
import { VRRP_TTL } from "../../wire/vrrp.js";
import { fixtureLines } from "./fixtures.js";
import {
  addressLines,
  announcing,
  type Dumped,
  faultsOf,
  mainVmac,
  notified,
  passwordOf,
  trackedCounted,
  trackedInterfaces,
  trackedScripts,
  wantedState,
} from "./instance.js";
import type { DumpSource } from "./source.js";
import { command, enabled, ids, list, moment, password, text, weight } from "./words.js";

const NOTIFIED: readonly (readonly [NotifyCommand["on"], string])[] = [
  ["BACKUP", "Backup"],
  ["MASTER", "Master"],
  ["FAULT", "Fault"],
  ["STOP", "Stop"],
  ["any", "Generic"],
  ["LOWER_PRIORITY", "Master rx lower pri"],
];

export function instanceText(one: Dumped, source: DumpSource): string {
  const { document } = one;
  return text([
    ` VRRP Instance = ${printable(document.name)}`,
    `   VRRP Version = ${document.version}`,
    document.family === "ipv6" ? "   Using Native IPv6" : null,
    document.syncGroup === null ? null : `   Sync group = ${printable(document.syncGroup)}`,
    ...stateLines(one),
    ...placeLines(one, source),
    ...announcingLines(one),
    ...electionLines(one),
    ...addressesLines(one),
    ...routesLines(one),
    ...unicastLines(one),
    ...list("Tracked interfaces ", trackedInterfaces(one).map(trackLine)),
    ...list("Tracked scripts ", trackedScripts(one).map(trackLine)),
    ...list("Tracked files ", trackedCounted(one, "file", source).map(trackLine)),
    ...list("Tracked processes ", trackedCounted(one, "process", source).map(trackLine)),
    "   Using smtp notification = no",
    ...notifyLines(one, source),
    "   Notify priority changes = false",
  ]);
}

function stateLines(one: Dumped): (string | null)[] {
  const { state, master, version, unicastPeers, downIntervalSeconds: down, since } = one.document;
  const { faults, pending } = faultsOf(one);
  return [
    `   State = ${state}`,
    ...(state === "BACKUP" && master !== null
      ? [`   Master router = ${master.address}`, `   Master priority = ${master.priority}`]
      : []),
    state === "BACKUP" && version === 3 ? masterIntervalLine(one) : null,
    unicastPeers.length === 0 ? "   Flags: none" : "   Flags:\n     Using unicast",
    `   Wantstate = ${wantedState(one)}`,
    `   Number of config faults = ${one.document.code === "contradiction" ? 1 : 0}`,
    `   Number of interface and track script faults = ${faults}`,
    `   Number of track scripts init = ${pending}`,
    `   Last transition = ${moment(since)}`,
    `   Read timeout = ${readTimeout(one)}`,
    down === null ? null : `   Master down timer = ${Math.round(down * MICROS_PER_SECOND)} usecs`,
  ];
}

function masterIntervalLine({ document }: Dumped): string {
  const { speakers, master, advertIntervalSeconds: ours } = document;
  const heard = speakers.find(({ address }) => address === master?.address);
  return `   Master advert int = ${(heard?.advertIntervalSeconds ?? ours).toFixed(2)} sec`;
}

/** When it does something next, if nothing is heard. */
function readTimeout({ document }: Dumped): string {
  const next = document.next.find(({ reason }) => reason === "advertise" || reason === "master down");
  return next === undefined ? "DISABLED" : moment(next.at);
}

function placeLines(one: Dumped, { interfaces }: DumpSource): (string | null)[] {
  const { document, asked, config, shown } = one;
  const vmac = mainVmac(one);
  const fromBase = vmac?.adverts === "heard";
  const { interface: on, source, family, unicastPeers } = document;
  const isAsked = asked.sources.value.some((address) => address.text === source);
  const index = interfaces.find(({ name }) => name === on)?.link.index;
  const where = family === "ipv6" && index !== undefined ? `, ifindex ${index}` : "";
  const above = vmac === undefined ? "" : `, vmac on ${printable(on)}${fromBase ? ", xmit base i/f" : ""}`;
  const isThere = interfaces.some(({ name }) => name === vmac?.name);
  return [
    vmac === undefined
      ? null
      : `   Use VMAC, i/f name ${printable(vmac.name)}, is_up = ${isThere}, xmit_base = ${fromBase}`,
    `   Interface = ${printable(vmac?.name ?? on)}${above}`,
    config.tracksInterface ? null : "   VRRP interface tracking disabled",
    shown.skipsAddressCheck ? "   Skip checking advert IP addresses" : null,
    shown.strict ? "   Enforcing strict VRRP compliance" : null,
    `   Using src_ip = ${source ?? "(none)"}${isAsked ? " (from configuration)" : ""}`,
    unicastPeers.length === 0 ? `   Multicast address ${config.multicastGroup.text}${where}` : null,
  ];
}

function announcingLines(one: Dumped): string[] {
  const { delay, repeat, refresh, refreshRepeat, lowerDelay, lowerRepeat } = announcing(one);
  return [
    `   Gratuitous ARP delay = ${delay}`,
    `   Gratuitous ARP repeat = ${repeat}`,
    `   Gratuitous ARP refresh = ${refresh}`,
    `   Gratuitous ARP refresh repeat = ${refreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${lowerDelay}`,
    `   Gratuitous ARP lower priority repeat = ${lowerRepeat}`,
  ];
}

function electionLines({ document, config, asked }: Dumped): (string | null)[] {
  const { basePriority, priority, version, preempt, virtualRouterId } = document;
  const [unit, word] = version === 2 ? [MICROS_PER_SECOND, "sec"] : [MICROS_PER_MILLISECOND, "milli-sec"];
  const bytes = passwordOf(config);
  return [
    `   Down timer adverts = ${config.downTimerAdverts}`,
    `   Send advert after receive lower priority advert = ${config.answersLower}`,
    `   Send advert after receive higher priority advert = ${config.answersHigher}`,
    `   Virtual Router ID = ${virtualRouterId}`,
    ...(basePriority === null
      ? []
      : [
          `   Priority = ${basePriority}`,
          `   Effective priority = ${priority}`,
          `   Total priority = ${priority}`,
        ]),
    `   Advert interval = ${Math.round(config.advertIntervalMicros / unit)} ${word}`,
    // Nothing is filtered.
    `   Accept = ${enabled(true)}`,
    `   Preempt = ${enabled(preempt.mode !== "never")}`,
    preempt.delaySeconds === 0 ? null : `   Preempt delay = ${preempt.delaySeconds} secs`,
    `   Promote_secondaries = ${enabled(asked.promotes)}`,
    version === 2 ? `   Authentication type = ${bytes === null ? "none" : "SIMPLE_PASSWORD"}` : null,
    bytes === null ? null : `   Password = ${password(bytes)}`,
  ];
}

function addressesLines(one: Dumped): string[] {
  const { advertised, excluded } = addressLines(one);
  return [
    ...list(`Virtual IP (${advertised.length})`, advertised),
    ...list("Virtual IP Excluded ", excluded),
  ];
}

function routesLines({ config }: Dumped): string[] {
  return [
    ...list("Virtual Routes ", fixtureLines(config.fixtures, "route")),
    ...list("Virtual Rules ", fixtureLines(config.fixtures, "rule")),
  ];
}

function unicastLines({ config }: Dumped): string[] {
  const { unicastPeers, unicastStrict } = config;
  if (unicastPeers.length === 0) return [];
  const peers = unicastPeers.map(
    ({ address, leastTtl }) => `${address.text} min_ttl ${leastTtl} max_ttl ${VRRP_TTL}`,
  );
  return [
    `   Unicast TTL = ${config.unicastTtl}`,
    `   Check unicast src : ${unicastStrict ? "yes" : "no"}`,
    ...list("Unicast Peer ", peers),
  ];
}

function trackLine({
  check,
  interface: on,
  weight: value,
  reversed,
}: Dumped["document"]["tracks"][number]): string {
  return `${printable(check ?? on!)} weight ${weight(value, reversed)}`;
}

export function notifyLines(one: Parameters<typeof notified>[0], source: DumpSource): string[] {
  const scripts = notified(one, source);
  return NOTIFIED.flatMap(([on, word]) => {
    const found = scripts.find((script) => script.on === on);
    if (found === undefined) return [];
    const { command: words, user } = found;
    return [`   ${word} state transition script = ${command(words)}, uid:gid ${ids(source.idsOf(user))}`];
  });
}
