/** What vrrpd makes of each file is what Keepalived made of it. */
import t, { type Test } from "tap";
import { formatWithPrefix } from "../../../src/base/address.js";
import type { InstanceIntent } from "../../../src/config/intent.js";
import type { Track, VirtualRouterConfig } from "../../../src/core/config.js";
import { weightOf } from "../../../src/core/router/tracks.js";
import { fixtureLine } from "../../../src/daemon/dumps/fixtures.js";
import {
  CORPUS,
  type CorpusCase,
  filesOf,
  idOf,
  type SeenAddress,
  type SeenInstance,
  type SeenTrack,
} from "./corpus.js";
import { parseFiles, readFiles } from "./support.js";

/** What differs, and why; each is said to the operator as well. */
const DECIDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "s01-distribution-default": {
    announcements: "an address that somebody else claims is announced in strict mode, too",
  },
  "s11-load-balancer-appliance": { scripts: "a script that is not there is left out when it is to be run" },
  "s24-misspelled": {
    "VI_1 priority": "an unknown block is skipped as a whole: what follows it still counts",
    "VI_1 nopreempt": "the same",
  },
  "s26-script-problems": {
    scripts: "scripts that are not there, or cannot be executed, are left out when they are to be run",
  },
  "s27-shell-in-scripts": { scripts: "the same" },
  "s28-script-security": {
    scripts: "scripts that others can change are left out when they are to be run",
    notify: "the same",
  },
};

t.equal(CORPUS.length, 28);

for (const one of CORPUS) {
  t.test(one.name, async (t) => {
    const { statements, problems } = parseFiles(filesOf(one), idOf(one));
    t.same(problems, []);
    t.ok(statements.length > 0);
    const { decisive, host } = one;
    const read = () => readFiles(filesOf(one), { id: idOf(one), interfaces: Object.keys(host.interfaces) });
    if (decisive.verdict === "refused") return void t.throws(read, { code: "ECONFIG" });
    const { instances, warnings } = read();
    const seen = decisive.instances!;
    t.same(instances.map(({ router }) => router.name).sort(), Object.keys(seen).sort());
    for (const instance of instances) compare(t, one, instance, seen[instance.router.name]!);
    const others = warnings.filter(({ text }) => !text.includes("VRRPD_PARTIAL=on"));
    if (decisive.verdict === "accepted") t.same(others, []);
  });
}

function compare(t: Test, { name }: CorpusCase, instance: InstanceIntent, seen: SeenInstance): void {
  const ours = shownLikeKeepalived(instance);
  const theirs = shownByKeepalived(seen);
  for (const [what, value] of Object.entries(ours)) {
    const decided = DECIDED[name]?.[what] ?? DECIDED[name]?.[`${instance.router.name} ${what}`];
    if (decided === undefined) t.same(value, theirs[what], `${instance.router.name}: ${what}`);
    else t.not(JSON.stringify(value), JSON.stringify(theirs[what]), `${what} still differs: ${decided}`);
  }
}

function shownLikeKeepalived({
  router,
  interface: on,
  priority,
  unicastPeers,
}: InstanceIntent): Record<string, unknown> {
  const addresses = (advertised: boolean) =>
    router.virtualAddresses
      .filter((entry) => entry.advertised === advertised)
      .map((entry) => `${formatWithPrefix(entry)} ${entry.interface ?? on.name}`);
  const all = router.tracks.map(trackOf);
  const tracks = (kind: "script" | "interface" | "file") =>
    all.flatMap((one) => (one.kind === kind ? [one.text] : []));
  const fixtures = (kind: "route" | "rule") =>
    router.fixtures.filter((one) => one.fixture.kind === kind).map((one) => fixtureLine(one));
  const { claimed, contested, refresh } = router.announcements;
  const seconds = (micros: number | null | undefined) => (micros ?? 0) / 1_000_000;
  return {
    interface: on.name,
    family: router.family,
    version: router.version,
    id: router.virtualRouterId,
    priority: "fixed" in priority ? priority.fixed : null,
    interval: router.advertIntervalMicros / 1000,
    nopreempt: router.preempt.mode === "never",
    delay: router.preempt.delaySeconds,
    password: passwordOf(router),
    peers: unicastPeers.value.map(({ text }) => text).sort(),
    primary: !router.tracksInterface,
    addresses: addresses(true),
    excluded: addresses(false),
    routes: fixtures("route"),
    rules: fixtures("rule"),
    scripts: tracks("script"),
    files: tracks("file"),
    interfaces: tracks("interface"),
    notify: router.notify
      .map(({ on, command }) => `${on === "any" ? "GENERIC" : on} ${command.join(" ")}`)
      .sort(),
    announcements: [
      [seconds(claimed.againAfterMicros), claimed.times],
      [seconds(refresh?.everyMicros), refresh?.times ?? 1],
      [seconds(contested.againAfterMicros), contested.times],
    ],
  };
}

function shownByKeepalived(seen: SeenInstance): Record<string, unknown> {
  const addresses = (entries: readonly SeenAddress[]) =>
    entries.map(({ address, dev }) => `${address} ${dev}`);
  const tracks = (entries: readonly SeenTrack[]) =>
    entries.map(({ name, weight, reverse }) => `${name} ${weight}${reverse === true ? " reversed" : ""}`);
  const { garp } = seen;
  return {
    interface: seen.interface,
    family: seen.family,
    version: seen.version,
    id: seen.virtual_router_id,
    priority: seen.priority,
    interval: seen.advert_int_ms,
    nopreempt: seen.nopreempt,
    delay: seen.preempt_delay_s,
    password: seen.auth_pass,
    peers: [...seen.unicast_peers].sort(),
    primary: seen.dont_track_primary,
    addresses: addresses(seen.addresses),
    excluded: addresses(seen.excluded),
    files: tracks(seen.track_files),
    routes: seen.routes,
    rules: seen.rules,
    scripts: tracks(seen.track_scripts),
    interfaces: tracks(seen.track_interfaces),
    notify: Object.entries(seen.notify)
      .map(([on, command]) => `${on.toUpperCase()} ${command.join(" ")}`)
      .sort(),
    announcements: [
      [garp.delay, garp.repeat],
      [garp.refresh, garp.refresh_repeat],
      [garp.lower_prio_delay, garp.lower_prio_repeat],
    ],
  };
}

function trackOf({ on, effect, reversed }: Track) {
  const name = "check" in on ? on.check.replace(/^file /, "") : on.interface;
  const kind = "interface" in on ? "interface" : name === on.check ? "script" : "file";
  return { kind, text: `${name} ${weightOf(effect) ?? 0}${reversed ? " reversed" : ""}` };
}

function passwordOf({ password }: Pick<VirtualRouterConfig, "password">): string | null {
  return password === null ? null : Buffer.from(password).toString().replace(/\0+$/, "");
}
