/** What refuses a whole file, as Keepalived does or as it is decided, and what does not. */
import t from "tap";
import { instance, type ReadOptions, readText } from "./support.js";

const REFUSED: readonly (readonly [string, string, string, ReadOptions?])[] = [
  ["nothing to do", "global_defs {\n}", "vrrp_instance stands nowhere"],
  ["no id", "vrrp_instance V {\ninterface eth0\n}", "virtual_router_id is required"],
  ["no interface", "vrrp_instance V {\nvirtual_router_id 7\n}", "interface is required"],
  [
    "an id that is none",
    "vrrp_instance V {\ninterface eth0\nvirtual_router_id 0\n}",
    'virtual_router_id "0" is no id',
  ],
  ["the loopback", instance("interface lo"), 'interface "lo" is the loopback'],
  ["an interface that is not there", instance("", ""), 'interface "eth0" does not exist', { interfaces: [] }],
  [
    "one of an address",
    instance("virtual_ipaddress {\n192.0.2.1 dev eth7\n}"),
    'dev "eth7" does not exist',
    { interfaces: ["eth0"] },
  ],
  [
    "a tracked one",
    instance("track_interface {\neth8\n}"),
    'track_interface "eth8" does not exist',
    { interfaces: ["eth0"] },
  ],
  ["a keyword alone", instance("priority"), "priority stands alone"],
  ["one that means nothing here", instance("debug"), "debug stands alone"],
  ["AH", instance("authentication {\nauth_type AH\n}"), 'auth_type "AH" is IPsec'],
  ["a BFD session", instance("track_bfd {\nx\n}"), "track_bfd follows"],
  [
    "version 2 over IPv6",
    instance("version 2\nvirtual_ipaddress { 2001:db8::1 }"),
    'version "2" has no IPv6',
  ],
  ["version 3 without an address", instance("version 3\nvirtual_ipaddress {\n}"), "has no address"],
  ["an ipvlan", instance("use_ipvlan"), "use_ipvlan asks for an interface of its own", { env: {} }],
  [
    "a balanced address",
    `${instance("")}\nvirtual_server 192.0.2.100 80 {\n}`,
    'virtual_server "192.0.2.100" balances a virtual address',
    { env: {} },
  ],
  [
    "one of a group",
    `${instance("")}\nvirtual_server_group G {\n192.0.2.100 80\n}\nvirtual_server group G {\n}`,
    "balances a virtual address",
    { env: {} },
  ],
  [
    "a kernel that balances",
    `${instance("")}\nvirtual_server 192.0.2.99 80 {\n}`,
    "balances through IPVS",
    { env: {}, balances: true },
  ],
];

for (const [title, text, problem, options] of REFUSED) {
  t.test(`refused: ${title}`, async (t) => {
    t.throws(() => readText(text, options), { code: "ECONFIG" });
    try {
      readText(text, options);
    } catch (error) {
      t.match((error as Error).message, problem);
    }
  });
}

t.test("a file that is refused tells its warnings, too, all in the order of the file", async (t) => {
  const text = "vrrp_instance V {\npriorty 9\ninterface eth9\nvirtual_router_id 0\nnopreempt x\n}\ntypo";
  try {
    readText(text, { interfaces: [] });
    t.fail("it is refused");
  } catch (error) {
    const places = [...(error as Error).message.matchAll(/conf:(\d+):/g)].map(([, line]) => Number(line));
    t.same(places, [3, 4, 2, 5, 7]);
  }
});

t.test("what waits, and what is left to others", async (t) => {
  t.ok(readText(instance("", "global_defs {\ndynamic_interfaces\n}"), { interfaces: [] }));
  t.ok(readText(`${instance("")}\nvirtual_server 192.0.2.99 80 {\n}`, { env: {} }));
  const encapsulated = instance("virtual_routes {\ndefault encap ip id 5\n}");
  const { standingProblems, warnings } = readText(encapsulated, { env: { VRRPD_PARTIAL: "on" } });
  t.match(warnings, [
    { text: /^encap is a word of a route that vrrpd does not do.* VRRPD_PARTIAL=on says$/ },
  ]);
  t.match(standingProblems, [{ severity: "error", code: "partial", text: /encap \(line \d+\)/ }]);
});
