/** The interface, its addresses, the kernel's settings, other daemons, the clock. */
import { type Family, isLinkLocal6 } from "../../../base/address.js";
import { formatSeconds, MICROS_PER_MILLISECOND, type Micros } from "../../../base/time.js";
import {
  contradictionsOf,
  formatWarning,
  type HostFacts,
  type InterfacePlan,
  isFromFile,
  type Plan,
  peersOf,
  promotionWarning,
  routersOn,
  VARIABLES,
  vmacWarnings,
  wayTo,
} from "../../../config/index.js";
import { nameOf } from "../../../core/origin.js";
import { describeHolder, LockHolders, mayHold } from "../../../daemon/locks/holders.js";
import { lockNames } from "../../../daemon/locks/locks.js";
import { missingCapabilities } from "../../../host/capabilities.js";
import { error, type Finding, ok, warning } from "../../../host/finding.js";
import {
  clockSource,
  isMulticastInterface,
  promotesSecondaries,
  readInterfaceSysctl,
  readSysctl,
} from "../../../host/kernel-values.js";
import { isLockTaken } from "../../../host/native.js";
import { VRRP_TTL } from "../../../wire/vrrp.js";

export function familiesOf(plan: Plan, on: InterfacePlan): Family[] {
  return [...new Set(routersOn(plan, on).map(({ config }) => config.family))];
}

export function capabilityFindings(): Finding[] {
  const missing = missingCapabilities();
  if (missing.length === 0) return [ok("capabilities", "CAP_NET_ADMIN and CAP_NET_RAW are here")];
  return missing.map((name) =>
    error("capabilities", `${name} is missing: vrrpd would exit 4`, `Run it as root, or grant ${name}.`),
  );
}

export function planFindings(plan: Plan): Finding[] {
  const document = isFromFile(plan) ? "docs/keepalived-conf.md" : "docs/configuration.md";
  const found = plan.warnings.map((one) =>
    warning("configuration", formatWarning(one), `See ${document}; correct it, or leave it if it is meant.`),
  );
  for (const contradiction of contradictionsOf(plan)) {
    found.push(error("configuration", contradiction, "Correct the list; every instance would be in FAULT."));
  }
  return found.length > 0 ? found : [ok("configuration", "nothing in it had to be corrected")];
}

export function interfaceFindings(plan: Plan, planned: InterfacePlan, facts: HostFacts): Finding[] {
  const on = facts.interfaces.find(({ name }) => name === planned.name);
  const { origins } = routersOn(plan, planned)[0]!.config;
  if (on === undefined) {
    return [
      error("interface", planned.reason, `Create it, or name another one in ${nameOf(origins.interface)}.`),
    ];
  }
  const { name, link } = on;
  const multicast = routersOn(plan, planned).some(({ config }) => config.unicastPeers.length === 0);
  const found: Finding[] = [];
  if (!link.up) found.push(error("interface", `${name} is down`, `Bring it up: ip link set ${name} up.`));
  else if (!link.carrier) {
    found.push(
      error("interface", `${name} has no carrier`, "Look at the cable, the switch port or the bridge."),
    );
  } else found.push(ok("interface", `${name} is up and has a carrier (${planned.reason})`));
  if (multicast && !isMulticastInterface(name)) {
    found.push(
      error("multicast", `${name} does not carry multicast`, `Use ${nameOf(origins.unicastPeers)} there.`),
    );
  }
  for (const family of familiesOf(plan, planned)) {
    const { address, detail } = planned.sources[family];
    if (address !== null) found.push(ok("source address", `${family} adverts come from ${address.text}`));
    else {
      const action = "Give the interface one; the instances wait in INIT for it.";
      found.push(error("source address", detail, action));
    }
  }
  return found;
}

/** How adverts are exchanged with each unicast peer. What is wrong with a way is among the plan's warnings. */
export function peerFindings(plan: Plan): Finding[] {
  return peersOf(plan).map(({ peer, on }) => {
    const { address, source, leastTtl } = peer;
    const ours = source === null ? "no source yet" : `adverts to it come from ${source.text}`;
    const ttl = leastTtl === VRRP_TTL ? "TTL 255" : `TTL ${leastTtl} at least`;
    const text = `${address.text} is ${wayTo(peer, on.name ?? "the interface")}; ${ours}; its adverts are expected from ${address.text} with ${ttl}`;
    return peer.route === null && !isLinkLocal6(address)
      ? warning("unicast peer", text, "Give this node a route to it; until then the peer counts as on-link.")
      : ok("unicast peer", text);
  });
}

