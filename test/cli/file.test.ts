/** `--config FILE`: every command that takes a configuration takes a keepalived.conf, or says why it does not. */
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import t from "tap";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { statusOf } from "../lab/status.js";
import { createLan, type Host, type Lan } from "../netns/index.js";

const PATH = "/etc/keepalived/edge-1.conf";
const GOOD = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 255
    virtual_ipaddress {
        192.0.2.100
    }
}
`;
const MISSPELT = `${GOOD}vrrp_instance VI_6 {
    interface eth0
    virtual_router_id 51
    Priority 90
    virtual_ipaddress {
        2001:db8::100
    }
}
`;
const REFUSED = GOOD.replace("eth0", "eth7");

let lan: Lan;
let host: Host;

t.before(async () => {
  const description = { addresses: ["192.0.2.1/24", "2001:db8::1/64"] };
  lan = await createLan({ hosts: { a: description }, privateDirectories: ["/etc/keepalived", "/run/vrrpd"] });
  host = lan.host("a");
});
t.teardown(() => lan.destroy());

function write(text: string): void {
  writeFileSync(host.pathOf(PATH), text);
  chmodSync(host.pathOf(PATH), 0o644);
}

const vrrpd = (...words: string[]) => host.run([...VRRPD, ...words]);

t.test("check: a row an instance, then warnings with their places", async (t) => {
  write(MISSPELT);
  const { code, stdout } = await vrrpd("check", "--config", PATH);
  t.equal(code, 0);
  t.match(
    stdout,
    /^INSTANCE +INTERFACE +FAMILY +ID +VERSION +PRIORITY +PREEMPT +TRACKS +SOURCE +ADDRESSES$/m,
  );
  t.match(stdout, /^VI_1 +eth0 +ipv4 +51 +2 +255 +immediate +nothing +192\.0\.2\.1 +192\.0\.2\.100\/32$/m);
  t.match(stdout, /^VI_6 +eth0 +ipv6 +51 +3 +100 +immediate +nothing +fe80::\S+ +2001:db8::100\/128$/m);
  t.match(stdout, `\nwarning: ${PATH}:12:5: Priority`);
});

const SCRIPTS = `vrrp_script gone {
    script "/etc/keepalived/gone.sh"
    weight 20
}
${GOOD.replace("virtual_ipaddress", 'track_script {\n        gone weight -5\n    }\n    notify "/etc/keepalived/open.sh x"\n    virtual_ipaddress')}`;

t.test("check: what is tracked, and the scripts that do not run as they are", async (t) => {
  write(SCRIPTS);
  writeFileSync(host.pathOf("/etc/keepalived/open.sh"), "#!/bin/sh\n");
  chmodSync(host.pathOf("/etc/keepalived/open.sh"), 0o777);
  const { stdout } = await vrrpd("check", "--config", PATH);
  t.match(stdout, /^check script +gone: \/etc\/keepalived\/gone.sh every 1 s$/m);
  t.match(stdout, /^VI_1 .* gone-5 /m);
  t.match(stdout, `${PATH}:1:1: /etc/keepalived/gone.sh is missing: check gone is left out`);
  t.match(stdout, `${PATH}:12:5: /etc/keepalived/open.sh can be changed by others`);
});

t.test("check --strict: exit code 1 where there is a warning", async (t) => {
  write(GOOD);
  t.equal((await vrrpd("check", "--strict", "--config", PATH)).code, 0);
  write(MISSPELT);
  t.equal((await vrrpd("check", "--strict", "--config", PATH)).code, 1);
});

t.test("check --json: the same, and each warning with its place", async (t) => {
  write(MISSPELT);
  const { stdout } = await vrrpd("check", "--json", "--config", PATH);
  const document = JSON.parse(stdout);
  t.match(document, {
    source: PATH,
    warnings: [{ file: PATH, line: 12, column: 5, keyword: "Priority", text: /^Priority / }],
    instances: [
      { name: "VI_1", interface: "eth0", sources: ["192.0.2.1"], addresses: [{ address: "192.0.2.100/32" }] },
      { name: "VI_6", family: "ipv6" },
    ],
  });
});

t.test("what is refused is said with its place, exit code 2, by every command", async (t) => {
  write(REFUSED);
  for (const words of [[], ["check"], ["doctor"], ["cleanup"]]) {
    const { code, stdout, stderr } = await vrrpd(...words, "--config", PATH);
    t.match([code, stdout], [2, ""], words.join());
    t.match(stderr, `vrrpd: the configuration cannot be used:\n  ${PATH}:2:5: interface "eth7" `);
  }
  const { code, stdout } = await vrrpd("check", "--json", "--config", PATH);
  t.equal(code, 2);
  t.match(JSON.parse(stdout), {
    source: PATH,
    problems: [{ file: PATH, line: 2, column: 5, keyword: "interface", value: "eth7" }],
  });
});

t.test("what cannot be read is one sentence, exit code 6, by every command", async (t) => {
  write(GOOD);
  chmodSync(host.pathOf(PATH), 0o755);
  for (const words of [[], ["check"], ["doctor"], ["cleanup"]]) {
    const { code, stdout, stderr } = await vrrpd(...words, "--config", PATH);
    t.match([code, stdout], [6, ""], words.join());
    t.equal(
      stderr,
      `vrrpd: the configuration cannot be read: ${PATH} has an execute bit, which a configuration never has\n`,
    );
  }
  write("includem none.conf\n");
  const included = await vrrpd("check", "--config", PATH);
  t.equal(included.code, 6);
  t.match(included.stderr, `${PATH}:1:1: includem "/etc/keepalived/none.conf" does not exist`);
});

t.test("the environment's own part does not count, and is said", async (t) => {
  write(GOOD);
  const env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.9", VRRPD_PRIORITY: "7" };
  const { stdout } = await host.run([...VRRPD, "check", "--config", PATH], { env });
  t.match(
    stdout,
    "\nwarning: OPENSHIFT_HA_VIRTUAL_IPS, VRRPD_PRIORITY do not count: the configuration is a file",
  );
  t.notMatch(stdout, "192.0.2.9");
});

t.test("@ID is the host's name, or what --config-id says", async (t) => {
  write(`${GOOD.replace("192.0.2.100", "@a 192.0.2.100\n@lb2 192.0.2.102")}`);
  t.match((await vrrpd("check", "--config", PATH)).stdout, "192.0.2.100/32\n");
  t.match((await vrrpd("check", "--config", PATH, "-i", "lb2")).stdout, "192.0.2.102/32\n");
});

t.test("virtual servers in the way are passed over with -P, as by Keepalived", async (t) => {
  write(`${GOOD}virtual_server 192.0.2.100 80 {\n}\n`);
  t.equal((await vrrpd("check", "--config", PATH)).code, 2);
  t.equal((await vrrpd("check", "-P", "--config", PATH)).code, 0);
});

t.test("doctor examines a file", async (t) => {
  write(MISSPELT);
  const { stdout } = await vrrpd("doctor", "--json", "--config", PATH);
  const { findings } = JSON.parse(stdout) as {
    findings: { subject: string; text: string; action: string }[];
  };
  const about = findings.filter(({ subject }) => subject === "configuration");
  t.match(about, [{ text: `${PATH}:12:5: Priority`, action: /See docs\/keepalived-conf.md/ }]);
});

t.test("the daemon runs from it, under the file's name, until cleanup stops it", async (t) => {
  write(GOOD);
  const daemon = startVrrpd(host, {}, VRRPD, PATH);
  await daemon.waitForLine(/Entering MASTER STATE/);
  t.ok(existsSync(host.pathOf("/run/vrrpd/edge_1.sock")));
  t.match(await statusOf(host), { name: "edge_1", instances: [{ name: "VI_1", state: "MASTER" }] });
  t.ok(host.answersFor("192.0.2.100"));
  const { code, stdout } = await vrrpd("cleanup", "--config", PATH);
  t.equal(code, 0);
  t.match(stdout, /the running daemon \(process \d+\) was told to release and stop/);
  t.match(await daemon.exited, { code: 0 });
  t.notOk(host.answersFor("192.0.2.100"));
});
