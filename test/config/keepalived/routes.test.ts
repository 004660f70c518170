/** Lines of routes and rules are what they are for Keepalived 2.2.7, whose dump of each is in routes.json. */
import { readFileSync } from "node:fs";
import t from "tap";
import { fixtureWords, routeWords } from "../../../src/config/fixture-words.js";
import { fixtureLine } from "../../../src/daemon/dumps/fixtures.js";
import { instance, type ReadOptions, readText } from "./support.js";

/** null: the line is left out. */
type Golden = Readonly<Record<string, string | null>>;

const GOLDEN = JSON.parse(readFileSync(new URL("routes.json", import.meta.url), "utf8")) as Readonly<
  Record<"routes" | "rules", Golden>
>;

/** What differs, and why. */
const DECIDED: Readonly<Record<string, string>> = {
  "198.51.100.7/abc dev eth1": "a prefix length that is none is that of a single host, as for addresses",
  "198.51.100.0/24 dev eth0 table 4294967296": "a table beyond 32 bits is none",
  "198.51.100.0/24 dev eth0 table -1": "the same",
  "198.51.100.0/24 dev eth0 congctl lock reno": "Keepalived's dump runs words together",
  "198.51.100.0/24 nexthop via 192.0.2.254 realms 1/4 nexthop via 192.0.2.253": "its dump leaves a half out",
  "198.51.100.0/24 dev eth0 encap ip id 5 dst 192.0.2.9": "vrrpd does not do encapsulation",
  "198.51.100.0/24 dev eth0 encap mpls 100/200": "the same",
  "198.51.100.0/24 dev eth0 encap seg6 x": "the same",
  "dport 70000-70001 table 1 priority 131": "a port beyond 16 bits is none",
};

const HOST: ReadOptions = { interfaces: ["eth0", "eth1", "eth2", "lo"] };

/** All lines of a block in one file, each in an instance of its own, so that none is another one's. */
function readLines(block: "virtual_routes" | "virtual_rules", lines: readonly string[]) {
  const text = lines.map((line, index) =>
    instance(`virtual_router_id ${(index % 255) + 1}\n${block} {\n${line}\n}`)
      .replace("vrrp_instance V", `vrrp_instance V${index}`)
      .replace("interface eth0", `interface ${index < 255 ? "eth0" : "eth1"}`),
  );
  return readText(text.join("\n"), HOST);
}

for (const [kind, block] of [
  ["routes", "virtual_routes"],
  ["rules", "virtual_rules"],
] as const) {
  t.test(`${kind} are read as Keepalived reads them`, async (t) => {
    const golden = Object.entries(GOLDEN[kind]);
    const { instances } = readLines(
      block,
      golden.map(([line]) => line),
    );
    // Rules without a priority get theirs from one row.
    for (const [index, [line, expected]] of golden.entries()) {
      const [found] = instances[index]!.router.fixtures;
      const shown = found === undefined ? null : fixtureLine(found);
      if (DECIDED[line] === undefined) t.equal(shown, expected, line);
      else t.not(shown, expected, `${line}: ${DECIDED[line]}`);
    }
  });
}

t.test("what is written of a route or a rule is read as the same", async (t) => {
  const blocks = { routes: "virtual_routes", rules: "virtual_rules" } as const;
  for (const kind of ["routes", "rules"] as const) {
    const lines = Object.entries(GOLDEN[kind]).flatMap(([line, dump]) => (dump === null ? [] : [line]));
    const read = readLines(blocks[kind], lines).instances.map(({ router }) => router.fixtures[0]);
    const known = read.flatMap((config) => config ?? []);
    const written = known.map(({ fixture, guarded }) =>
      fixture.kind === "route"
        ? routeWords(fixture, guarded ? [] : ["no_track"]).join(" ")
        : `${fixtureWords(fixture)}${guarded ? "" : " no_track"}`,
    );
    const again = readLines(blocks[kind], written).instances.map(({ router }) => router.fixtures[0]);
    t.same(again, known, kind);
  }
});