export function settingFindings(plan: Plan, on: InterfacePlan, facts: HostFacts): Finding[] {
  const { name } = on;
  if (name === null) return [];
  const families = familiesOf(plan, on);
  const promotion = promotionWarning(plan, name, facts, promotesSecondaries);
  const found = [
    ...(promotion === null
      ? []
      : [warning("kernel settings", promotion, `Set net.ipv4.conf.${name}.promote_secondaries=1.`)]),
    ...(families.includes("ipv4") ? ipv4Findings(name) : []),
    ...(families.includes("ipv6") && readInterfaceSysctl("ipv6", name, "disable_ipv6") === 1
      ? [
          error(
            "kernel settings",
            `IPv6 is switched off on ${name}`,
            `Set net.ipv6.conf.${name}.disable_ipv6=0.`,
          ),
        ]
      : []),
  ];
  for (const { text } of vmacWarnings(plan, (key) => readInterfaceSysctl("ipv4", "all", key)))
    found.push(warning("kernel settings", text, "See docs/keepalived-conf.md, virtual MAC addresses."));
  return found.length > 0 ? found : [ok("kernel settings", "arp_ignore, rp_filter and ip_nonlocal_bind fit")];
}

function ipv4Findings(name: string): Finding[] {
  const effective = (key: string) =>
    Math.max(readInterfaceSysctl("ipv4", name, key) ?? 0, readInterfaceSysctl("ipv4", "all", key) ?? 0);
  const found: Finding[] = [];
  const arpIgnore = effective("arp_ignore");
  if (arpIgnore >= 2) {
    const what = `arp_ignore is ${arpIgnore} on ${name}: ARP questions for a /32 address may stay unanswered`;
    found.push(warning("kernel settings", what, `Set net.ipv4.conf.${name}.arp_ignore to 0 or 1.`));
  }
  if (effective("rp_filter") === 1) {
    const what = `rp_filter is strict on ${name}: packets to a virtual address are dropped where the way back leads over another interface`;
    found.push(
      warning(
        "kernel settings",
        what,
        `With more than one interface set net.ipv4.conf.${name}.rp_filter to 2.`,
      ),
    );
  }
  if (readSysctl("net.ipv4.ip_nonlocal_bind") !== 1) {
    const what =
      "ip_nonlocal_bind is off: a service that binds a virtual address itself starts on the master alone";
    found.push(ok("kernel settings", `${what}; services that bind to all addresses are not affected`));
  }
  return found;
}

/** Another daemon of this host. @param own process of the daemon of this very configuration; null: it does not run */
export function lockFindings(plan: Plan, own: number | null): Finding[] {
  if (plan.interfaces.every(({ name }) => name === null)) return [];
  const asked = new LockHolders();
  const holders = plan.core.routers.flatMap((router) =>
    asked.of(lockNames(router).filter(isLockTaken)).map((holder) => ({ router, holder })),
  );
  const { lockUids } = plan.settings;
  const others = holders.filter(({ holder: { pid } }) => own === null || pid !== own);
  const daemons = others.filter(({ holder: { uid } }) => uid === null || mayHold(uid, lockUids));
  const found = others
    .filter((one) => !daemons.includes(one))
    .map(({ holder }) => {
      const what = `${describeHolder(holder)} holds the lock ${holder.name} without a right to it`;
      return warning("locks", what, "vrrpd uses another name. Find out what that process does there.");
    });
  if (daemons.length > 0) {
    const which = daemons.map(({ router, holder }) => `${router.name} by ${describeHolder(holder)}`);
    found.push(
      warning(
        "locks",
        `a daemon on this host runs already: ${which.join(", ")}`,
        "A second one would wait; stop the first, or leave it at that.",
      ),
    );
  }
  const who = own === null ? "no vrrpd" : "no other vrrpd";
  return found.length > 0 ? found : [ok("locks", `${who} on this host runs these virtual routers`)];
}

/** Timers this late let a peer take over. */
const LATE_MICROS = 100 * MICROS_PER_MILLISECOND;
/** Read slowly, or in steps that are too coarse. */
const POOR_CLOCKS: readonly string[] = ["jiffies", "acpi_pm", "hpet", "pit"];
/** A clock before this was never set. */
const EARLIEST_YEAR = 2024;

export function clockFindings(worstMicros: Micros): Finding[] {
  const found: Finding[] = [];
  const source = clockSource();
  if (source !== null && POOR_CLOCKS.includes(source)) {
    const what = `the kernel keeps time with “${source}”, which is slow`;
    found.push(warning("clock", what, "See that the machine offers tsc or kvm-clock."));
  }
  if (worstMicros > LATE_MICROS) {
    const what = `this machine woke the doctor ${formatSeconds(worstMicros)} late at worst`;
    found.push(warning("clock", what, `Give it more CPU time, or set ${VARIABLES.realtime.name}.`));
  }
  if (new Date().getUTCFullYear() < EARLIEST_YEAR) {
    const what = `the time of day is ${new Date().toISOString()}: only the times in log and status suffer`;
    found.push(warning("clock", what, "Set the clock."));
  }
  const fine = `timers were at most ${formatSeconds(worstMicros)} late, by ${source ?? "an unnamed clock"}`;
  return found.length > 0 ? found : [ok("clock", fine)];
}
