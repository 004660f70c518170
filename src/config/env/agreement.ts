/** What variables mean together: contradictions between them, and what is overridden. */
import { type Family, isLinkLocal6 } from "../../base/address.js";
import { type Problem, quoteValue, type StandingProblem, type Warning } from "../problem.js";
import { formatIds, MAX_VIRTUAL_ROUTER_ID } from "./groups.js";
import { groupsOf } from "./intent.js";
import { ADVERT_INTERVAL_LIMITS, carriedByVersion } from "./readers.js";
import { originOf, type ReadEnvironment, VARIABLES, type VariableKey } from "./table.js";

const SOURCES = ["multicastSource", "unicastSource"] as const;
const UNICAST_WITHOUT_PEERS =
  `${VARIABLES.useUnicast.name}=true does not count: ${VARIABLES.unicastPeers.name} is not set, so adverts go by ` +
  "multicast, as from the original image";
const FAMILY_NAMES: Readonly<Record<Family, string>> = { ipv4: "IPv4", ipv6: "IPv6" };

/** Problems that no variable has by itself. A refused variable is not blamed a second time. */
export function findContradictions(read: ReadEnvironment): Problem[] {
  const missing = read.given.has("virtualAddresses") ? [] : [problemOf(read, "virtualAddresses")];
  return [
    ...missing,
    ...unicastContradictions(read),
    ...sourceContradictions(read),
    ...idContradictions(read),
    ...intervalContradictions(read),
  ];
}