const REFUSED: readonly (readonly [string, string, string])[] = [
  ["an interface that is not there", "default via 192.0.2.1 dev eth9", 'dev "eth9" does not exist'],
  ["one of a next hop", "192.0.2.0/24 nexthop via 192.0.2.1 dev eth9", 'dev "eth9" does not exist'],
  ["a word at the end", "default via", "via stands alone"],
  ["a type at the end", "198.51.100.0/24 blackhole", "blackhole stands alone"],
  ["encapsulation", "default encap ip id 5", "encap is a word of a route that vrrpd does not do"],
  ["a VRF", "default via 192.0.2.1 vrf blue", "vrf is a word of a route that vrrpd does not do"],
];

for (const [title, line, problem] of REFUSED) {
  t.test(`a file is refused for ${title}, as by Keepalived or as it is decided`, async (t) => {
    const text = instance(`virtual_routes {\n${line}\n}`);
    t.throws(() => readText(text, { ...HOST, env: {} }), { code: "ECONFIG", message: problem });
  });
}

t.test("rules and static ones are refused for the same", async (t) => {
  const rule = instance("virtual_rules {\niif eth9 table 1\n}");
  t.throws(() => readText(rule, HOST), { message: 'iif "eth9" does not exist' });
  const routes = instance("", "static_routes {\ndefault dev eth9\n}");
  t.throws(() => readText(routes, HOST), { message: 'dev "eth9" does not exist' });
  const addresses = instance("", "static_ipaddress {\n192.0.2.1/24 dev eth9\n}");
  t.throws(() => readText(addresses, HOST), { message: 'dev "eth9" does not exist' });
});

t.test("an interface that is waited for", async (t) => {
  const { instances } = readText(
    instance("virtual_routes {\ndefault dev eth9\n}", "global_defs {\ndynamic_interfaces\n}"),
    HOST,
  );
  t.same(instances[0]!.router.fixtures[0]!.trackedInterfaces, ["eth9"]);
});

t.test("what is tracked, and put back", async (t) => {
  const text = instance(
    "virtual_routes {\n198.51.100.0/24 dev eth1\n198.51.101.0/24 dev eth1 no_track\n198.51.102.0/24 via 192.0.2.1\n}\n" +
      "virtual_rules {\niif eth1 oif eth2 table 1 priority 5\niif lo table 1 priority 6\niif eth1 table 2 priority 7 no_track\n}",
  );
  const { fixtures } = readText(text, HOST).instances[0]!.router;
  t.same(
    fixtures.map(({ guarded, trackedInterfaces }) => [guarded, ...trackedInterfaces]),
    [[true, "eth1"], [false], [true], [true, "eth1", "eth2"], [true], [false]],
  );
});

t.test("statics: addresses, routes and rules, the default interface, and who tracks them", async (t) => {
  const statics =
    "global_defs {\ndefault_interface eth2\n}\n" +
    "track_group G {\ngroup {\nV\nunknown\n}\n}\n" +
    "static_ipaddress {\n192.0.2.7/24\n192.0.2.8/24 dev eth1 track_group G no_track\n192.0.2.7/24 label eth2:a\nnonsense\n}\n" +
    "static_routes {\n198.51.100.0/24 dev eth2 track_group G\n198.51.100.0/24 dev eth2\ndefault via 192.0.2.1 track_group other\n}\n" +
    "static_rules {\nfrom 192.0.2.0/24 table 1\n}";
  const rules = instance("virtual_rules {\nfrom 192.0.2.0/24 table 2\n}", statics);
  const { statics: found, instances, warnings } = readText(rules, HOST);
  t.same(
    found.map(({ key, guarded }) => `${key} ${guarded}`),
    [
      "address 192.0.2.7/24 dev eth2 true",
      "address 192.0.2.8/24 dev eth1 false",
      "route 198.51.100.0/24 dev eth2 true",
      "route 0.0.0.0/0 via 192.0.2.1 true",
      "rule from 192.0.2.0/24 priority 16384 table 1 true",
    ],
  );
  t.same(instances[0]!.trackedByStatics, ["eth1", "eth2"]);
  t.equal(instances[0]!.router.fixtures[0]!.key, "rule from 192.0.2.0/24 priority 16383 table 2");
  const said = warnings.map(({ text }) => text).join("\n");
  for (const part of ["no address", "stands twice", "no track_group other", "nothing to track", "gets 16384"])
    t.match(said, part);
});
