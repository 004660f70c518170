/** Runs attacks, and prints one line for each aim. Exits 1 when one is missed. */
import { ensurePrivileges } from "../netns/index.js";
import type { Attack, Row } from "./attack.js";
import { ATTACKS } from "./index.js";

const DEFAULT_SECONDS = 30;

interface Arguments {
  readonly attacks: readonly Attack[];
  readonly seconds: number;
}

/** Throws Error with one sentence about what is not known. */
function parse(argv: readonly string[]): Arguments {
  const words = [...argv];
  let seconds = DEFAULT_SECONDS;
  const at = words.indexOf("--seconds");
  if (at >= 0) {
    seconds = Number(words[at + 1]);
    words.splice(at, 2);
    if (!(seconds > 0)) throw new Error("--seconds takes a number above 0");
  }
  const known = ATTACKS.map(({ name }) => name);
  const wrong = words.find((word) => !known.includes(word));
  if (wrong !== undefined)
    throw new Error(`"${wrong}" is not known; attacks are ${known.join(", ")}, the option is --seconds N`);
  const attacks = words.length === 0 ? ATTACKS : ATTACKS.filter(({ name }) => words.includes(name));
  return { attacks, seconds };
}

function print(rows: readonly Row[]): void {
  for (const { what, aim, measured, passed } of rows) {
    console.log(`  ${passed ? "pass" : "FAIL"}  ${what.padEnd(58)}  ${aim.padEnd(22)}  ${measured}`);
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const { attacks, seconds } = parse(argv);
  ensurePrivileges();
  const found: Row[] = [];
  for (const { name, title, run } of attacks) {
    console.log(`\n${name}: ${title}`);
    const say = (what: string) => console.log(`        ${what}`);
    try {
      const rows = await run({ seconds, strength: 1, cpuSlack: 1, say });
      print(rows);
      found.push(...rows);
    } catch (error) {
      // The others are tried all the same.
      const measured = (error as Error).message.split("\n")[0]!;
      const row = { what: "the attack itself", aim: "carried out", measured, passed: false };
      print([row]);
      process.stderr.write(`${(error as Error).stack ?? error}\n`);
      found.push(row);
    }
  }
  const missed = found.filter(({ passed }) => !passed).length;
  console.log(`\n${found.length - missed} of ${found.length} aims reached`);
  process.exitCode = missed === 0 ? 0 : 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