/** What is set and does not count, or counts in a way that should be known. */
export function findOverrides(read: ReadEnvironment): Warning[] {
  const { values, given, refused } = read;
  const warnings: Warning[] = [];
  const warn = (key: VariableKey, text: string) => warnings.push({ origin: originOf(key), text });
  if (values.useUnicast === false && given.has("unicastPeers")) {
    warn(
      "useUnicast",
      `${VARIABLES.useUnicast.name}=false does not count: ${VARIABLES.unicastPeers.name} is set, which means unicast`,
    );
  }
  if (wantsUnicastWithoutPeers(read)) warn("useUnicast", UNICAST_WITHOUT_PEERS);
  warnings.push(...unicastOverrides(read), ...httpCheckOverrides(read), ...aboutFiles(read));
  if (values.checks === "script" && values.checkScript === null && !refused.has("checkScript")) {
    warn(
      "checks",
      `${VARIABLES.checks.name}=script changes nothing: ${VARIABLES.checkScript.name} is not set`,
    );
  } else if (values.checks === "script" && (values.monitorPort ?? 0) !== 0) {
    warn(
      "monitorPort",
      `${VARIABLES.monitorPort.name}=${values.monitorPort} is not probed: ${VARIABLES.checks.name}=script`,
    );
  }
  if (values.nftablesRule !== null && values.iptablesChain !== null) {
    warn(
      "iptablesChain",
      `${VARIABLES.iptablesChain.name}=${quoteValue(values.iptablesChain)} does not count: ` +
        `${VARIABLES.nftablesRule.name} takes precedence`,
    );
  }
  if (values.version !== 3 && values.v2Auth === "pass" && /[\s!#"'\\]/.test(values.configName.raw)) {
    warn(
      "configName",
      `${VARIABLES.configName.name}: Keepalived reads white space, quotes, "!", "#" and "\\" in its own way, so the ` +
        "version 2 password of the original image may differ from ours",
    );
  }
  if (!given.has("idOffset") && values.virtualAddresses.length > 0) {
    const ids = groupsOf(values).map((group) => group.virtualRouterId);
    warn(
      "idOffset",
      `${VARIABLES.idOffset.name} is not set: the virtual router ids are ${formatIds(ids)}; ` +
        "original images since April 2025 start at offset 10",
    );
  }
  return warnings;
}

/** What is served, but otherwise than was asked for: it stands in the status until it is corrected. */
export function findUnserved(read: ReadEnvironment): StandingProblem[] {
  if (!wantsUnicastWithoutPeers(read)) return [];
  const { useUnicast, unicastPeers } = VARIABLES;
  return [
    {
      severity: "warning",
      code: "unicast-without-peers",
      text: UNICAST_WITHOUT_PEERS,
      action: `List the addresses of all nodes in ${unicastPeers.name}, or set ${useUnicast.name}=false.`,
    },
  ];
}

/** What says how a file is read. */
function aboutFiles({ given }: ReadEnvironment): Warning[] {
  return [...given.keys()]
    .filter((key) => VARIABLES[key].scope === "file")
    .map((key) => {
      const text = `${VARIABLES[key].name} does not count: it is about a keepalived.conf, and --config is env`;
      return { origin: originOf(key), text };
    });
}

function wantsUnicastWithoutPeers({ values, given }: ReadEnvironment): boolean {
  return values.useUnicast === true && !given.has("unicastPeers");
}

/** What counts in unicast alone, or in multicast alone. */
function unicastOverrides({ values, given }: ReadEnvironment): Warning[] {
  const unicast = values.unicastPeers.length > 0;
  const unused = (["unicastMinTtl", "unicastSource", "multicastSource"] as const).filter(
    (key) => given.has(key) && unicast === (key === "multicastSource"),
  );
  return unused.map((key) => {
    const state = unicast ? "is set, which means unicast" : "is not set";
    const text = `${VARIABLES[key].name} does not count: ${VARIABLES.unicastPeers.name} ${state}`;
    return { origin: originOf(key), text };
  });
}

/** What goes with an HTTP check that is not there, and one that asks whoever is master. */
function httpCheckOverrides({ values, given, refused }: ReadEnvironment): Warning[] {
  const { name } = VARIABLES.httpCheck;
  if (values.httpCheck === null) {
    if (refused.has("httpCheck")) return [];
    const unused = (["httpCheckStatus", "httpCheckHost"] as const).filter((key) => given.has(key));
    return unused.map((key) => {
      return { origin: originOf(key), text: `${VARIABLES[key].name} does not count: ${name} is not set` };
    });
  }
  const { host } = values.httpCheck;
  if (host === "localhost" || !values.virtualAddresses.some(({ address }) => address.text === host.text))
    return [];
  const text =
    `${name} asks ${host.text}, which is a virtual address: a backup would judge the master's service, not its own; ` +
    "name an address of this node, such as 127.0.0.1";
  return [{ origin: originOf("httpCheck"), text }];
}

function unicastContradictions(read: ReadEnvironment): Problem[] {
  const { values, given } = read;
  // Whoever asks for unicast without peers goes on by multicast, as in the original, which never reads the wish.
  if (!given.has("unicastPeers") || values.unicastPeers.length === 0) return [];
  return familiesOf(values.virtualAddresses.map((entry) => entry.address.family))
    .filter((family) => !values.unicastPeers.some((peer) => peer.family === family))
    .map((family) => {
      const name = FAMILY_NAMES[family];
      return problemOf(
        read,
        "unicastPeers",
        `has no ${name} address, but there are ${name} virtual addresses`,
      );
    });
}

/** A source that would not be this node's own, or that no router may use. */
function sourceContradictions(read: ReadEnvironment): Problem[] {
  const { virtualAddresses, multicastSource, unicastPeers } = read.values;
  const virtual = new Set(virtualAddresses.map(({ address }) => address.text));
  const moving = SOURCES.flatMap((key) =>
    read.values[key]
      .filter(({ text }) => virtual.has(text))
      .map(({ text }) => problemOf(read, key, `names ${text}, which is a virtual address`)),
  );
  const global = multicastSource.find((address) => address.family === "ipv6" && !isLinkLocal6(address));
  if (global === undefined || unicastPeers.length > 0) return moving;
  return [
    ...moving,
    problemOf(
      read,
      "multicastSource",
      `names ${global.text}, but multicast over IPv6 comes from a link-local address`,
    ),
  ];
}

function idContradictions(read: ReadEnvironment): Problem[] {
  if ((["groups", "idOffset", "excludedIds"] as const).some((key) => read.refused.has(key))) return [];
  const ids = groupsOf(read.values).map((group) => group.virtualRouterId);
  const highest = ids.at(-1) ?? 0;
  if (highest <= MAX_VIRTUAL_ROUTER_ID) return [];
  const reason =
    `leads to the virtual router id ${highest}, above ${MAX_VIRTUAL_ROUTER_ID}: ${ids.length} ids are needed, ` +
    `and ${VARIABLES.groups.name} lets addresses share them`;
  return [problemOf(read, "idOffset", reason)];
}

/** Version 2 counts whole seconds; `VRRPD_VERSION=2` speaks it for IPv4 and version 3 for IPv6. */
function intervalContradictions(read: ReadEnvironment): Problem[] {
  const { values, refused } = read;
  if (refused.has("advertInterval") || refused.has("version")) return [];
  const families = familiesOf(values.virtualAddresses.map((entry) => entry.address.family));
  const spoken = new Set<2 | 3>(
    families.map((family) => (values.version === 2 && family === "ipv4" ? 2 : 3)),
  );
  if (spoken.size === 0) spoken.add(values.version === 2 ? 2 : 3);
  return [...spoken]
    .filter((version) => !carriedByVersion(version, values.advertInterval))
    .map((version) => {
      const { min, max } = ADVERT_INTERVAL_LIMITS[version];
      const unit = version === 2 ? "whole seconds" : "seconds in hundredths";
      return problemOf(
        read,
        "advertInterval",
        `does not fit VRRP version ${version}, ${unit} from ${min} to ${max}`,
      );
    });
}

function familiesOf(families: readonly Family[]): Family[] {
  return [...new Set(families)];
}

/** A problem with the whole value of a variable; its value is empty where it is not set. */
function problemOf(read: ReadEnvironment, key: VariableKey, reason?: string): Problem {
  const { name, accepted } = VARIABLES[key];
  const problem = { origin: { variable: name }, value: read.given.get(key) ?? "", accepted };
  return reason === undefined ? problem : { ...problem, reason };
}
