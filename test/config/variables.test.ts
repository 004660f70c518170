/** The table of variables and docs/configuration.md say the same. */
import { readFileSync } from "node:fs";
import t from "tap";
import { VARIABLE_NAMES, VARIABLES } from "../../src/config/env/table.js";

const document = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

/** Name, default and accepted values of every row whose first cell is a variable, in order. */
const documented = document
  .split("\n")
  .map((line) => /^\| `([A-Z0-9_]+)` \| .+ \| (.+) \| (.+) \|$/.exec(line))
  .flatMap((match) => (match === null ? [] : [match.slice(1)]));

t.test(
  "every variable stands in the document with its default and what is accepted, and no other does",
  (t) => {
    t.same(
      documented,
      Object.values(VARIABLES).map(({ name, defaultText, accepted }) => [name, defaultText, accepted]),
    );
    t.equal(new Set(VARIABLE_NAMES).size, VARIABLE_NAMES.length);
    t.end();
  },
);

t.test("every variable that the document speaks of is known", (t) => {
  const spokenOf = new Set(
    document.match(/\b(OPENSHIFT_HA|VRRPD|HA_EXCLUDED|MULTICAST_SOURCE|UNICAST_SOURCE)_[A-Z0-9_]*[A-Z0-9]/g),
  );
  t.same(
    [...spokenOf].filter((name) => !VARIABLE_NAMES.includes(name)),
    [],
  );
  t.equal(spokenOf.size, VARIABLE_NAMES.length);
  t.end();
});

t.test("the document says which variables count beside a file", (t) => {
  const [, section = ""] = /^## Beside a file\n(.*?)^## /ms.exec(document) ?? [];
  const [, list = ""] = /^(Variables about the daemon.*?)\. The others do not/ms.exec(section) ?? [];
  const counting = Object.values(VARIABLES).filter(({ scope }) => scope !== "environment");
  t.same(
    [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    counting.map(({ name }) => name),
  );
  t.end();
});
