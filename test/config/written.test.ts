/** What runs, as a keepalived.conf. Keepalived itself is asked in test/interop. */
import { isDeepStrictEqual } from "node:util";
import t from "tap";
import { type Plan, plan } from "../../src/config/index.js";
import { command, comment, word } from "../../src/config/plan/written/text.js";
import { routerId } from "../../src/core/identity.js";
import { holds } from "../properties/property.js";
import { writtenIsRead } from "../properties/written-conf.js";
import { CORPUS, type CorpusCase, filesOf, idOf, MORE } from "./keepalived/corpus.js";
import { readFiles, readText } from "./keepalived/support.js";
import { FIRST_LOOK, host, planOf, writtenOf } from "./support.js";

const EXAMPLE = `# Written by vrrpd: what it runs, as Keepalived would be told.
# It is written anew when vrrpd starts and whenever what runs changes, so edits are lost, and removed when vrrpd ends.
# vrrpd never reads it. A vrrpd that was killed leaves it behind.

global_defs {
    dynamic_interfaces
    script_user root
    # vrrpd gives the addresses a lifetime of 90 s, which it renews
    # vrrpd has adverts accepted by the iptables chain INPUT
}

# vrrp_script probe: vrrpd connects to TCP port 80, which counts from the first answer on

vrrp_script script {
    script "/check.sh 'two words' 'it\\\\047s'"
    # vrrpd: 0.5 s
    interval 1
}

vrrp_instance ipf_VIP_1 {
    # VRRPD_VERSION: it yields to a version 2 master, which Keepalived does not hear here
    state BACKUP
    interface eth0
    virtual_router_id 1
    version 3
    priority 100
    advert_int 1
    preempt_delay 300
    mcast_src_ip 192.0.2.10
    virtual_ipaddress {
        192.0.2.100/32
        192.0.2.101/24
    }
    track_script {
        # probe: see above
        script
    }
    notify "/notify.sh '\\\\044HOME'"
}

vrrp_instance ipf_VIP_1_v6 {
    state BACKUP
    interface eth0
    virtual_router_id 1
    version 3
    priority 100
    advert_int 1
    preempt_delay 300
    mcast_src_ip fe80::10
    virtual_ipaddress {
        2001:db8::100/128
    }
    track_script {
        # probe: see above
        script
    }
    notify "/notify.sh '\\\\044HOME'"
}
`;

t.test("an example", async (t) => {
  const env = {
    OPENSHIFT_HA_CONFIG_NAME: "ipf",
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100,192.0.2.101/24,2001:db8::100",
    OPENSHIFT_HA_VIP_GROUPS: "1",
    OPENSHIFT_HA_MONITOR_PORT: "80",
    OPENSHIFT_HA_CHECK_SCRIPT: "/check.sh 'two words' \"it's\"",
    OPENSHIFT_HA_CHECK_INTERVAL: "0.5",
    OPENSHIFT_HA_NOTIFY_SCRIPT: "/notify.sh $HOME",
    OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT",
    VRRPD_PRIORITY: "100",
  };
  t.equal(writtenOf(planOf(env, host({ eth0: ["192.0.2.10/24", "fe80::10/64"] }))), EXAMPLE);
});

