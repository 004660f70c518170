/** Random and hostile arguments at everything that the addon offers; `npm run fuzz:native` does it under sanitizers. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { inNamespace, ip, makeVeth } from "./namespace.js";
import { programDirectory } from "./programs.js";
import { addon, runScript } from "./script.js";

const MAIN = fileURLToPath(new URL("./fuzz/main.mjs", import.meta.url));
const [SECONDS, CALLS] = [120, 8_000];

if (inNamespace(t, import.meta.url)) tests();

/** Runs it in a process of its own, which may crash. */
function fuzz(addonPath: string, seed: number) {
  const given = [addonPath, seed, SECONDS, CALLS].map((one) => JSON.stringify(String(one))).join(", ");
  const source = `process.argv.splice(1, 9, "", ${given}); import(${JSON.stringify(MAIN)});`;
  return runScript(source, [], ["--expose-gc"]);
}

function tests(): void {
  ip("link", "set", "dev", "lo", "up");
  makeVeth("fuzz0", "fuzz1");

  for (const seed of [1, 2]) {
    t.test(`nothing but errors that say what is wrong, seed ${seed}`, async (t) => {
      const { code, signal, output } = await fuzz(addon, seed);
      t.match({ code, signal }, { code: 0, signal: null }, output);
      t.match(output, /^\d{4,} calls, \d{4,} errors, \d{3,} callbacks, no finding\n$/);
    });
  }

  t.test("a function that nothing is thrown at, and an error that says nothing, are findings", async (t) => {
    const folder = programDirectory(t);
    const stub = folder.add("addon.cjs", "", 0o644);
    writeFileSync(stub, `module.exports = { ...require(${JSON.stringify(addon)}), another() {} };`);
    t.match(await fuzz(stub, 1), { code: 1, output: "FINDING: nothing is thrown at another\n" });
    writeFileSync(
      stub,
      `module.exports = { ...require(${JSON.stringify(addon)}), findGroup() { throw new Error("Unknown failure"); } };`,
    );
    t.match(await fuzz(stub, 1), {
      code: 1,
      output: /^FINDING: call \d+, findGroup: Error: Unknown failure/,
    });
  });
}
