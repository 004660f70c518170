/** An environment and a file that say the same give the same plan. */
import t from "tap";
import { type Intent, plan } from "../../../src/config/index.js";
import { type Env, FIRST_LOOK, host, intentOf } from "../support.js";
import { readText } from "./support.js";

const FACTS = host({ ens3: ["192.0.2.10/24", "2001:db8::10/64", "fe80::10/64"] });
/** About the daemon itself: it counts beside either. */
const DAEMON: Env = {
  VRRPD_VIP_LEASE: "60",
  VRRPD_START_GRACE: "5",
  VRRPD_ID_CONFLICT: "claim",
  VRRPD_ANNOUNCE_LIMIT: "7",
  VRRPD_GUARD_REMOVE: "on",
  VRRPD_NOTIFY_TIMEOUT: "30",
  VRRPD_METRICS_LISTEN: "127.0.0.1:9650",
  VRRPD_SOCKET: "/run/vrrpd/one.sock",
};

const PAIRS: Readonly<Record<string, readonly [Env, string]>> = {
  "version 3, both families, a check and a notify script": [
    {
      OPENSHIFT_HA_CONFIG_NAME: "keepalived",
      OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100/24,192.0.2.101,2001:db8::100",
      OPENSHIFT_HA_VIP_GROUPS: "1",
      OPENSHIFT_HA_VRRP_ID_OFFSET: "50",
      OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
      OPENSHIFT_HA_MONITOR_PORT: "0",
      OPENSHIFT_HA_CHECK_SCRIPT: "/check.sh 'two words'",
      OPENSHIFT_HA_CHECK_INTERVAL: "2",
      OPENSHIFT_HA_NOTIFY_SCRIPT: "/notify.sh",
      OPENSHIFT_HA_PREEMPTION: "preempt_delay 30",
      VRRPD_UNICAST_STRICT: "on",
      VRRPD_VERSION: "3",
      VRRPD_PRIORITY: "120",
      VRRPD_ADVERT_INTERVAL: "0.5",
      VRRPD_CHECK_RISE: "2",
      VRRPD_CHECK_FALL: "3",
    },
    `vrrp_script script {
       script "/check.sh 'two words'"
       interval 2
       rise 2
       fall 3
     }
     ${["192.0.2.100/24\n192.0.2.101", "2001:db8::100"]
       .map(
         (addresses, index) => `vrrp_instance keepalived_VIP_1${index === 0 ? "" : "_v6"} {
           interface ens3
           version 3
           virtual_router_id 51
           priority 120
           advert_int 0.5
           preempt_delay 30
           virtual_ipaddress {
             ${addresses}
           }
           track_script {
             script
           }
           notify /notify.sh
         }`,
       )
       .join("\n")}`,
  ],
  "version 2 with a password, unicast, nopreempt": [
    {
      OPENSHIFT_HA_CONFIG_NAME: "keepalived",
      OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100",
      OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
      OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
      OPENSHIFT_HA_MONITOR_PORT: "0",
      OPENSHIFT_HA_PREEMPTION: "nopreempt",
      OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.11 192.0.2.12",
      VRRPD_UNICAST_STRICT: "on",
      VRRPD_VERSION: "2",
      VRRPD_PRIORITY: "90",
    },
    `vrrp_instance keepalived_VIP_1 {
       interface ens3
       virtual_router_id 1
       priority 90
       nopreempt
       authentication {
         auth_type PASS
         auth_pass keepaliv
       }
       unicast_peer {
         192.0.2.11
         192.0.2.12
       }
       virtual_ipaddress {
         192.0.2.100
       }
     }`,
  ],
};

/** What is told of a place: it says where, and nothing else. */
const PLACES = ["origin", "origins", "source", "reason"];

/** What neither can say in the words of the other. */
const DIFFERENT: Readonly<Record<string, string>> = {
  leftovers: "a killed Keepalived leaves no mark, so what equals a virtual address of a file is a leftover",
  spacingMicros: "Keepalived sends a burst of announcements at once",
  tracked: "the interface of a virtual address is tracked, which for an environment is the instance's own",
  confined: "Keepalived leaves scripts more of its privileges",
};

/** The plan as text values, without the places, by path: `core.routers.0.version`. */
function leavesOf(value: unknown, path = ""): Map<string, unknown> {
  if (value instanceof Map) return leavesOf(Object.fromEntries(value), path);
  if (value instanceof Uint8Array) return new Map([[path, Buffer.from(value).toString("hex")]]);
  if (typeof value !== "object" || value === null) return new Map([[path, value]]);
  const entries = Object.entries(value).filter(([key]) => !PLACES.includes(key));
  return new Map(entries.flatMap(([key, one]) => [...leavesOf(one, path === "" ? key : `${path}.${key}`)]));
}

/** Each virtual router has its own scripts; those of the plan are the same once more. */
function planned(intent: Intent): Map<string, unknown> {
  return leavesOf({ ...plan(intent, FACTS, FIRST_LOOK), notify: [] });
}

for (const [what, [env, file]] of Object.entries(PAIRS)) {
  t.test(what, async (t) => {
    const first = planned(intentOf({ ...env, ...DAEMON }));
    const second = planned(readText(file, { env: DAEMON }));
    t.ok(first.size > 100, `${first.size} settings are compared`);
    const differing = [...new Set([...first.keys(), ...second.keys()])]
      .filter((path) => first.get(path) !== second.get(path))
      .map((path) => path.split(".").at(-1)!);
    t.same([...new Set(differing)].sort(), Object.keys(DIFFERENT).sort());
  });
}
