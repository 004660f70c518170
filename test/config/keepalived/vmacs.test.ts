/** `use_vmac` and its kin: which interfaces are made, and which addresses are on which. What Keepalived makes of them stands in test/interop/keepalived-vmac.test.ts. */
import t from "tap";
import { readText } from "./support.js";

const INTERFACES = ["eth0", "eth1"];

interface Said {
  /** "NAME on INTERFACE MAC adverts" */
  readonly vmacs: readonly string[];
  /** "ADDRESS INTERFACE" */
  readonly addresses: readonly string[];
  readonly warnings: readonly string[];
}

function read(globals: string, ...instances: readonly string[]): Said {
  const texts = instances.map(
    (lines, index) => `vrrp_instance V${index + 1} {\ninterface eth0\nvirtual_router_id 51\n${lines}\n}`,
  );
  const text = [`global_defs {\nvrrp_version 3\n${globals}\n}`, ...texts].join("\n");
  const intent = readText(text, { interfaces: INTERFACES });
  return {
    vmacs: intent.instances.flatMap(({ vmacs }) =>
      vmacs.map(({ name, on, mac, adverts }) => `${name} on ${on ?? "its own"} ${mac.text} ${adverts}`),
    ),
    addresses: intent.instances.flatMap(({ router }) =>
      router.virtualAddresses.map((one) => `${one.address.text} ${one.interface ?? "its own"}`),
    ),
    warnings: intent.warnings.map((one) => one.text).filter((one) => /vmac/.test(one)),
  };
}

const IPV4 = "virtual_ipaddress { 192.0.2.9 }";
const IPV6 = "virtual_ipaddress { fe80::9 }";

t.test(
  "the name and the MAC address follow from the id; a taken name gets a number, over IPv6 first 6",
  async (t) => {
    t.match(read("", `use_vmac\n${IPV4}`, `use_vmac\n${IPV6}`), {
      vmacs: ["vrrp.51 on its own 00:00:5e:00:01:33 sent", "vrrp6.51 on its own 00:00:5e:00:02:33 sent"],
      addresses: ["192.0.2.9 vrrp.51", "fe80::9 vrrp6.51"],
      warnings: [],
    });
    t.match(read("", `use_vmac vrrp.51\n${IPV6}`, `use_vmac\n${IPV4}`).vmacs, [/^vrrp\.51 /, /^vrrp1\.51 /]);
    t.match(read("vmac_prefix averylongprefix", `use_vmac\n${IPV4}`).vmacs, [/^averylongpre\.51 /]);
  },
);

t.test("a MAC address of five bytes gets the id; what is none, or reserved, does not count", async (t) => {
  const macOf = (words: string) => read("", `use_vmac ${words}\n${IPV4}`);
  t.match(macOf("vip 02:1:2:3:4").vmacs, ["vip on its own 02:01:02:03:04:33 sent"]);
  t.match(macOf("02:01:02:03:04:05").vmacs, [/ 02:01:02:03:04:05 /]);
  for (const wrong of ["02:01:02:03", "03:00:00:00:00:01", "00:00:5e:00:01", "02:01:02:03:04:xy"]) {
    t.match(macOf(wrong), { vmacs: [/ 00:00:5e:00:01:33 /], warnings: [/is ignored/] }, wrong);
  }
  t.match(read("vrrp_strict", `use_vmac 02:01:02:03:04\n${IPV4}`).vmacs, [/ 00:00:5e:00:01:33 /]);
});

t.test("adverts leave from the interface below where that is asked for, or peers are", async (t) => {
  const advertsOf = (globals: string, lines: string) =>
    read(globals, `${lines}\n${IPV4}`).vmacs.map((one) => one.split(" ").at(-1));
  t.same(advertsOf("", "use_vmac\nvmac_xmit_base"), ["heard"]);
  t.same(advertsOf("vrrp_strict", "use_vmac\nvmac_xmit_base"), ["sent"]);
  t.same(advertsOf("", "use_vmac\nunicast_peer { 192.0.2.2 }"), ["heard"]);
  t.match(read("", `vmac_xmit_base\n${IPV4}`), { vmacs: [], warnings: [/no use_vmac/] });
});

t.test("single addresses have their own: by a word, on other interfaces, of the other family", async (t) => {
  t.match(
    read(
      "vmac_addr_prefix vip",
      "virtual_ipaddress {\n192.0.2.9 use_vmac\n192.0.2.10\n192.0.2.11 dev eth1 use_vmac\n}",
    ),
    {
      vmacs: ["vip.51 on its own 00:00:5e:00:01:33 none", "vip1.51 on eth1 00:00:5e:00:01:33 none"],
      addresses: ["192.0.2.9 vip.51", "192.0.2.10 its own", "192.0.2.11 vip1.51"],
    },
  );
  const lines = `use_vmac\nuse_vmac_addr\n${IPV4}\nvirtual_ipaddress_excluded {\n192.0.2.10\n192.0.2.11 dev eth1\n2001:db8::9\n}`;
  t.match(read("", lines), {
    vmacs: [/^vrrp\.51 .* sent$/, /^vrrp1\.51 on eth1 .*01:33 none$/, /^vrrp6\.51 on its own .*02:33 none$/],
    addresses: ["192.0.2.9 vrrp.51", "192.0.2.10 vrrp.51", "192.0.2.11 vrrp1.51", "2001:db8::9 vrrp6.51"],
  });
  t.match(read("", lines.replace("use_vmac_addr\n", "")).addresses, [
    "192.0.2.9 vrrp.51",
    "192.0.2.10 vrrp.51",
    "192.0.2.11 eth1",
    "2001:db8::9 its own",
  ]);
});
