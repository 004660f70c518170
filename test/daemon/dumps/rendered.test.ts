/** What stands in the dumps of a daemon that has just begun, whatever its configuration looks like. */
import t from "tap";
import { data } from "../../../src/daemon/dumps/data.js";
import { json } from "../../../src/daemon/dumps/json.js";
import { stats } from "../../../src/daemon/dumps/stats.js";
import {
  exportedInstances,
  exportedJson,
  exportedScripts,
  exportedStats,
} from "../../interop/keepalived-dumps/exporter.js";
import { instanceText, sourceOf } from "../../interop/keepalived-dumps/source.js";

const joined = (parts: Iterable<string>) => [...parts].join("");

t.test("an instance in all its lines, in Keepalived's order", async (t) => {
  const text = `global_defs {\nrouter_id lb1\nvrrp_strict\n}
vrrp_script check {\nscript "/check.sh 'two words'"\ninterval 2\nweight 5 reverse\n}
${instanceText(
  "VI_1",
  51,
  `state MASTER
  strict_mode off
  skip_check_adv_addr
  unicast_src_ip 192.0.2.10
  unicast_peer {
    192.0.2.11
  }
  authentication {
    auth_type PASS
    auth_pass longer-than-8
  }
  virtual_ipaddress {
    192.0.2.100/24 label ens3:vip
  }
  virtual_ipaddress_excluded {
    2001:db8::1
    198.51.100.1/24 dev eth1
  }
  track_interface {
    eth1 weight 7
  }
  track_script {
    check
  }
  garp_master_delay 3
  notify_master "/notify.sh master"`,
)}`;
  const lines = joined(data(sourceOf(text))).split("\n");
  const instance = lines.slice(lines.indexOf(" VRRP Instance = VI_1"));
  const transient = /Last transition|Master down timer/;
  t.strictSame(
    instance.filter((line) => !transient.test(line)),
    ` VRRP Instance = VI_1
   VRRP Version = 2
   State = INIT
   Flags:
     Using unicast
   Wantstate = MASTER
   Number of config faults = 0
   Number of interface and track script faults = 0
   Number of track scripts init = 0
   Read timeout = DISABLED
   Interface = ens3
   Skip checking advert IP addresses
   Using src_ip = (none)
   Gratuitous ARP delay = 3
   Gratuitous ARP repeat = 5
   Gratuitous ARP refresh = 0
   Gratuitous ARP refresh repeat = 1
   Gratuitous ARP lower priority delay = 5
   Gratuitous ARP lower priority repeat = 5
   Down timer adverts = 3
   Send advert after receive lower priority advert = true
   Send advert after receive higher priority advert = false
   Virtual Router ID = 51
   Priority = 255
   Effective priority = 255
   Total priority = 255
   Advert interval = 1 sec
   Accept = enabled
   Preempt = enabled
   Promote_secondaries = disabled
   Authentication type = SIMPLE_PASSWORD
   Password = longer-t
   Virtual IP (1):
     192.0.2.100/24 dev ens3 scope global label ens3:vip
   Virtual IP Excluded :
     2001:db8::1 dev ens3 scope global deprecated
     198.51.100.1/24 dev eth1 scope global
   Unicast TTL = 255
   Check unicast src : yes
   Unicast Peer :
     192.0.2.11 min_ttl 255 max_ttl 255
   Tracked interfaces :
     eth1 weight 7
   Tracked scripts :
     check weight 5 reverse
   Using smtp notification = no
   Master state transition script = '/notify.sh' 'master', uid:gid 0:0
   Notify priority changes = false
------< VRRP Scripts >------
 VRRP Script = check
   Command = '/check.sh' 'two words'
   Interval = 2 sec
   Timeout = 0 sec
   Weight = 5 reverse
   Rise = 1
   Fall = 1
   Insecure = no
   Init state = INIT
   Status = BAD
   Script uid:gid = 0:0
   Tracking instances :
     VI_1, weight 5 reverse
   State = idle
------< Interfaces >------
 Name = ens3
   index = 1
   IPv4 address = 192.0.2.10
   IPv6 address = fe80::10
   State = UP, RUNNING
   MTU = 1500
   Tracking VRRP instances :
     VI_1, weight 0
 Name = eth1
   index = 2
   IPv4 address = 198.51.100.10
   IPv6 address = (none)
   State = UP, RUNNING
   MTU = 1500
   Tracking VRRP instances :
     VI_1, weight 7
     VI_1, weight 0
`.split("\n"),
  );
  t.match(lines.slice(0, 2), ["------< Global definitions >------", " Router ID = lb1"]);
});

t.test("odd names and values: each line stays one, and JSON stays JSON", async (t) => {
  const names = ["<&>", "ä-ö", "a\\nb", "日本", "a\u200bb", "=", "x:y", "__proto__", "'"];
  const text = names.map((name, index) => {
    const script = `vrrp_script s${index} {\nscript "/c.sh '${index} ä\u2028 \\\\ \\" x'"\n}\n`;
    const auth = `authentication {\nauth_type PASS\nauth_pass ${index}äöüäöü\n}\ntrack_script {\ns${index}\n}`;
    const vip = `virtual_ipaddress {\n192.0.2.${index + 1} label a\u001b${index}\n}`;
    return script + instanceText(name, index + 1, `${auth}\n${vip}`);
  });
  const source = () => sourceOf(text.join(""));
  const list = exportedJson(joined(json(source())));
  const shown = names.map((name) => name.replace("\u200b", "\\u{200b}"));
  t.strictSame(
    list.map((one) => one.data.iname),
    shown,
  );
  const lines = joined(data(source())).split("\n");
  t.strictSame(
    lines.filter((line) => line.startsWith(" VRRP Instance = ")),
    shown.map((name) => ` VRRP Instance = ${name}`),
  );
  t.equal(lines.filter((line) => line.startsWith("   Command = ")).length, names.length);
  t.notOk(lines.some((line) => /[\p{C}\u2028]/u.test(line)));
  t.equal(exportedStats(joined(stats(source()))).size, names.length);
});

t.test("255 instances with 20 addresses: a part is never more than one of them", async (t) => {
  const text = Array.from({ length: 255 }, (_, index) => {
    const lines = Array.from({ length: 20 }, (_, host) => `198.51.${index}.${host + 1}/24`);
    const check = `vrrp_script s${index} {\nscript /c.sh\n}\n`;
    const more = `virtual_ipaddress {\n${lines.join("\n")}\n}\ntrack_script {\ns${index}\n}`;
    return check + instanceText(`VI_${index + 1}`, index + 1, more);
  }).join("");
  const parts = [...data(sourceOf(text))];
  t.ok(parts.every((part) => (part.match(/^ VRRP (Instance|Script) = |^ Name = /gm) ?? []).length <= 1));
  const found = exportedInstances(parts.join(""));
  t.equal(found.size, 255);
  t.ok([...found.values()].every(({ addresses }) => addresses.length === 20));
  t.equal(exportedScripts(parts.join("")).length, 255);
  t.equal(exportedJson(joined(json(sourceOf(text)))).length, 255);
  t.equal([...stats(sourceOf(text))].length, 255);
});
