/** The queries of dashboards: ours, and those that people have for Keepalived. */
import { readFileSync } from "node:fs";

const COUNTERS = [
  "advert_rcvd",
  "advert_sent",
  "become_master",
  "release_master",
  "packet_len_err",
  "advert_interval_err",
  "ip_ttl_err",
  "invalid_type_rcvd",
  "addr_list_err",
  "invalid_authtype",
  "authtype_mismatch",
  "auth_failure",
  "pri_zero_rcvd",
  "pri_zero_sent",
];
const COUNTERS_NOW = [
  "advertisements_received",
  "advertisements_sent",
  "become_master",
  "release_master",
  "packet_length_errors",
  "advertisements_interval_errors",
  "ip_ttl_errors",
  "invalid_type_received",
  "address_list_errors",
  "authentication_invalid",
  "authentication_mismatch",
  "authentication_failure",
  "priority_zero_received",
  "priority_zero_sent",
  "gratuitous_arp_delay",
];
/** What node_exporter brings to the same dashboard is left out. */
const UP = 'keepalived_up{instance=~"^a.*"}';

/** By who publishes it. */
export const PUBLIC_QUERIES: Readonly<Record<string, readonly string[]>> = {
  "mehdy/keepalived-exporter, grafana/dashboards/keepalived-exporter.json, names since 1.0": [
    'keepalived_up{instance="a"}',
    'keepalived_script_status{instance="a"}',
    'keepalived_exporter_check_script_status{instance="a"}',
    'keepalived_script_state{instance="a"}',
    'keepalived_vrrp_state{instance="a"}',
    ...COUNTERS_NOW.map((name) => `irate(keepalived_${name}_total{instance="a"}[1m])`),
  ],
  "the same, names and label before 1.0": [
    'keepalived_up{node_name="a"}',
    'keepalived_script_status{node_name="a"}',
    'keepalived_check_script_status{node_name="a"}',
    'keepalived_script_state{node_name="a"}',
    'keepalived_vrrp_state{node_name="a"}',
    ...[...COUNTERS, "garp_delay"].map((name) => `irate(keepalived_${name}{node_name="a"}[1m])`),
  ],
  "K-Phoen/homelab, grafana/dashboards/keepalived": [
    'keepalived_up{instance=~"a|b"}',
    'keepalived_exporter_build_info{instance=~"a|b"}',
    'keepalived_script_status{instance=~"a|b", name="good"}',
    'keepalived_vrrp_state{instance=~"a|b"}',
    ...COUNTERS_NOW.map((name) => `rate(keepalived_${name}_total{instance=~"a|b", vrid="51"}[1m])`),
  ],
  "bhozar/grafana-dashboards, for gen2brain/keepalived_exporter": [
    UP,
    'keepalived_vrrp_become_master{instance=~"^a.*", state="MASTER"}',
    'irate(keepalived_vrrp_advert_sent{instance=~"^a.*"}[5m])>0',
    'irate(keepalived_vrrp_advert_rcvd{instance=~"^b.*"}[5m])>0',
    ...COUNTERS.map((name) => `rate(keepalived_vrrp_${name}{instance=~"^a.*"}[1m])`),
  ],
  "alerts that are passed around": [
    "keepalived_up == 1",
    "keepalived_script_status == 1",
    "keepalived_vrrp_state == 2",
    "count by (vrid) (keepalived_vrrp_state == 2) == 1",
    "changes(keepalived_vrrp_state[1m])",
    "increase(keepalived_become_master_total[1m])",
  ],
};

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

/** Grafana's variables, with these values. */
export function filledIn(query: string, variables: Readonly<Record<string, string>>): string {
  const text = query.replace(/\$\{?(\w+)\}?/g, (all, name: string) => variables[name] ?? all);
  if (text.includes("$")) throw new Error(`a variable of ${query} is not known`);
  return text;
}

/** Of a dashboard as Grafana imports it, with its variables filled in: the query of each panel and variable. */
export function queriesOf(path: string, variables: Readonly<Record<string, string>>): [string, string][] {
  const { panels, templating } = JSON.parse(readFileSync(path, "utf8")) as Dashboard;
  const filled = (query: string) => filledIn(query, variables);
  const ofVariables = templating.list.flatMap(({ name, definition }): [string, string][] => {
    const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? "") ?? [];
    return series === undefined ? [] : [[`variable ${name}`, `count by (${label}) (${filled(series)})`]];
  });
  return [
    ...ofVariables,
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }): [string, string] => [title, filled(expr)]),
    ),
  ];
}
