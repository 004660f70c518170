// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is code that mutants change
/** A mutant whose code is gone is not planted: the list follows the core. `npm run mutants` plants them. */
import t from "tap";
import { mutants } from "../sim/mutants/list.mjs";
import { declarationsOf, plant, SEARCHED } from "../sim/mutants/plant.mjs";
import { readTree } from "./tree.js";

/** What a mutant finds in `stop`. */
const MUTANT = {
  within: "Voice.stop",
  find: "if ($since !== null) this.$trial.clear($since, `${$since}`);",
  replace: "this.$trial.clear(1, $since);",
};
const CORE = `
export class Voice {
  #trial = new Trial();
  stop(): void {
    const { since } = this;
    if (since !== null) this.#trial.clear(since, \`\${since}\`);
  }
  start(): void {
    const { since } = this;
    if (since !== null) this.#trial.clear(since, \`\${since}\`);
  }
}`;

function planted(mutant: typeof MUTANT, ...texts: readonly string[]): { file: string; text: string } {
  return plant(mutant, declarationsOf(new Map(texts.map((text, index) => [`src/core/${index}.ts`, text]))));
}

/** Names of a text, with other ones in their place. */
function renamed(text: string, names: Record<string, string>): string {
  return text.replace(/#?\b\w+\b/g, (name) => names[name] ?? name);
}

t.test("each mutant can be planted", async (t) => {
  const declarations = declarationsOf(new Map(readTree(...SEARCHED).map(({ path, text }) => [path, text])));
  const misplaced = mutants.flatMap((mutant) => {
    try {
      plant(mutant, declarations);
      return [];
    } catch (error) {
      return [`${mutant.what}: ${(error as Error).message}`];
    }
  });
  t.strictSame(misplaced, []);
  t.ok(mutants.length >= 25);
});

t.test("a mutant changes its declaration alone", async (t) => {
  const { text } = planted(MUTANT, CORE);
  const before = "if (since !== null) this.#trial.clear(since, `${since}`);";
  t.equal(
    text,
    CORE.replace(before, () => "this.#trial.clear(1, since);"),
  );
});

t.test("a mutant follows code that moves, is renamed or is formatted anew", async (t) => {
  const names = { since: "from", "#trial": "#attempt" };
  t.match(planted(MUTANT, renamed(CORE, names)).text, "    this.#attempt.clear(1, from);\n  }\n  start");
  t.equal(planted(MUTANT, "export const other = 1;", CORE).file, "src/core/1.ts");
  const spread = CORE.replace(
    ") this.#trial.clear(since, `${since}`)",
    ") // why\n this.#trial\n.clear(since,`${since}`,\n)",
  );
  t.not(spread, CORE);
  t.match(planted(MUTANT, spread).text, "    this.#trial.clear(1, since);\n  }\n  start");
  const quoted = { within: "greet", find: "'a'", replace: "'b'" };
  t.equal(planted(quoted, 'function greet() { return "a"; }').text, "function greet() { return 'b'; }");
});

t.test("a mutant says why it cannot be planted", async (t) => {
  const within = (name: string) => () => planted({ ...MUTANT, within: name }, CORE);
  t.throws(within("Voice.end"), /nothing of the name Voice.end is declared/);
  t.throws(within("Voice"), /stands 2 times in Voice:/);
  t.throws(() => planted(MUTANT, CORE, CORE), /stands 2 times in Voice.stop/);
  t.throws(() => planted(MUTANT, renamed(CORE, { clear: "set" })), /stands 0 times in Voice.stop/);
  const other = CORE.replaceAll("`${since}`", "`${this.since}`");
  t.throws(() => planted(MUTANT, other), /stands 0 times/, "a metavariable is one name");
  const two = CORE.replaceAll("`${since}`", "`${until}`");
  t.throws(() => planted(MUTANT, two), /stands 0 times/, "a metavariable that is repeated is the same name");
  t.throws(() => planted({ ...MUTANT, find: " " }, CORE), /stands 0 times/);
  t.throws(() => planted({ ...MUTANT, replace: "$now" }, CORE), /\$now is in what it plants/);
  t.throws(
    () => planted({ ...MUTANT, replace: "this.#gone" }, CORE),
    /#gone, which it plants in Voice.stop, is not in/,
  );
});