t.test("what is not known yet is said, and no plan is without its instances", async (t) => {
  const nothing = writtenOf(planOf({}, host({})));
  t.match(nothing, /# the interface is not there yet: .*\n/);
  t.match(nothing, /# no source for its adverts yet: .*\n/);
  t.match(nothing, /# its priority is made from the node address, which is not known yet\n/);
  t.match(
    nothing,
    /# vrrp_script probe: vrrpd connects to TCP port 80 of this node, whose address is not known yet/,
  );
  t.match(nothing, /^ {4}virtual_router_id 1$/m);
  t.match(writtenOf(planOf({})), /script "\/bin\/bash -c '<\/dev\/tcp\/192\.0\.2\.10\/80'"/);
});

t.test("nothing breaks out of its line", async (t) => {
  t.equal(word("a b}"), '"a b}"');
  t.equal(word("include"), '"include"', "at the beginning of a line");
  for (const text of ["", 'a"b', "a\nb", "a\\", "}", `$${"{_PWD}"}`, "$_HASH", "x".repeat(301)])
    t.equal(word(text), null, text);
  t.equal(command(["/x", "a b", 'q"', "#!", "", "ü"]), `"/x 'a b' 'q\\\\042' '#!' '' 'ü'"`);
  t.equal(command(["/x", "y".repeat(1000)]), null);
  t.equal(comment("a\nvrrp_instance X {"), "# a\\u{a}vrrp_instance X {");
  t.equal(comment("a\\"), "# a\\.", "Keepalived would say that it does not know the keyword");
  t.ok(Buffer.byteLength(comment("\u{1f600}".repeat(5000))) < 1023);
});

holds(t, writtenIsRead);

/** What the text does not say, or says in another way. */
const NOT_SAID = [
  // Places.
  "origin",
  "origins",
  "reason",
  "detail",
  // What is written always waits for interfaces.
  "missingIsFault",
  // Strict mode takes it away, and so does no keyword.
  "announcesToLower",
  // Of addresses that no interface gives away.
  "advertised",
];

/** An address whose preference nothing changes. */
function isIpv4(value: unknown): value is object {
  const of = value as { readonly preferredSeconds?: number; readonly address?: { readonly family: string } };
  return (of?.preferredSeconds ?? null) !== null && of.address?.family === "ipv4";
}

function shown(made: Plan): unknown {
  const replaced = (key: string, value: unknown) => {
    if (NOT_SAID.includes(key)) return undefined;
    if (isIpv4(value)) return { ...value, preferredSeconds: null };
    if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
    return value === Number.POSITIVE_INFINITY ? "for ever" : value;
  };
  return JSON.parse(
    JSON.stringify(
      { routers: made.core.routers, checks: [...made.checks.values()], core: made.core },
      replaced,
    ),
  );
}

function factsOf({ host: { interfaces } }: CorpusCase) {
  const described = Object.entries(interfaces).map(([name, given]) => {
    const { addresses } = "addresses" in given ? given : { addresses: given };
    return [name, [...addresses, `fe80::${routerId(name, "ipv6", 1).length}/64`]] as const;
  });
  return host(Object.fromEntries(described));
}

t.test("files and processes, and what is tracked of them", async (t) => {
  const text = `track_file f {
file /run/"a file"
init_file -3 overwrite
}
vrrp_track_process p {
process /usr/sbin/haproxy -f "/etc/a b"
param_match initial
quorum 2
quorum_max 4
fork_delay 0.5
terminate_delay 0.000001
}
vrrp_track_process q {
process haproxy
param_match
}
vrrp_instance V {
interface eth0
virtual_router_id 1
virtual_ipaddress { 192.0.2.9 }
track_file { f weight 0 }
track_process {
p weight 5 reverse
q
}
}
vrrp_instance W {
interface eth0
virtual_router_id 2
virtual_ipaddress { 192.0.2.8 }
track_file { f weight -2 reverse }
}`;
  const facts = host({ eth0: ["192.0.2.10/24"] });
  const first = plan(readText(text), facts, FIRST_LOOK);
  const again = plan(readText(writtenOf(first)), facts, FIRST_LOOK);
  const checks = (of: Plan) => [...of.checks.values()].map(({ origin: _, ...check }) => check);
  t.strictSame(checks(again), checks(first));
  t.same(checks(first).length, 3);
  t.strictSame(
    again.core.routers.map(({ tracks }) => tracks),
    first.core.routers.map(({ tracks }) => tracks),
  );
});

for (const one of [...CORPUS, ...MORE]) {
  if (one.decisive.verdict === "refused") continue;
  t.test(`${one.name}, written of its plan, is the same plan`, async (t) => {
    const interfaces = Object.keys(one.host.interfaces);
    let intent: ReturnType<typeof readText>;
    try {
      intent = readFiles(filesOf(one), { id: idOf(one), interfaces });
    } catch {
      return void t.pass("vrrpd refuses it");
    }
    const facts = factsOf(one);
    const text = writtenOf(plan(intent, facts, FIRST_LOOK));
    const again = readText(text, { interfaces });
    const [theirs, ours] = [shown(plan(again, facts, FIRST_LOOK)), shown(plan(intent, facts, FIRST_LOOK))];
    if (isDeepStrictEqual(theirs, ours)) t.pass("the same plan");
    else t.same(theirs, ours);
    // A name without a path and a TTL were said of the file as well.
    const said = again.warnings.filter(({ text }) => !/is looked for in PATH|^unicast_ttl \d+: /.test(text));
    t.same(said, []);
  });
}
